using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Casefile.Functions.Http;

/// <summary>Which page of a list is asked for (common.md, "Paging of lists").</summary>
/// <param name="Page">The page, from 1.</param>
/// <param name="PerPage">Items a page.</param>
internal readonly record struct Paging(long Page, int PerPage)
{
    private const int DefaultPerPage = 20;
    private const int MostPerPage = 500;
    private const string PageName = "page";
    private const string PerPageName = "per_page";
    private const string AfterName = "after";

    /// <summary>Characters of a link's parameters: with more no server takes the link (the Functions host and Kestrel stop at some 8 KiB).</summary>
    private const int LongestRest = 8_000;

    /// <summary>How many items are on the pages before; saturates, so that a page beyond all bounds is an empty one.</summary>
    public long Skip => long.CreateSaturating((Int128)(Page - 1) * PerPage);

    /// <summary>Reads <c>page</c> and <c>per_page</c>; what is not a positive integer is a fault.</summary>
    /// <param name="parameters">The request's.</param>
    /// <param name="most">The highest <c>per_page</c>, which a higher one becomes.</param>
    public static Paging Read(Parameters parameters, int most = MostPerPage) => new(
        Positive(parameters, PageName) ?? 1,
        (int)Math.Min(Positive(parameters, PerPageName) ?? DefaultPerPage, most));

    /// <summary>Writes the member <c>meta</c>.</summary>
    /// <param name="json">Within the answer's object.</param>
    /// <param name="call">The request, whose other parameters the links repeat.</param>
    /// <param name="count">All items that match.</param>
    /// <param name="after">The cursor that the next page begins behind, where the list has cursors; it spares the service to count its way there.</param>
    public void WriteMeta(Utf8JsonWriter json, Call call, long count, string? after = null)
    {
        var pages = (count / PerPage) + (count % PerPage == 0 ? 0 : 1);
        long? next = Page < pages ? Page + 1 : null;
        var rest = Rest(call.Parameters);

        json.WriteStartObject("meta"u8);
        json.WriteString("current_page"u8, Link(call, Page, rest));
        WriteLink(json, "previous_page", Page > 1 ? Link(call, Page - 1, rest) : null);
        WriteLink(json, "next_page", next is { } following ? Link(call, following, after is null ? rest : $"{rest}&{AfterName}={after}") : null);
        if (next is { } number) json.WriteNumber("next_page_number"u8, number);
        else json.WriteNull("next_page_number"u8);
        json.WriteNumber("per_page"u8, PerPage);
        json.WriteNumber("pages"u8, pages);
        json.WriteNumber("count"u8, count);
        json.WriteEndObject();
    }

    private static void WriteLink(Utf8JsonWriter json, string name, string? link)
    {
        if (link is null) json.WriteNull(name);
        else json.WriteString(name, link);
    }

    private string Link(Call call, long page, string rest)
        => string.Create(CultureInfo.InvariantCulture, $"{call.Address.WithoutQuery}?per_page={PerPage}&page={page}{rest}");

    /// <summary>
    /// The request's other parameters; none of them where they are too long for any link. Those came in a body, which whoever follows the link
    /// sends again; without it such a link is refused for what it lacks, where half of the parameters would be another list.
    /// </summary>
    private static string Rest(Parameters parameters)
    {
        if (parameters.Length > LongestRest) return "";
        var rest = new StringBuilder();
        foreach (var (name, value) in parameters.AsQuery(but: [PageName, PerPageName, AfterName]))
            rest.Append('&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        return rest.Length > LongestRest ? "" : rest.ToString();
    }

    // A page too large for an id is still a positive integer: it is past the end of every list.
    private static long? Positive(Parameters parameters, string name)
        => parameters.Value(name) is { } given && IsHuge(given) ? ParameterObject.HighestId : parameters.PositiveInteger(name);

    private static bool IsHuge(JsonElement given)
    {
        var text = given.ValueKind switch
        {
            JsonValueKind.Number => given.GetRawText(),
            JsonValueKind.String => given.GetString()!,
            _ => "",
        };
        return text.Length is > 16 and <= 100 && text[0] is not '0' && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
    }
}
