namespace Casefile.Core.Storage;

/// <summary>
/// The properties of a row, to be gone through without an enumerator on the heap: rows are weighed, checked and encoded several times on their way, and
/// nearly all are plain dictionaries.
/// </summary>
internal readonly struct RowProperties(IReadOnlyDictionary<string, object> properties)
{
    public Enumerator GetEnumerator() => new(properties);

    internal struct Enumerator
    {
        private readonly IEnumerator<KeyValuePair<string, object>>? other;
        private Dictionary<string, object>.Enumerator usual;

        public Enumerator(IReadOnlyDictionary<string, object> properties)
        {
            if (properties is Dictionary<string, object> dictionary) usual = dictionary.GetEnumerator();
            else other = properties.GetEnumerator();
        }

        public readonly KeyValuePair<string, object> Current => other is null ? usual.Current : other.Current;

        public bool MoveNext() => other?.MoveNext() ?? usual.MoveNext();
    }
}

/// <summary>Gives <see cref="RowProperties"/>.</summary>
internal static class RowPropertiesExtensions
{
    /// <summary>Each property, without an enumerator on the heap.</summary>
    public static RowProperties Each(this IReadOnlyDictionary<string, object> properties) => new(properties);
}
