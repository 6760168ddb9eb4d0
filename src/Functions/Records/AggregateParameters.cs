using System.Text.Json;
using Casefile.Core;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records;

/// <summary>Reads the question of <c>POST /api/v1/records/query</c> and writes its answer (records.md, "Aggregate").</summary>
/// <param name="Columns">The functions.</param>
/// <param name="Groups">What is grouped by.</param>
/// <param name="Filters">The filters as the client sent them.</param>
/// <param name="Selection">What is asked of the records beside the filters.</param>
internal sealed record AggregateParameters(
    IReadOnlyList<AggregateParameters.Column> Columns,
    IReadOnlyList<AggregateParameters.Group> Groups,
    IReadOnlyList<JsonElement> Filters,
    RecordSelection Selection)
{
    private const int MostColumns = 5;
    private const int MostGroups = 2;
    private const string Invalid = "Aggregation is invalid";

    /// <summary>A function and how the client names its field.</summary>
    internal sealed record Column(AggregateFunction Function, FieldReference? Field, string Place);

    /// <summary>A field to group by, as the client names it.</summary>
    internal sealed record Group(FieldReference Field, TimeInterval? Interval, string Place);

    /// <summary>A field by id or by name.</summary>
    internal sealed record FieldReference(long? Id, string? Name);

    public static AggregateParameters Read(Parameters parameters)
    {
        parameters.Require("aggregations");
        var aggregations = parameters.Objects("aggregations") ?? [];
        if (parameters.Has("aggregations") && aggregations.Count is 0 or > MostColumns)
            parameters.Invalid("aggregations", $"must be 1 to {MostColumns} aggregations");

        var columns = new List<Column>();
        foreach (var aggregation in aggregations)
        {
            aggregation.Require("function");
            if (aggregation.Choice<AggregateFunction>("function") is not { } function) continue;
            var field = ReadField(aggregation);
            if (field is null && function != AggregateFunction.Count) aggregation.Malformed("field_id", "or field_name is required for this function");
            columns.Add(new Column(function, field, aggregation.Place("field_id")));
        }

        var groups = new List<Group>();
        foreach (var group in ReadGroups(parameters))
        {
            var field = ReadField(group);
            if (field is null) group.Malformed("field_id", "or field_name is required");
            else groups.Add(new Group(field, group.Choice<TimeInterval>("interval"), group.Place("field_id")));
        }

        if (groups.Count > MostGroups) parameters.Invalid("group_by", $"takes at most {MostGroups} fields");
        var range = parameters.Object("time_range");
        var selection = RecordParameters.ReadSelection(parameters) with
        {
            CreatedFrom = range?.Instant("start"),
            CreatedTo = range?.Instant("end"),
        };
        return new AggregateParameters(columns, groups, parameters.Array("filters") ?? [], selection);
    }

    /// <summary>The question by a definition: every fault of it, or what the replica is asked.</summary>
    public Result<AggregateQuestion> Resolve(RecordType type)
    {
        var faults = new List<Fault>();
        var columns = new List<AggregateColumn>();
        foreach (var column in Columns)
        {
            var field = Find(type, column.Field, column.Place, faults);
            if (field is null && column.Field is not null) continue;
            if (field is not null && !Allows(column.Function, field.Type))
                faults.Add(new Fault(Invalid, $"{column.Place}: {WireNames<AggregateFunction>.Of(column.Function)} does not apply to a field of type {RecordTypeNames.Of(field.Type)}"));
            columns.Add(new AggregateColumn(column.Function, field));
        }

        var groups = new List<GroupColumn>();
        foreach (var group in Groups)
        {
            if (Find(type, group.Field, group.Place, faults) is not { } field) continue;
            if (field.Type is FieldType.Artifact or FieldType.Json)
                faults.Add(new Fault(Invalid, $"{group.Place}: records cannot be grouped by a field of type {RecordTypeNames.Of(field.Type)}"));
            if (group.Interval is not null && field.Type != FieldType.Timestamp)
                faults.Add(new Fault(Invalid, $"{group.Place}: only a timestamp has an interval"));
            groups.Add(new GroupColumn(field, group.Interval));
        }

        var filter = FilterReader.Read(type, Filters, faults);
        return faults.Count > 0
            ? new Problem(ProblemKind.Invalid, faults)
            : new AggregateQuestion(new Aggregation(columns, groups), Selection with { Filter = filter });
    }

    public static void Write(Utf8JsonWriter json, AggregateQuestion question, AggregateResult result)
    {
        json.WriteStartObject();
        json.WriteStartArray("results"u8);
        foreach (var group in result.Groups)
        {
            json.WriteStartObject();
            json.WriteStartObject("group"u8);
            for (var i = 0; i < group.Keys.Count; i++)
            {
                json.WritePropertyName(question.Aggregation.GroupBy[i].Field.Name);
                RecordJson.WriteScalar(json, group.Keys[i]);
            }

            json.WriteEndObject();
            json.WriteStartArray("values"u8);
            foreach (var value in group.Values) RecordJson.WriteScalar(json, value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("meta"u8);
        json.WriteNumber("count"u8, result.Records);
        if (result.Truncated) json.WriteBoolean("truncated"u8, true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static IReadOnlyList<ParameterObject> ReadGroups(Parameters parameters) => parameters.Objects("group_by") ?? [];

    private static FieldReference? ReadField(ParameterObject from)
    {
        var (id, name) = (from.Id("field_id"), from.Text("field_name"));
        return id is null && name is null ? null : new FieldReference(id, name);
    }

    private static RecordField? Find(RecordType type, FieldReference? reference, string place, List<Fault> faults)
    {
        if (reference is null) return null;
        var field = reference.Id is { } id
            ? type.Field(id)
            : RecordJson.AllFields(type).FirstOrDefault(each => each.Name == reference.Name);
        if (field is null) faults.Add(new Fault(Invalid, $"{place}: record type {type.Id} has no such field"));
        return field;
    }

    private static bool Allows(AggregateFunction function, FieldType type) => function switch
    {
        AggregateFunction.Count => true,
        AggregateFunction.Sum or AggregateFunction.Avg => type == FieldType.Number,
        _ => type is not (FieldType.Artifact or FieldType.Json),
    };
}

/// <summary>What the replica is asked.</summary>
/// <param name="Aggregation">Functions and groups.</param>
/// <param name="Selection">Which records.</param>
internal sealed record AggregateQuestion(Aggregation Aggregation, RecordSelection Selection);
