using Casefile.Core.RecordTypes;

namespace Casefile.Core.Records;

/// <summary>
/// What a client sends as the content of a record, in the form of the door that it came in by. It is read by whatever definition is valid, and anew when
/// that changes under the request.
/// </summary>
public abstract record RecordContent
{
    /// <summary>Whether nothing is sent.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>Whether values of fields are sent.</summary>
    public abstract bool HasValues { get; }

    /// <summary>The fields that values are sent for.</summary>
    internal abstract IEnumerable<long> FieldIds { get; }

    /// <summary>Reads the content by a definition.</summary>
    /// <param name="type">The definition.</param>
    /// <param name="isNew">Whether it is all of a record, which must then have what is required.</param>
    /// <param name="others">What else is wrong with the request.</param>
    /// <returns>Every fault of all of it, or the content.</returns>
    internal abstract Result<CheckedContent> Check(RecordType type, bool isNew, IEnumerable<Fault> others);
}

/// <summary>Content that was read by a definition.</summary>
/// <param name="Values">The values by field: string, double, bool, <see cref="PreciseTimestamp"/>, <see cref="LargeValue"/>, or null for the empty value.</param>
/// <param name="Traits">What is sent beside values, or null for nothing.</param>
internal sealed record CheckedContent(IReadOnlyList<(RecordField Field, object? Value)> Values, TraitsChange? Traits = null);

/// <summary>The value of a TIMESTAMP field with the part of it that such a field does not show.</summary>
/// <param name="Value">As the field shows it.</param>
/// <param name="Milliseconds">0..999, beyond the whole second.</param>
internal sealed record PreciseTimestamp(string Value, int Milliseconds);
