using Casefile.Core.RecordTypes;

namespace Casefile.Core.Replicas;

/// <summary>What records are sorted by, other than their creation.</summary>
/// <param name="Column">Its column.</param>
/// <param name="Type">The type of the field.</param>
/// <param name="IsDefault">Whether every type has the field; such a field gets no index.</param>
internal sealed record SortColumn(string Column, FieldType Type, bool IsDefault);
