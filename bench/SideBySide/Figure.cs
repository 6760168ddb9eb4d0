namespace Casefile.SideBySide;

/// <summary>A measured figure.</summary>
/// <param name="System">Whose.</param>
/// <param name="Indexed">Whether what is filtered and sorted by has indexes.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Size">Records to list from; 0 for those that are written to.</param>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds; null where fewer than a hundred came.</param>
/// <param name="ProcessorTime">Milliseconds of the server's processor time an answer, its database's included; null where it cannot be told.</param>
/// <param name="Fault">Why the run was thrown away; null where it counts.</param>
internal sealed record Figure(
    string System, bool Indexed, string Request, int Size, double PerSecond, double P50, double? P99, double? ProcessorTime, string? Fault);
