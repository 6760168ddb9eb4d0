using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;

namespace Casefile.Functions.Cases;

/// <summary>Reads the parameters of requests about cases (cases.md).</summary>
internal static class CaseParameters
{
    /// <summary>Whether a status is that of a closed case.</summary>
    public static readonly Dictionary<string, bool> ClosedByStatus = new(StringComparer.OrdinalIgnoreCase) { ["open"] = false, ["closed"] = true, ["close"] = true };

    /// <summary>The priorities by their names, whatever the case of the letters.</summary>
    public static readonly Dictionary<string, CasePriority> Priorities =
        Enum.GetValues<CasePriority>().ToDictionary(priority => priority.ToString(), StringComparer.OrdinalIgnoreCase);

    public static NewCase ReadNew(Parameters parameters) => new()
    {
        TeamId = parameters.RequiredId("team_id"),
        Name = parameters.RequiredText("name"),
        Description = parameters.Text("description"),
        Priority = parameters.Choice("priority", Priorities) ?? CasePriority.Low,
        IsClosed = parameters.Choice("status", ClosedByStatus) ?? false,
        SubStatusId = parameters.Id("sub_status_id"),
        AuthorEmail = parameters.Text("author_email"),
        AssigneeEmails = parameters.Texts("assignee_emails"),
        TagNames = parameters.Texts("tag_names") ?? [],
        OpenedAt = parameters.Instant("opened_at"),
        ResolvedAt = parameters.Instant("resolved_at"),
        Metadata = ReadMetadata(parameters),
        ClosureConditions = ReadConditions(parameters) ?? [],
        RecordIds = parameters.Ids("record_ids")?.Distinct().ToArray() ?? [],
        Tasks = parameters.Objects("tasks")?.Select(ReadTask).ToArray() ?? [],
        Fields = ReadFields(parameters),
        Blocks = parameters.Objects("blocks")?.Select(PageParameters.ReadBlock).ToArray() ?? [],
        Actions = [.. PageParameters.ReadActions(parameters) ?? [], .. PageParameters.ReadButtons(parameters) ?? []],
    };

    public static CaseChanges ReadChanges(Parameters parameters) => new()
    {
        Name = parameters.Text("name"),
        TeamId = parameters.Id("team_id"),
        Description = parameters.Text("description"),
        Priority = parameters.Choice("priority", Priorities),
        IsClosed = parameters.Choice("status", ClosedByStatus),
        SubStatusId = parameters.Id("sub_status_id"),
        AuthorEmail = parameters.Text("author_email"),
        AssigneeEmails = parameters.Texts("assignee_emails"),
        AddAssigneeEmails = parameters.Texts("add_assignee_emails") ?? [],
        RemoveAssigneeEmails = parameters.Texts("remove_assignee_emails") ?? [],
        AddTagNames = parameters.Texts("add_tag_names") ?? [],
        RemoveTagNames = parameters.Texts("remove_tag_names") ?? [],
        OpenedAt = parameters.Instant("opened_at"),
        ResolvedAt = parameters.Instant("resolved_at"),
        ClosureConditions = ReadConditions(parameters),
        AddRecordIds = parameters.Ids("add_record_ids")?.Distinct().ToArray() ?? [],
        RemoveRecordIds = parameters.Ids("remove_record_ids")?.Distinct().ToArray() ?? [],
    };

    /// <summary>How the answer is written: links by the host and members by the version that was asked, mentions resolved where <c>resolve_mentions</c> says so.</summary>
    public static CaseStyle ReadStyle(Call call)
        => new(call.Address.Host, call.Parameters.Flag("resolve_mentions") ?? false, V1: call.Request.Path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase), call.Caller);

    public static NewTask ReadTask(ParameterObject task) => new(task.RequiredText("description"), task.Texts("assignee_emails") ?? [], task.Ids("assignee_ids") ?? []);

    private static ClosureCondition[]? ReadConditions(Parameters parameters)
        => parameters.Objects("closure_conditions")?.Select(condition => new ClosureCondition(condition.RequiredText("name"), condition.RequiredText("formula"))).ToArray();

    /// <summary>The value of a field: text, a number, true or false, or an array of them, which is kept as <c>a|b</c>.</summary>
    public static string? ReadFieldValue(ParameterObject parameters, string name)
    {
        if (parameters.Value(name) is not { } value) return null;
        var texts = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(TextOf).ToArray() : [TextOf(value)];
        if (texts.Length > 0 && texts.All(text => text is not null)) return string.Join('|', texts);
        parameters.Malformed(name, "must be text, a number, true or false, or an array of them");
        return null;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Contains('\0', StringComparison.Ordinal) ? null : value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static NewField[] ReadFields(Parameters parameters)
    {
        if (parameters.Json("field_values") is not { } values) return [];
        if (values.ValueKind != JsonValueKind.Object)
        {
            parameters.Malformed("field_values", "must be an object of values by the ids of case inputs");
            return [];
        }

        var given = new ParameterObject(values, "field_values", parameters.Faults);
        var fields = new List<NewField>();
        foreach (var member in values.EnumerateObject())
        {
            if (!long.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var inputId) || inputId > ParameterObject.HighestId || member.Name[0] == '0')
                given.Malformed(member.Name, "is not the id of a case input");
            else if (ReadFieldValue(given, member.Name) is { } value)
                fields.Add(new NewField(inputId, value));
        }

        return [.. fields];
    }

    private static JsonElement? ReadMetadata(Parameters parameters)
    {
        if (parameters.Json("metadata") is not { } metadata) return null;
        if (metadata.ValueKind == JsonValueKind.Object) return metadata.Clone();
        parameters.Malformed("metadata", "must be an object");
        return null;
    }
}
