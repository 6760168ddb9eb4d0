using Casefile.Core.RecordTypes;

namespace Casefile.Core.Records;

/// <summary>Values by field, as the records of a record type have them (records.md, "Create").</summary>
/// <param name="Inputs">The values, a field at most once.</param>
public sealed record FieldInputs(IReadOnlyList<FieldInput> Inputs) : RecordContent
{
    /// <summary>No values.</summary>
    public static readonly FieldInputs None = new([]);

    /// <summary>Up to how many inputs each is held against those before it, which takes no memory.</summary>
    private const int FewInputs = 16;

    /// <inheritdoc/>
    public override bool IsEmpty => Inputs.Count == 0;

    /// <inheritdoc/>
    public override bool HasValues => Inputs.Count > 0;

    /// <inheritdoc/>
    internal override IEnumerable<long> FieldIds => Inputs.Select(input => input.FieldId);

    /// <inheritdoc/>
    internal override Result<CheckedContent> Check(RecordType type, bool isNew, IEnumerable<Fault> others)
    {
        var faults = others.ToList();
        var missing = 0;
        var values = new List<(RecordField Field, object? Value)>(Inputs.Count);
        var seen = Inputs.Count > FewInputs ? new HashSet<long>() : null;
        for (var i = 0; i < Inputs.Count; i++)
        {
            var input = Inputs[i];
            if (seen is null ? IsAmong(i, input.FieldId) : !seen.Add(input.FieldId))
            {
                faults.Add(new Fault("Field is given twice", $"{input.Place}.field_id: field {input.FieldId} is there already"));
                continue;
            }

            switch (type.Field(input.FieldId))
            {
                case null:
                    missing++;
                    faults.Add(new Fault("Record field not found", $"{input.Place}.field_id: record type {type.Id} has no field {input.FieldId}"));
                    break;
                case { IsDefault: true } field:
                    faults.Add(new Fault(FieldValues.Invalid, $"{input.Place}.field_id: the default field '{field.Name}' cannot be written"));
                    break;
                case { PropertyType.IsReadOnlyText: true } field:
                    faults.Add(new Fault(FieldValues.Invalid, $"{input.Place}.field_id: the field '{field.Name}' holds values of the kind {field.PropertyType} and cannot be written here"));
                    break;
                case { } field:
                    var before = faults.Count;
                    var value = FieldValues.Read(field, input.Value, input.Place, faults, member: ".value");
                    if (value is null or "" && field.MustHaveValue && faults.Count == before)
                        faults.Add(new Fault(FieldValues.Invalid, $"{input.Place}.value: the field '{field.Name}' must have a value"));
                    values.Add((field, value));
                    break;
            }
        }

        if (isNew)
        {
            for (var i = 0; i < type.Fields.Count; i++)
            {
                var field = type.Fields[i];
                if (field.MustHaveValue && !IsAmong(Inputs.Count, field.Id))
                    faults.Add(new Fault(FieldValues.Invalid, $"field_values: the field '{field.Name}' must have a value"));
            }
        }

        if (faults.Count == 0) return new CheckedContent(values);
        return new Problem(missing == faults.Count ? ProblemKind.NotFound : ProblemKind.Invalid, faults);
    }

    /// <summary>Whether one of the first inputs is for this field.</summary>
    private bool IsAmong(int first, long fieldId)
    {
        for (var i = 0; i < first; i++)
        {
            if (Inputs[i].FieldId == fieldId) return true;
        }

        return false;
    }
}
