namespace Casefile.Core.Storage;

/// <summary>
/// An entity of Table Storage: two keys, an ETag and up to 252 properties. Immutable: a change is a new row.
/// Property values are string, long, double, bool, <see cref="DateTimeOffset"/> or byte[]; null is the absence of the property.
/// </summary>
/// <param name="PartitionKey">The partition, at most 1 KiB, without <c>/ \ # ?</c> and control characters.</param>
/// <param name="RowKey">The key within the partition, bounded likewise; rows are read in its ordinal order.</param>
/// <param name="Properties">The properties by name; never null values.</param>
/// <param name="ETag">The storage's version of the row; empty on a row that was not read from storage.</param>
public sealed record Row(string PartitionKey, string RowKey, IReadOnlyDictionary<string, object> Properties, string ETag = "")
{
    /// <summary>The text under this name, or null when the row has none.</summary>
    public string? Text(string name) => Properties.TryGetValue(name, out var value) ? value as string : null;

    /// <summary>The 64-bit integer under this name, or null when the row has none.</summary>
    public long? Integer(string name) => Properties.TryGetValue(name, out var value) ? value as long? : null;

    /// <summary>The floating-point number under this name, or null when the row has none.</summary>
    public double? Number(string name) => Properties.TryGetValue(name, out var value) ? value as double? : null;

    /// <summary>The truth value under this name, or null when the row has none.</summary>
    public bool? Flag(string name) => Properties.TryGetValue(name, out var value) ? value as bool? : null;

    /// <summary>The bytes under this name, or null when the row has none.</summary>
    public byte[]? Bytes(string name) => Properties.TryGetValue(name, out var value) ? value as byte[] : null;
}
