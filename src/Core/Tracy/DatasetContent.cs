using System.Globalization;
using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Tracy;

/// <summary>A record's content as a dataset has it: datums by property, a state, system values (tracy.md, "Semantics").</summary>
public sealed record DatasetContent : RecordContent
{
    /// <summary>Values of one plural property in one record.</summary>
    public const int MostValues = 100;

    private const string Message = "Value is not valid";

    /// <summary>The values; a property that is named loses those that it had.</summary>
    public IReadOnlyList<DatumInput> Datums { get; init; } = [];

    /// <summary>The id of the state, or null to leave it; a new record's is the first.</summary>
    public long? StateId { get; init; }

    /// <summary>When it was archived; given as null, it is not.</summary>
    public Setting<DateTimeOffset?> Archived { get; init; }

    /// <summary>Its system values, or null to leave them.</summary>
    public IReadOnlyList<Metadatum>? Metadatums { get; init; }

    /// <summary>The users and records among <see cref="Datums"/> that there are.</summary>
    public KnownReferences Known { get; init; } = KnownReferences.None;

    /// <summary>The record that it is a duplicate of, or null.</summary>
    public OriginalRecord? Original { get; init; }

    /// <inheritdoc/>
    public override bool IsEmpty => !HasValues && StateId is null && !Archived.IsGiven && Metadatums is null;

    /// <inheritdoc/>
    public override bool HasValues => Datums.Count > 0;

    /// <inheritdoc/>
    internal override IEnumerable<long> FieldIds => Datums.Select(datum => datum.PropertyId);

    /// <inheritdoc/>
    internal override Result<CheckedContent> Check(RecordType type, bool isNew, IEnumerable<Fault> others)
    {
        var faults = others.ToList();
        if (StateId is { } stateId && type.States.All(state => state.IdIn(type.Id) != stateId))
            faults.Add(new Fault("State not found", string.Create(CultureInfo.InvariantCulture, $"state.id: dataset {type.Id} has no state {stateId}")));

        for (var i = 0; i < Metadatums?.Count; i++)
        {
            if (Metadatums[i].RecordId is { } recordId && !Known.Records.Contains(recordId))
                faults.Add(new Fault("Record not found", string.Create(CultureInfo.InvariantCulture, $"metadatums[{i}].recordValue.id: there is no record {recordId}")));
        }

        var values = Original?.ValuesFor(type) ?? [];
        foreach (var datums in Datums.GroupBy(datum => datum.PropertyId))
        {
            var first = datums.First();
            switch (type.Field(datums.Key))
            {
                case null or { IsDefault: true }:
                    faults.Add(new Fault(
                        "Property not found",
                        string.Create(CultureInfo.InvariantCulture, $"{first.Place}.property.id: dataset {type.Id} has no property {datums.Key}")));
                    break;
                case { PropertyType.IsAutomatic: true } field:
                    faults.Add(new Fault(Message, $"{first.Place}.property.id: '{field.Name}' is filled by the server"));
                    break;
                case { } field:
                    values[field] = Read(field, [.. datums], isNew, faults);
                    break;
            }
        }

        foreach (var field in type.Fields.Where(field => field.MustHaveValue))
        {
            var isEmpty = values.TryGetValue(field, out var value) ? value is null or "" : isNew;
            if (isEmpty && !faults.Exists(fault => Concerns(fault, field)))
                faults.Add(new Fault("Value is missing", string.Create(CultureInfo.InvariantCulture, $"datums: property {field.Id} '{field.Name}' must have a value")));
        }

        if (faults.Count > 0) return new Problem(ProblemKind.Malformed, faults);
        return new CheckedContent(
            [.. values.Select(each => (each.Key, each.Value))],
            new TraitsChange
            {
                StateId = StateId ?? (isNew && Original is { } original ? type.StateOf(original.Record.Record.StateId).IdIn(type.Id) : null),
                Archived = new Setting<long?>(Archived.Value?.ToUnixTimeMilliseconds(), Archived.IsGiven),
                Metadatums = Metadatums,
                OriginalId = Original?.Record.Record.Id,
            });
    }

    /// <summary>Whether a fault is of a value of this field already, so that its absence is none of its own.</summary>
    private bool Concerns(Fault fault, RecordField field)
        => Datums.Any(datum => datum.PropertyId == field.Id && fault.Details?.StartsWith(datum.Place + ".", StringComparison.Ordinal) == true);

    private object? Read(RecordField field, IReadOnlyList<DatumInput> datums, bool isNew, List<Fault> faults)
    {
        var type = field.PropertyType;
        var given = datums.Where(datum => datum.Member is not null).ToArray();
        if (given.Length < datums.Count && (isNew || datums.Count > 1))
        {
            faults.Add(new Fault(Message, $"{datums.First(datum => datum.Member is null).Place}.{DatumValues.NameOf(type.Member)}: is required"));
            return null;
        }

        var most = type.IsPlural ? MostValues : 1;
        if (given.Length > most)
        {
            faults.Add(new Fault(Message, $"{given[most].Place}.property.id: '{field.Name}' takes {(type.IsPlural ? $"at most {most} values" : "one value")}"));
            return null;
        }

        var values = given.Select(datum => Read(field, datum, faults)).ToArray();
        if (values.Length == 0 || values.Contains(null)) return null;
        if (!type.IsPlural) return values[0];

        var text = DatumValues.Join(type, values!);
        if (text.Length <= FieldValues.MaxTextLength) return text;
        faults.Add(new Fault(Message, $"{given[0].Place}.{DatumValues.NameOf(type.Member)}: the values of '{field.Name}' take more than {FieldValues.MaxTextLength} characters together"));
        return null;
    }

    private object? Read(RecordField field, DatumInput datum, List<Fault> faults)
    {
        var type = field.PropertyType;
        var place = $"{datum.Place}.{DatumValues.NameOf(datum.Member!.Value)}";
        if (datum.Member != type.Member)
        {
            faults.Add(new Fault(Message, $"{place}: '{field.Name}' is of type {type} and takes {DatumValues.NameOf(type.Member)}"));
            return null;
        }

        object? Refuse(string message, string reason)
        {
            faults.Add(new Fault(message, $"{place}{reason}"));
            return null;
        }

        var id = datum.ReferenceId.ToString(CultureInfo.InvariantCulture);
        return datum.Member switch
        {
            ValueMember.Option => field.Options.FirstOrDefault(option => option.IdIn(field.Id) == datum.ReferenceId)?.Text
                ?? Refuse("Option not found", $".id: '{field.Name}' has no option {id}"),
            ValueMember.User => Known.Users.Contains(datum.ReferenceId) ? id : Refuse("User not found", $".id: there is no user {id}"),
            ValueMember.Record => Known.Records.Contains(datum.ReferenceId) ? id : Refuse("Record not found", $".id: there is no record {id}"),
            _ => DatumValues.Read(field, datum.Value, place, faults),
        };
    }
}

/// <summary>A value that a client sends for a property.</summary>
/// <param name="Place">Where it is in the request, for faults: <c>datums[0]</c>.</param>
/// <param name="PropertyId">The property.</param>
/// <param name="Member">Which member carries the value; null for none, which empties the property in an update.</param>
/// <param name="Value">The value, where it is no reference.</param>
/// <param name="ReferenceId">The id of the option, user or record that it refers to.</param>
public sealed record DatumInput(string Place, long PropertyId, ValueMember? Member, JsonElement Value, long ReferenceId);

/// <summary>Users and records that a request refers to and that there are, as far as the caller may know.</summary>
/// <param name="Users">The ids of users.</param>
/// <param name="Records">The ids of records.</param>
public sealed record KnownReferences(IReadOnlySet<long> Users, IReadOnlySet<long> Records)
{
    /// <summary>None.</summary>
    public static readonly KnownReferences None = new(new HashSet<long>(), new HashSet<long>());
}

/// <summary>A record to duplicate.</summary>
/// <param name="Record">The record.</param>
/// <param name="Contents">Its large values by field.</param>
public sealed record OriginalRecord(RecordSnapshot Record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Contents)
{
    /// <summary>Every value that a client could set, by the fields that the definition has (still).</summary>
    internal Dictionary<RecordField, object?> ValuesFor(RecordType type)
    {
        var traits = RecordTraits.Decode(Record.Record.Traits);
        var values = new Dictionary<RecordField, object?>();
        for (var i = 0; i < Record.Type.Fields.Count; i++)
        {
            var id = Record.Type.Fields[i].Id;
            if (type.Field(id) is not { PropertyType.IsAutomatic: false } field || Record.Record.Values[i] is not { } value) continue;
            values[field] = value switch
            {
                long => Contents.TryGetValue(id, out var utf8) ? new LargeValue(utf8) : null,
                string text when field.Type == FieldType.Timestamp && traits.Milliseconds.TryGetValue(id, out var milliseconds) => new PreciseTimestamp(text, milliseconds),
                _ => value,
            };
        }

        return values;
    }
}
