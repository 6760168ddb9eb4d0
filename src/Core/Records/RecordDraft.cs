using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;

namespace Casefile.Core.Records;

/// <summary>Values that were checked against one version of a definition, the large ones in Blob Storage already.</summary>
/// <param name="Type">The definition.</param>
/// <param name="Values">The values by field: string, double, bool, <see cref="PreciseTimestamp"/>, <see cref="StoredBlob"/>, or null for the empty value.</param>
/// <param name="Traits">What is said beside values, or null for nothing.</param>
/// <param name="UserId">Who says it.</param>
internal sealed record RecordDraft(RecordType Type, IReadOnlyList<(RecordField Field, object? Value)> Values, TraitsChange? Traits, long UserId)
{
    /// <summary>Bytes of a row's own properties beside the values: keys, timestamps, counters.</summary>
    private const int FixedBytes = 1024;

    /// <summary>No large values.</summary>
    public static readonly IReadOnlyDictionary<long, ReadOnlyMemory<byte>> NoContents = new Dictionary<long, ReadOnlyMemory<byte>>();

    private readonly bool hasBlobs = Has(Values, static value => value is StoredBlob);

    /// <summary>The blobs that were written for it.</summary>
    public IEnumerable<string> Blobs => hasBlobs ? Values.Select(each => each.Value).OfType<StoredBlob>().Select(blob => blob.Name) : [];

    /// <summary>The large values by field, which an answer then need not read back.</summary>
    public IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Contents
        => hasBlobs ? Values.Where(each => each.Value is StoredBlob).ToDictionary(each => each.Field.Id, each => ((StoredBlob)each.Value!).Utf8) : NoContents;

    /// <summary>What is wrong with the size of a row, or null.</summary>
    public static Problem? TooLarge(RecordType type, IReadOnlyDictionary<string, object> image, long limit)
    {
        long total = FixedBytes;
        var (largest, largestBytes) = ("", 0L);
        foreach (var (name, value) in image.Each())
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
    /// <param name="scope">Has the counter that gives an id to an artifact that is new.</param>
    public IReadOnlyList<string> Apply(Dictionary<string, object> image, long now, OperationScope scope)
    {
        if (!image.ContainsKey(RecordRow.Artifacts) && !hasBlobs)
        {
            for (var i = 0; i < Values.Count; i++)
            {
                var (field, value) = Values[i];
                Set(image, field.RowProperty, value is PreciseTimestamp precise ? precise.Value : value);
            }

            ApplyMilliseconds(image);
            return [];
        }

        var references = ArtifactReferences.Decode(image.GetValueOrDefault(RecordRow.Artifacts) as string).ToDictionary(each => each.FieldId);
        var released = new List<string>();
        foreach (var (field, value) in Values)
        {
            var property = field.RowProperty;
            var before = references.GetValueOrDefault(field.Id);
            if (value is StoredBlob blob)
            {
                if (before is not null && before.Sha256 == blob.Sha256 && before.Bytes == blob.Utf8.Length)
                {
                    released.Add(blob.Name);
                    continue;
                }

                if (before is not null) released.Add(before.Blob);
                var id = before?.Id ?? ++scope[RecordCounters.Artifacts];
                references[field.Id] = new ArtifactReference(id, field.Id, blob.Name, blob.Utf8.Length, blob.Sha256, blob.Gzip, before?.Created ?? now, now);
                image[property] = id;
                continue;
            }

            if (before is not null)
            {
                released.Add(before.Blob);
                references.Remove(field.Id);
            }

            Set(image, property, value is PreciseTimestamp timestamp ? timestamp.Value : value);
        }

        ApplyMilliseconds(image);
        Set(image, RecordRow.Artifacts, ArtifactReferences.Encode(references.Values));
        return released;
    }

    /// <summary>Keeps the milliseconds of the timestamps that have some, and forgets those of timestamps that were replaced.</summary>
    private void ApplyMilliseconds(Dictionary<string, object> image)
    {
        if (!image.ContainsKey(RecordRow.Traits) && !Has(Values, static value => value is PreciseTimestamp { Milliseconds: > 0 })) return;

        var traits = RecordTraits.Decode(image.GetValueOrDefault(RecordRow.Traits) as string);
        var milliseconds = new Dictionary<long, int>(traits.Milliseconds);
        foreach (var (field, value) in Values)
        {
            if (value is PreciseTimestamp { Milliseconds: > 0 and var fraction }) milliseconds[field.Id] = fraction;
            else milliseconds.Remove(field.Id);
        }

        Set(image, RecordRow.Traits, (traits with { Milliseconds = milliseconds }).Encode());
    }

    /// <summary>Whether one of the values is of a kind.</summary>
    public static bool Has(IReadOnlyList<(RecordField Field, object? Value)> values, Func<object?, bool> kind)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (kind(values[i].Value)) return true;
        }

        return false;
    }

    /// <summary>Sets a property, or removes it for null.</summary>
    public static void Set(Dictionary<string, object> image, string property, object? value)
    {
        if (value is null) image.Remove(property);
        else image[property] = value;
    }
}
