namespace Casefile.Core.Storage;

/// <summary>A storage account: the service's tables and its blob container.</summary>
public interface IStorage
{
    /// <summary>The table of this name, one of <see cref="TableNames"/>.</summary>
    ITable Table(string name);

    /// <summary>The service's blobs.</summary>
    IBlobStore Blobs { get; }

    /// <summary>Makes the tables and the container that are missing. Done once at start.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer after retries.</exception>
    Task CreateIfMissingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// How far this machine's clock is ahead of the service's, by the Date header of its latest answer; null before the first answer
    /// or where there is no such header. Good to a second or two.
    /// </summary>
    TimeSpan? ClockAhead { get; }
}

/// <summary>The service's tables.</summary>
public static class TableNames
{
    /// <summary>Record types and records, a partition a type.</summary>
    public const string Records = "records";

    /// <summary>Cases with all that is inside them, and what a team's cases are configured by; a partition a team.</summary>
    public const string Cases = "cases";

    /// <summary>What is to be delivered to the webhooks of a team's cases, and what was; a partition a team.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>Teams, users, keys and the catalog of record types, one partition.</summary>
    public const string Tenant = "tenant";

    /// <summary>Blocks of ids of records, cases and parts of cases, and the partition that each belongs to.</summary>
    public const string Directory = "directory";

    /// <summary>Partitions that have something to do, and when.</summary>
    public const string Due = "due";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Records, Cases, Webhooks, Tenant, Directory, Due];
}
