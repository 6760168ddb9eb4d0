using System.Globalization;
using System.Text.Json;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Tracy;

/// <summary>Which page of a list is asked for: <c>page</c> from 1, <c>perPage</c> at most 500. The answer is an array; the header <c>x-total-count</c> says how many there are.</summary>
/// <param name="Page">The page.</param>
/// <param name="PerPage">Items a page.</param>
internal readonly record struct TracyPaging(long Page, int PerPage)
{
    private const int MostPerPage = 500;
    private const string TotalHeader = "x-total-count";

    /// <summary>How many items are on the pages before; saturates.</summary>
    public long Skip => long.CreateSaturating((Int128)(Page - 1) * PerPage);

    public static TracyPaging Read(Parameters parameters, int usual = MostPerPage, int most = MostPerPage)
        => new(parameters.PositiveInteger("page") ?? 1, (int)Math.Min(parameters.PositiveInteger("perPage") ?? usual, most));

    /// <summary>A page of a list that is in memory as a whole.</summary>
    public IResult Answer<T>(Call call, IReadOnlyList<T> all, Action<Utf8JsonWriter, T> write)
    {
        var page = all.Skip((int)Math.Min(all.Count, Skip)).Take(PerPage).ToArray();
        return Answer(call, page, all.Count, write);
    }

    /// <summary>A page of a list with the number of all its items.</summary>
    public static IResult Answer<T>(Call call, IReadOnlyList<T> page, long total, Action<Utf8JsonWriter, T> write)
    {
        call.Request.HttpContext.Response.Headers[TotalHeader] = total.ToString(CultureInfo.InvariantCulture);
        return call.Ok(json =>
        {
            json.WriteStartArray();
            foreach (var item in page) write(json, item);
            json.WriteEndArray();
        });
    }
}
