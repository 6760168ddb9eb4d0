using System.Globalization;
using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records;

/// <summary>Reads the parameters of the endpoints of records (records.md, "Records"). What is wrong is a fault of the parameters.</summary>
internal static class RecordParameters
{
    private const int LongestStoryName = 1_000;
    private const int LongestStoryRun = 255;

    /// <summary>Fields that an upsert matches by.</summary>
    private const int MostMatched = 2;

    /// <summary>The default fields' and columns' worth of ids in one request.</summary>
    private const int MostIds = 1_000;

    public static NewRecord ReadNew(Parameters parameters) => ReadNew(parameters, parameters.RequiredId("record_type_id"));

    /// <summary>A record of a batch or stream, all of whose records are of one type.</summary>
    public static NewRecord ReadLine(ParameterObject parameters, long typeId)
    {
        if (parameters.Id("record_type_id") is { } own && own != typeId)
            parameters.Invalid("record_type_id", string.Create(CultureInfo.InvariantCulture, $"all records are of record type {typeId}"));
        return ReadNew(parameters, typeId);
    }

    private static NewRecord ReadNew(ParameterObject parameters, long typeId)
    {
        parameters.Require("field_values");
        return new NewRecord(typeId, ReadValues(parameters))
        {
            IsTest = parameters.Flag("test_mode") ?? false,
            CaseIds = parameters.Ids("case_ids") ?? [],
            ParentId = parameters.Id("parent_record_id"),
            StoryId = parameters.Id("story_id"),
            StoryContainerId = parameters.Id("story_container_id"),
            StoryName = ReadText(parameters, "story_name", LongestStoryName),
            StoryRun = ReadText(parameters, "story_run_guid", LongestStoryRun),
        };
    }

    public static RecordChanges ReadChanges(Parameters parameters) => new()
    {
        Values = ReadValues(parameters),
        AddChildren = Distinct(parameters.Ids("add_child_records")),
        RemoveChildren = Distinct(parameters.Ids("remove_child_records")),
        SetsParent = parameters.Has("parent_record_id") || parameters.IsNull("parent_record_id"),
        ParentId = parameters.Id("parent_record_id"),
        AddCases = Distinct(parameters.Ids("add_case_ids"), parameters.Ids("add_team_case_ids")),
        RemoveCases = Distinct(parameters.Ids("remove_case_ids"), parameters.Ids("remove_team_case_ids")),
    };

    /// <summary>The fields that an upsert matches by: one or two.</summary>
    public static IReadOnlyList<long> ReadMatch(Parameters parameters)
    {
        parameters.Require("match_field_ids");
        var ids = parameters.Ids("match_field_ids") ?? [];
        if (parameters.Has("match_field_ids") && (ids.Count is 0 or > MostMatched || ids.Distinct().Count() != ids.Count))
            parameters.Invalid("match_field_ids", $"must be 1 to {MostMatched} different fields");
        return ids;
    }

    /// <summary>A place in the changes of a type; null where none is named.</summary>
    public static ChangePlace? ReadSince(Parameters parameters)
    {
        if (parameters.Value("since") is not { } given) return null;
        var text = given.ValueKind == JsonValueKind.String ? given.GetString()! : given.GetRawText();
        if (ChangePlace.Read(text) is { } place) return place;
        parameters.Malformed("since", "must be what an earlier answer said in meta.next");
        return null;
    }

    /// <summary>A list's question, but for its page.</summary>
    public static ListRequest ReadList(Parameters parameters)
    {
        var typeId = parameters.Id("record_type_id");
        var fieldIds = ReadFieldIds(parameters);
        if (typeId is null && fieldIds is null && parameters.Problem is null)
            parameters.Malformed("record_type_id", "or record_field_ids is required");

        return new ListRequest
        {
            RecordTypeId = typeId,
            FieldIds = fieldIds,
            Selection = ReadSelection(parameters) with
            {
                CreatedFrom = parameters.Instant("range_start"),
                CreatedTo = parameters.Instant("range_end"),
                StoryIds = ReadIds(parameters, "story_ids"),
                StoryContainerIds = ReadContainers(parameters),
            },
            Filters = parameters.Array("filters") ?? [],
            OrderFieldId = parameters.Id("order_field_id"),
            Descending = parameters.Choice("order_direction", Directions) ?? true,
            After = parameters.Text("after"),
        };
    }

    /// <summary>What lists and aggregations ask alike: test mode and parents.</summary>
    public static RecordSelection ReadSelection(Parameters parameters)
        => new(TestMode: parameters.Flag("test_mode") ?? false, ParentIds: ReadIds(parameters, "parent_ids"));

    /// <summary>The fields to show; null for all.</summary>
    public static IReadOnlyList<long>? ReadFieldIds(Parameters parameters)
        => ReadIds(parameters, "record_field_ids") is { Count: > 0 } ids ? ids : null;

    private static readonly Dictionary<string, bool> Directions = new(StringComparer.OrdinalIgnoreCase) { ["ASC"] = false, ["DESC"] = true };

    private static IReadOnlyList<long>? ReadContainers(Parameters parameters)
    {
        var containers = ReadIds(parameters, "story_container_ids");
        if (containers is not null && parameters.Has("story_ids")) parameters.Invalid("story_container_ids", "cannot be used with story_ids");
        return containers;
    }

    private static IReadOnlyList<long>? ReadIds(Parameters parameters, string name)
    {
        var ids = parameters.Ids(name);
        if (ids is not { Count: > MostIds }) return ids;
        parameters.Invalid(name, string.Create(CultureInfo.InvariantCulture, $"at most {MostIds} are allowed"));
        return null;
    }

    private static List<FieldInput> ReadValues(ParameterObject parameters)
    {
        var objects = parameters.Objects("field_values") ?? [];
        var values = new List<FieldInput>(objects.Count);
        for (var i = 0; i < objects.Count; i++)
        {
            var value = objects[i];
            var id = value.RequiredId("field_id");
            if (id > 0) values.Add(new FieldInput(id, value.Json("value") ?? default(JsonElement), value.Place("")[..^1]));
        }

        return values;
    }

    private static string? ReadText(ParameterObject parameters, string name, int longest)
    {
        var text = parameters.Text(name);
        if (text is not null && text.Length > longest)
            parameters.Invalid(name, string.Create(CultureInfo.InvariantCulture, $"has more than {longest} characters"));
        return text;
    }

    private static long[] Distinct(params IEnumerable<IReadOnlyList<long>?> lists) => [.. lists.SelectMany(list => list ?? []).Distinct()];
}
