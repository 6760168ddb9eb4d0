using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Casefile.Core;

/// <summary>What the service tells of itself, under OpenTelemetry's naming rules: ready for any exporter that listens.</summary>
public static class Diagnostics
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Casefile";

    /// <summary>Spans of requests and of work in the background.</summary>
    public static readonly ActivitySource Activities = new(Name);

    /// <summary>The instruments.</summary>
    public static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Commits = Meter.CreateCounter<long>("casefile.commits", "{commit}", "Commits won.");

    private static readonly Histogram<int> CommitOperations =
        Meter.CreateHistogram<int>("casefile.commit.operations", "{operation}", "Operations that shared a commit.");

    private static readonly Histogram<int> CommitActions =
        Meter.CreateHistogram<int>("casefile.commit.actions", "{action}", "Rows that a commit wrote, the protocol's own included.");

    private static readonly Counter<long> LostRaces =
        Meter.CreateCounter<long>("casefile.commit.lost_races", "{race}", "Commits that another process was faster than.");

    private static readonly Counter<long> OwedAside =
        Meter.CreateCounter<long>("casefile.owed_work.put_aside", "{work}", "Owed work that kept failing and waits for somebody to look.");

    private static readonly Counter<long> WebhookTries =
        Meter.CreateCounter<long>("casefile.webhook.tries", "{request}", "Requests to the receivers of webhooks.");

    private static readonly Counter<long> StorageTransactions = Meter.CreateCounter<long>(
        "casefile.storage.transactions", "{transaction}", "Calls to Table and Blob Storage, each try counted: what storage bills.");

    private static readonly Counter<long> ReplicaVersions =
        Meter.CreateCounter<long>("casefile.replica.applied", "{version}", "Versions that replicas took over from the commit log.");

    private static readonly Histogram<double> ReplicaBuilds =
        Meter.CreateHistogram<double>("casefile.replica.build.duration", "s", "Time to build a replica from its rows.");

    internal static void StorageCalled(string service, string operation, int status) =>
        StorageTransactions.Add(
            1,
            new("casefile.storage.service", service),
            new("casefile.storage.operation", operation),
            new("http.response.status_code", status));

    internal static void ReplicaApplied(string table, long versions) =>
        ReplicaVersions.Add(versions, new KeyValuePair<string, object?>("casefile.table", table));

    internal static void ReplicaBuilt(string table, TimeSpan elapsed) =>
        ReplicaBuilds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("casefile.table", table));

    internal static void Committed(string table, int actions, int operations)
    {
        var tag = new KeyValuePair<string, object?>("casefile.table", table);
        Commits.Add(1, tag);
        CommitActions.Record(actions, tag);
        CommitOperations.Record(operations, tag);
    }

    internal static void LostRace(string table) => LostRaces.Add(1, new KeyValuePair<string, object?>("casefile.table", table));

    internal static void OwedWorkPutAside(string table) => OwedAside.Add(1, new KeyValuePair<string, object?>("casefile.table", table));

    internal static void WebhookTried(bool succeeded) => WebhookTries.Add(1, new KeyValuePair<string, object?>("casefile.succeeded", succeeded));
}
