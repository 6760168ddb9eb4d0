using System.Globalization;
using Casefile.Core.Records;

namespace Casefile.Core.RecordTypes;

/// <summary>
/// Turns what a request says into a definition, or into everything that is wrong with it (records.md, "Create" and "Update").
/// One object a try.
/// </summary>
internal sealed class RecordTypeRules(RecordLimits limits)
{
    internal const int MaxName = 255;
    private const int MaxFields = 200;
    internal const int MaxFixedValues = 500;
    internal const int MaxFixedValue = 255;
    private const double MaxTtlDays = 3650;

    private const string Message = "Record type is invalid";

    /// <summary>Names that the flat rows of a list have already.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "id", "case_ids", "updated_at", RecordType.StoryNameField, RecordType.TimestampField,
    };

    private readonly List<Fault> faults = [];
    private bool malformed;

    /// <summary>Everything found wrong, behind what reading the request found wrong already; null when nothing is.</summary>
    public Problem? Refusal(Problem? reading) => faults.Count == 0 ? reading : new Problem(
        malformed || reading?.Kind == ProblemKind.Malformed ? ProblemKind.Malformed : ProblemKind.Invalid,
        reading is null ? faults : [.. reading.Faults, .. faults]);

    /// <summary>A new definition, without ids.</summary>
    public RecordType Create(RecordTypeChange request)
    {
        // A create's nulls are the defaults; what is required and missing was found by the reading.
        var blank = new RecordType(
            0, request.TeamId ?? 0, "", null, Editable: true, null, RetentionColumn.CreatedAt, LimitBehaviour.Reject, null, [], 0, 0, 0);
        CheckName(request.Name);
        return Check(Settings(blank, request) with { Fields = Fields(blank, request), Dataset = Dataset(blank, [], request) });
    }

    /// <summary>The definition as it is after the change; new fields have no ids yet.</summary>
    public RecordType Update(RecordType present, RecordTypeChange request)
    {
        if (request.TeamId is { } team && team != present.TeamId) Invalid("team_id: cannot change");
        if (request.Retention is { IsGiven: true, Value: null } && request.TtlDays.Or(present.TtlDays) is not null)
        {
            malformed = true;
            Invalid("retention_column_name: cannot be null while a TTL is set");
        }

        CheckName(request.Name);
        return Check(Settings(present, request) with { Fields = Fields(present, request), Dataset = Dataset(present, present.States, request) });
    }

    /// <summary>What the type is as a dataset; still nothing where nothing is said of it.</summary>
    private DatasetSettings? Dataset(RecordType present, IReadOnlyList<RecordState> states, RecordTypeChange request)
    {
        if (request.Dataset is { } change) return new DatasetRules(Invalid).Apply(present, states, change);
        return present.Dataset ?? (request.Fields.Any(field => field.Property is not null) ? DatasetSettings.Default : null);
    }

    private static RecordType Settings(RecordType present, RecordTypeChange request) => present with
    {
        Name = request.Name ?? present.Name,
        Description = request.Description.Or(present.Description),
        Editable = request.Editable ?? present.Editable,
        TtlDays = request.TtlDays.Or(present.TtlDays),
        Retention = request.Retention.Or(present.Retention) ?? RetentionColumn.CreatedAt,
        OnLimit = request.OnLimit ?? present.OnLimit,
        MaxRecords = request.MaxRecords.Or(present.MaxRecords),
    };

    private RecordType Check(RecordType type)
    {
        if (type.TtlDays is <= 0 or > MaxTtlDays) Invalid("ttl_days: must be above 0 and at most 3650");
        if (type.MaxRecords > limits.RecordsPerType)
            Invalid($"max_records_limit: must be at most {limits.RecordsPerType}, the tenant's ceiling");
        if (type.Fields.Count > MaxFields) Invalid($"fields: a record type has at most {MaxFields} fields, these are {type.Fields.Count}");
        if (faults.Count == 0 && RecordTypeRow.SizeOf(type) is > RecordTypeRow.MaxBytes and var size)
            Invalid($"The whole definition takes {size} bytes; at most {RecordTypeRow.MaxBytes} are kept");
        return type;
    }

    private List<RecordField> Fields(RecordType present, RecordTypeChange request)
    {
        var deleted = Deletions(present, request);
        var changed = new Dictionary<long, RecordField>();
        var added = new List<RecordField>();
        var places = new Dictionary<RecordField, string>(ReferenceEqualityComparer.Instance);

        foreach (var change in request.Fields)
        {
            var field = change.Id is { } id ? Change(present, id, change, deleted, changed.ContainsKey(id)) : Add(change);
            if (field is null) continue;
            places[field] = change.Place;
            if (change.Id is { } changedId) changed[changedId] = field;
            else added.Add(field);
        }

        List<RecordField> fields =
            [.. present.Fields.Where(field => !deleted.Contains(field.Id)).Select(field => changed.GetValueOrDefault(field.Id, field)), .. added];
        CheckNames(fields, places);
        return WithSlots(fields, present.Fields);
    }

    /// <summary>Gives new fields their numbers within the type.</summary>
    private static List<RecordField> WithSlots(List<RecordField> fields, IReadOnlyList<RecordField> present)
    {
        var next = present.Count == 0 ? 0 : present.Max(field => field.Slot) + 1;
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Id == 0) fields[i] = fields[i] with { Slot = next++ };
        }

        return fields;
    }

    private HashSet<long> Deletions(RecordType present, RecordTypeChange request)
    {
        for (var i = 0; i < request.FieldIdsToDelete.Count; i++)
        {
            var id = request.FieldIdsToDelete[i];
            if (present.Field(id) is not { } field) Invalid($"field_ids_to_delete[{i}]: {Text(id)} is not a field of this record type");
            else if (field.IsDefault) Invalid($"field_ids_to_delete[{i}]: '{field.Name}' is a default field and cannot be deleted");
        }

        return [.. request.FieldIdsToDelete];
    }

    private RecordField? Change(RecordType present, long id, FieldChange change, HashSet<long> deleted, bool twice)
    {
        if (present.Field(id) is not { } field)
            return Refuse(change, $"id: {Text(id)} is not a field of this record type");
        if (field.IsDefault)
            return Refuse(change, $"id: '{field.Name}' is a default field and cannot be changed");
        if (deleted.Contains(id))
            return Refuse(change, $"id: {Text(id)} is in field_ids_to_delete too");
        if (twice)
            return Refuse(change, $"id: {Text(id)} is named twice");

        CheckFieldName(change);
        var named = field with { Name = change.Name ?? field.Name };
        if (change.Property is { } property) return new PropertyRules(Invalid).Apply(named, change.Place, property);

        var type = change.Type ?? field.Type;
        if (type != field.Type && field.PropertyType.IsReadOnlyText)
            return Refuse(change, $"result_type: '{field.Name}' holds values of the kind {field.PropertyType} and stays TEXT");
        if (type != field.Type && !(IsText(type) && IsText(field.Type)))
            return Refuse(change, $"result_type: cannot change from {RecordTypeNames.Of(field.Type)} to {RecordTypeNames.Of(type)}, only between TEXT and TEXT_ENUM");

        var values = FixedValues(change, type, field);
        return PropertyRules.Follow(named, type, values);
    }

    private RecordField? Add(FieldChange change)
    {
        CheckFieldName(change);
        if (change.Name is not { } name) return null;
        if (change.Property is { } property)
            return property.Type is { } propertyType ? new PropertyRules(Invalid).Apply(new RecordField(0, name, propertyType.Stored, []), change.Place, property) : null;
        return change.Type is { } type ? new RecordField(0, name, type, FixedValues(change, type, null)) : null;
    }

    private IReadOnlyList<string> FixedValues(FieldChange change, FieldType type, RecordField? present)
    {
        if (type != FieldType.TextEnum)
        {
            if (change.FixedValues is { Count: > 0 }) Refuse(change, "fixed_values: only a TEXT_ENUM has them");
            return [];
        }

        // A property may be without options for a while; what is left out changes nothing of that.
        if (change.FixedValues is null && present is { Type: FieldType.TextEnum }) return present.FixedValues;

        var values = change.FixedValues ?? [];
        if (values.Count == 0) Refuse(change, "fixed_values: a TEXT_ENUM needs at least one");
        if (values.Count > MaxFixedValues) Refuse(change, $"fixed_values: at most {MaxFixedValues}, these are {values.Count}");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Length is 0 or > MaxFixedValue) Refuse(change, $"fixed_values[{i}]: must have 1 to {MaxFixedValue} characters");
            else if (!seen.Add(values[i])) Refuse(change, $"fixed_values[{i}]: '{values[i]}' is there twice");
        }

        return values;
    }

    private void CheckNames(List<RecordField> fields, Dictionary<RecordField, string> places)
    {
        // What the request does not name stands already, so that it is the named one that is at fault.
        var taken = new HashSet<string>(fields.Where(field => !places.ContainsKey(field)).Select(field => field.Name), StringComparer.Ordinal);
        foreach (var (field, place) in fields.Where(places.ContainsKey).Select(field => (field, places[field])))
        {
            if (Reserved.Contains(field.Name)) Invalid($"{place}name: '{field.Name}' is reserved");
            else if (!taken.Add(field.Name)) Invalid($"{place}name: '{field.Name}' is the name of another field");
        }
    }

    private void CheckName(string? name)
    {
        if (name is { Length: 0 or > MaxName }) Invalid($"name: must have 1 to {MaxName} characters");
    }

    private void CheckFieldName(FieldChange change)
    {
        if (change.Name is { Length: 0 or > MaxName }) Refuse(change, $"name: must have 1 to {MaxName} characters");
    }

    private RecordField? Refuse(FieldChange change, string reason)
    {
        Invalid($"{change.Place}{reason}");
        return null;
    }

    private void Invalid(string details) => faults.Add(new Fault(Message, details));

    private static bool IsText(FieldType type) => type is FieldType.Text or FieldType.TextEnum;

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
