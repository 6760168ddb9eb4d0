namespace Casefile.Core.Records;

/// <summary>What records may take (section <c>Limits</c> of the configuration; records.md, "Tenant limits" and "Values").</summary>
public sealed record RecordLimits
{
    /// <summary>The name of the configuration's section.</summary>
    public const string Section = "Limits";

    /// <summary>Records of one type where the type sets no limit of its own, and the most that it may set.</summary>
    public long RecordsPerType { get; init; } = 1_000_000;

    /// <summary>Bytes of a record's row without its artifacts: text at two bytes a UTF-16 unit, as Table Storage counts. The service takes 1 MiB.</summary>
    public long RecordBytes { get; init; } = 900 * 1024;

    /// <summary>Bytes of artifacts that one answer inlines.</summary>
    public long InlinedBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Cases that a record is linked to at its creation.</summary>
    public int CasesOnCreate { get; init; } = 5;

    /// <summary>Cases that a record is linked to at all.</summary>
    public int CasesPerRecord { get; init; } = 1_000;

    /// <summary>Children that one update adds or removes.</summary>
    public int ChildrenPerUpdate { get; init; } = 30;

    /// <summary>How long an aggregation may take.</summary>
    public TimeSpan AggregateTime { get; init; } = TimeSpan.FromSeconds(30);
}
