using System.Globalization;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Tenancy;
using Casefile.Documents;

namespace Casefile.Functions.Cases;

/// <summary>A case as its document shows it: names in place of ids, mentions resolved.</summary>
internal static class CaseDocuments
{
    /// <summary>The document of a case.</summary>
    /// <param name="view">The case, as far as the caller may see it.</param>
    /// <param name="host">Scheme and host of the request, without a slash at the end.</param>
    /// <param name="reader">Who asked for it.</param>
    public static CaseDocument Of(CaseView view, string host, Caller reader)
    {
        var (found, style) = (view.Case, new CaseStyle(host, ResolveMentions: true, Reader: reader));
        return new CaseDocument(found.Id, found.Name)
        {
            Url = string.Create(CultureInfo.InvariantCulture, $"{host}/cases/{found.Id}"),
            Status = found.IsClosed ? "CLOSED" : "OPEN",
            SubStatus = view.SubStatusName,
            Priority = found.Priority.ToString().ToUpperInvariant(),
            Team = view.Tenant.Teams.GetValueOrDefault(found.TeamId)?.Name,
            Author = NameOf(view, found.User(CaseRow.Author)),
            OpenedBy = NameOf(view, found.User(CaseRow.OpenedBy)),
            ResolvedBy = NameOf(view, found.User(CaseRow.ResolvedBy)),
            Assignees = NamesOf(view, found.Assignees),
            Tags = [.. view.TagNames],
            OpenedAt = found.Time(CaseRow.Opened),
            ResolvedAt = found.Time(CaseRow.Resolved),
            CreatedAt = found.Time(CaseRow.Created),
            UpdatedAt = found.Time(CaseRow.Updated),
            Description = style.Text(found.Description, view.Tenant) ?? "",
            Fields = [.. found.Of(PartKind.Field).SelectMany(field => FieldsOf(field, view))],
            Metadata = MetadataOf(found.Metadata),
            ClosureConditions = ConditionsOf(found.ClosureConditions),
            Tasks = [.. found.Of(PartKind.Task).Select(task => new TaskEntry(
                task.LongText(TaskRow.Description) ?? "", task.Flag(TaskRow.Completed), NamesOf(view, task.Ids(TaskRow.Assignees))))],
            Notes = [.. CaseNotes.InOrder(found).Where(note => !note.Flag(NoteRow.Sensitive)).Select(note => new NoteEntry(
                note.Text(NoteRow.Title) ?? "",
                style.Text(note.LongText(NoteRow.Content), view.Tenant) ?? "",
                note.Text(NoteRow.Color),
                NameOf(view, note.Number(NoteRow.Author)),
                note.Updated))],
            Blocks = [.. BlockView.AllOf(found, view.Tenant).Where(block => block.Elements.Count > 0 && !block.Block.Flag(BlockRow.Hidden)).Select(block => new BlockEntry(
                block.Block.Text(BlockRow.Title) ?? "", [.. block.Elements.Select(element => ElementOf(element, view, style))]))],
            LinkedCases = [.. view.Linked.OrderBy(linked => linked.Key).Select(linked => new LinkedCaseEntry(linked.Key, linked.Value))],
            Records = [.. view.Records.GroupBy(record => (record.TypeId, record.TypeName)).OrderBy(type => type.Key.TypeId).Select(TableOf)],
            Comments = [.. found.Of(PartKind.Activity).Where(IsComment).Select(comment => new CommentEntry(
                NameOf(view, comment.Number(ActivityRow.User)) ?? "", comment.Created, style.Text(comment.LongText(ActivityRow.Value), view.Tenant) ?? ""))],
            Activities = [.. found.Of(PartKind.Activity).Select(activity => new ActivityEntry(
                activity.Text(ActivityRow.Type) ?? "",
                NameOf(view, activity.Number(ActivityRow.User)),
                activity.Created,
                IsComment(activity) ? null : style.Text(activity.LongText(ActivityRow.Value), view.Tenant)))],
        };
    }

    // A document is handed on, so what is sensitive is not in it, whoever asks.
    private static IEnumerable<KeyValuePair<string, string>> FieldsOf(CasePart field, CaseView view)
    {
        if (view.Things.GetValueOrDefault((CaseRow.InputPrefix, field.Number(FieldRow.Input) ?? 0)) is not { } input || CaseInputRow.IsSensitive(input)) yield break;
        yield return new((string)input[CaseRow.Name], field.LongText(FieldRow.Value) ?? "");
    }

    private static ElementEntry ElementOf(CasePart element, CaseView view, CaseStyle style)
    {
        if (element.Text(ElementRow.Type) == BlockType.File) return new ElementEntry(ElementKind.File, element.Text(ElementRow.Filename) ?? "");
        var content = element.LongText(ElementRow.Content) ?? "";
        return element.Text(ElementRow.NoteType) == CaseBlocks.HtmlNote
            ? new ElementEntry(ElementKind.Html, content)
            : new ElementEntry(ElementKind.Note, style.Text(content, view.Tenant) ?? "", element.Text(ElementRow.Color));
    }

    private static bool IsComment(CasePart activity) => activity.Text(ActivityRow.Type) is ActivityType.Commented or ActivityType.FileAttachedAndCommented;

    private static string[] NamesOf(CaseView view, IEnumerable<long> users) => [.. users.Select(user => NameOf(view, user)!)];

    private static string? NameOf(CaseView view, long? userId)
    {
        if (userId is not { } id) return null;
        if (view.Tenant.Users.GetValueOrDefault(id) is not { } user) return string.Create(CultureInfo.InvariantCulture, $"User {id}");
        return user.Email is { Length: > 0 } email && email != user.Name ? $"{user.Name} <{email}>" : user.Name;
    }

    private static KeyValuePair<string, string>[] MetadataOf(string json)
    {
        using var metadata = JsonDocument.Parse(json);
        return [.. metadata.RootElement.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.ToString()))];
    }

    private static ConditionEntry[] ConditionsOf(string json)
    {
        using var conditions = JsonDocument.Parse(json);
        return [.. conditions.RootElement.EnumerateArray().Select(condition => new ConditionEntry(
            condition.GetProperty("name").GetString()!, condition.GetProperty("formula").GetString()!))];
    }

    private static RecordTable TableOf(IGrouping<(long TypeId, string TypeName), LinkedRecord> records)
    {
        // A field that one of them lacks leaves a gap in its row, so that the others' values stay under their titles.
        var fields = records.SelectMany(record => record.Values.Select(value => (value.FieldId, value.Name))).DistinctBy(field => field.FieldId).ToList();
        return new RecordTable(
            records.Key.TypeName,
            [.. fields.Select(field => field.Name)],
            [.. records.OrderBy(record => record.Id).Select(record => new RecordEntry(
                record.Id, [.. fields.Select(field => TextOf(record.Values.FirstOrDefault(value => value.FieldId == field.FieldId).Value))]))]);
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
