using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;

namespace Casefile.Functions.Cases;

/// <summary>Reads what a list of cases is asked (cases.md, "List").</summary>
internal static class CaseListParameters
{
    private static readonly Dictionary<string, CaseOrder> Orders =
        new(WireNames<CaseOrder>.ByName, StringComparer.OrdinalIgnoreCase);

    public static CaseListRequest Read(Parameters parameters, Paging paging) => new()
    {
        TeamId = parameters.Id("team_id"),
        Filter = parameters.Object("filters") is { } filters ? ReadFilter(filters) : new CaseFilter(),
        Order = parameters.Choice("order", Orders) ?? CaseOrder.CreatedDesc,
        Skip = paging.Skip,
        Take = paging.PerPage,
    };

    private static CaseFilter ReadFilter(ParameterObject filters) => new()
    {
        Assignees = [.. People(filters, "assignees"), .. Emails(filters, "assignee_emails")],
        AllAssignees = People(filters, "and_assignees"),
        NoAssignees = People(filters, "exclude_assignees"),
        AssignedToMe = filters.Flag("assigned_to_me"),
        Unassigned = filters.Flag("unassigned"),
        Authors = [.. People(filters, "authors"), .. Emails(filters, "author_emails")],
        NoAuthors = People(filters, "exclude_authors"),
        AllTags = [.. filters.Texts("tags") ?? [], .. filters.Texts("and_tags") ?? []],
        AnyTags = filters.Texts("or_tags") ?? [],
        NoTags = [.. filters.Texts("exclude_tags") ?? [], .. filters.Texts("excluded_tags") ?? []],
        CaseIds = filters.Ids("case_ids"),
        Created = Bounds(filters, "start_date", "end_date"),
        Resolved = Bounds(filters, "resolved_at_start_date", "resolved_at_end_date"),
        Updated = Bounds(filters, "updated_at_start_date", "updated_at_end_date"),
        Metadata = Pairs(filters),
        Priorities = Choices(filters, "priority", CaseParameters.Priorities),
        IsClosed = filters.Choice("status", CaseParameters.ClosedByStatus),
        SubStatuses = filters.Texts("sub_status_names") ?? [],
        RecordValues = Values(filters, "records"),
        Search = filters.Text("search"),
    };

    private static List<CasePerson> People(ParameterObject filters, string name)
    {
        var people = new List<CasePerson>();
        if (filters.Value(name) is not { } value) return people;
        IReadOnlyList<JsonElement> elements = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        for (var i = 0; i < elements.Count; i++)
        {
            var place = filters.Place(value.ValueKind == JsonValueKind.Array ? $"{name}[{i}]" : name);
            var text = elements[i].ValueKind switch
            {
                JsonValueKind.Number => elements[i].GetRawText(),
                JsonValueKind.String => elements[i].GetString()!.Trim(),
                _ => "",
            };
            if (text.Length == 0) filters.Malformed(name, "must be a user's id or email, \"unassigned\", or an array of these");
            else if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) people.Add(new CasePerson(place, id, null));
            else if (text.Equals("unassigned", StringComparison.OrdinalIgnoreCase)) people.Add(new CasePerson(place, null, null));
            else people.Add(new CasePerson(place, null, text));
        }

        return people;
    }

    private static IEnumerable<CasePerson> Emails(ParameterObject filters, string name)
        => (filters.Texts(name) ?? []).Select((email, index) => new CasePerson(filters.Place($"{name}[{index}]"), null, email));

    /// <summary>A day without a time counts as a whole, at either end.</summary>
    private static TimeSpanBounds Bounds(ParameterObject filters, string from, string to)
    {
        var end = filters.Instant(to);
        if (end is not null && filters.Text(to) is { } text && !text.Contains('T', StringComparison.OrdinalIgnoreCase) && !text.Contains(':', StringComparison.Ordinal))
            end = end.Value.AddMilliseconds(TimeSpan.MillisecondsPerDay - 1);
        return new TimeSpanBounds(filters.Instant(from), end);
    }

    private static KeyValuePair<string, string>[] Pairs(ParameterObject filters)
    {
        if (filters.Value("metadata") is not { } metadata) return [];
        if (metadata.ValueKind == JsonValueKind.Object)
            return [.. metadata.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, CaseFilter.TextOf(pair.Value)))];
        filters.Malformed("metadata", "must be an object");
        return [];
    }

    private static List<T> Choices<T>(ParameterObject filters, string name, Dictionary<string, T> choices) where T : struct
    {
        var chosen = new List<T>();
        foreach (var text in filters.Texts(name) ?? [])
        {
            if (choices.TryGetValue(text, out var choice)) chosen.Add(choice);
            else filters.Malformed(name, $"must be one of {string.Join(", ", choices.Keys)}");
        }

        return chosen;
    }

    private static List<string> Values(ParameterObject filters, string name)
    {
        var values = new List<string>();
        if (filters.Value(name) is not { } value) return values;
        foreach (var element in value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : (JsonElement[])[value])
        {
            if (element.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null) filters.Malformed(name, "must be a value or an array of values");
            else values.Add(CaseFilter.TextOf(element));
        }

        return values;
    }
}
