using System.Globalization;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Records;

/// <summary>Values that were checked against one version of a definition, the large ones in Blob Storage already.</summary>
/// <param name="Type">The definition.</param>
/// <param name="Values">The values by field: string, double, bool, <see cref="StoredBlob"/>, or null for the empty value.</param>
internal sealed record RecordDraft(RecordType Type, IReadOnlyList<(RecordField Field, object? Value)> Values)
{
    /// <summary>Bytes of a row's own properties beside the values: keys, timestamps, counters.</summary>
    private const int FixedBytes = 1024;

    /// <summary>The blobs that were written for it.</summary>
    public IEnumerable<string> Blobs => Values.Select(each => each.Value).OfType<StoredBlob>().Select(blob => blob.Name);

    /// <summary>The large values by field, which an answer then need not read back.</summary>
    public IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Contents
        => Values.Where(each => each.Value is StoredBlob).ToDictionary(each => each.Field.Id, each => ((StoredBlob)each.Value!).Utf8);

    /// <summary>Checks values against a definition: every fault of all of them, or the values.</summary>
    public static Result<IReadOnlyList<(RecordField Field, object? Value)>> Check(RecordType type, IReadOnlyList<FieldInput> inputs, IEnumerable<Fault> others)
    {
        var faults = others.ToList();
        var missing = 0;
        var seen = new HashSet<long>();
        var values = new List<(RecordField, object?)>(inputs.Count);
        foreach (var input in inputs)
        {
            if (!seen.Add(input.FieldId))
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
                case { } field:
                    values.Add((field, FieldValues.Read(field, input.Value, $"{input.Place}.value", faults)));
                    break;
            }
        }

        if (faults.Count == 0) return values;
        return new Problem(missing == faults.Count ? ProblemKind.NotFound : ProblemKind.Invalid, faults);
    }

    /// <summary>What is wrong with the size of a row, or null.</summary>
    public static Problem? TooLarge(RecordType type, IReadOnlyDictionary<string, object> image, long limit)
    {
        long total = FixedBytes;
        var (largest, largestBytes) = ("", 0L);
        foreach (var (name, value) in image)
        {
            var bytes = (2L * name.Length) + (value is string text ? 2L * text.Length : 8);
            total += bytes;
            if (bytes > largestBytes) (largest, largestBytes) = (name, bytes);
        }

        if (total <= limit) return null;
        var field = type.Fields.FirstOrDefault(each => RecordRow.Field(each.Id) == largest)?.Name ?? largest;
        return Problem.Invalid(
            "Record is too large",
            string.Create(CultureInfo.InvariantCulture, $"It has {total} bytes without its artifacts, at most {limit} are allowed; the largest value is '{field}' with {largestBytes}"));
    }

    /// <summary>Writes the values into a row's image, and tells which blobs nothing refers to any more.</summary>
    /// <param name="image">The row's properties.</param>
    /// <param name="now">The commit's timestamp, Unix milliseconds.</param>
    /// <param name="nextArtifactId">Gives an id to an artifact that is new.</param>
    public IReadOnlyList<string> Apply(Dictionary<string, object> image, long now, Func<long> nextArtifactId)
    {
        var references = ArtifactReferences.Decode(image.GetValueOrDefault(RecordRow.Artifacts) as string).ToDictionary(each => each.FieldId);
        var released = new List<string>();
        foreach (var (field, value) in Values)
        {
            var property = RecordRow.Field(field.Id);
            var before = references.GetValueOrDefault(field.Id);
            if (value is StoredBlob blob)
            {
                if (before is not null && before.Sha256 == blob.Sha256 && before.Bytes == blob.Utf8.Length)
                {
                    released.Add(blob.Name);
                    continue;
                }

                if (before is not null) released.Add(before.Blob);
                var id = before?.Id ?? nextArtifactId();
                references[field.Id] = new ArtifactReference(id, field.Id, blob.Name, blob.Utf8.Length, blob.Sha256, blob.Gzip, before?.Created ?? now, now);
                image[property] = id;
                continue;
            }

            if (before is not null)
            {
                released.Add(before.Blob);
                references.Remove(field.Id);
            }

            Set(image, property, value);
        }

        Set(image, RecordRow.Artifacts, ArtifactReferences.Encode(references.Values));
        return released;
    }

    /// <summary>Sets a property, or removes it for null.</summary>
    public static void Set(Dictionary<string, object> image, string property, object? value)
    {
        if (value is null) image.Remove(property);
        else image[property] = value;
    }
}
