using Casefile.Core.Storage;

namespace Casefile.Testing.Simulation;

/// <summary>
/// A storage account in memory that misbehaves as the real one does, by a seed. Several processes are simulated by several users of one
/// instance. Run inside <see cref="Simulation"/> a history replays exactly from its seeds; elsewhere it is thread-safe, and only the
/// faults' order is the seed's.
/// </summary>
public sealed class SimulatedStorage : IStorage
{
    private readonly Lock gate = new();
    private readonly Random random;
    private readonly TimeProvider time;
    private readonly Dictionary<string, SimulatedTable> tables = new(StringComparer.Ordinal);
    private readonly SimulatedBlobs blobs;
    private readonly Queue<TransactionFault> asked = new();
    private readonly List<(int RequestsToGo, Action Arrive)> late = [];
    private long etags;

    /// <summary>An empty account.</summary>
    /// <param name="seed">Decides faults, pages and pauses.</param>
    /// <param name="faults">How often what goes wrong; nothing when null.</param>
    /// <param name="time">The clock that requests take time on; only asked when <see cref="SimulatedFaults.Latency"/> is not zero.</param>
    public SimulatedStorage(int seed = 0, SimulatedFaults? faults = null, TimeProvider? time = null)
    {
        random = new Random(seed);
        Faults = faults ?? SimulatedFaults.None;
        this.time = time ?? TimeProvider.System;
        blobs = new SimulatedBlobs(this);
    }

    /// <summary>How often what goes wrong from now on.</summary>
    public SimulatedFaults Faults { get; set; }

    /// <summary>Runs before a transaction arrives: the place for a rival's commit.</summary>
    public Func<SimulatedTransaction, Task>? BeforeTransaction { get; set; }

    /// <summary>Runs when the answer to a transaction is about to reach its sender.</summary>
    public Func<SimulatedTransaction, Task>? AfterTransaction { get; set; }

    /// <summary>Runs before a read with what it is of: table, partition key, and row key or lower bound.</summary>
    public Func<string, string, string, Task>? BeforeRead { get; set; }

    /// <summary>What was asked of the storage so far.</summary>
    public SimulatedCounts Counts { get; } = new();

    /// <inheritdoc/>
    public TimeSpan? ClockAhead { get; set; } = TimeSpan.Zero;

    /// <inheritdoc/>
    public IBlobStore Blobs => blobs;

    /// <summary>The names of all blobs, in order.</summary>
    public IReadOnlyList<string> BlobNames => blobs.Names;

    /// <inheritdoc/>
    public ITable Table(string name) => Simulated(name);

    /// <summary>The rows of a partition as they are, without a request.</summary>
    public IReadOnlyList<Row> Rows(string table, string partitionKey) => Simulated(table).Rows(partitionKey);

    /// <summary>A row as it is, without a request; null when it is not there.</summary>
    public Row? Row(string table, string partitionKey, string rowKey) => Simulated(table).Row(partitionKey, rowKey);

    /// <summary>Whether there is a blob of this name, without a request.</summary>
    public bool HasBlob(string name) => blobs.Has(name);

    /// <inheritdoc/>
    public Task CreateIfMissingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets this happen to the next transaction; asked several times, to those after it.</summary>
    public void FailNext(TransactionFault fault)
    {
        lock (gate)
            asked.Enqueue(fault);
    }

    /// <summary>Lets every transaction arrive that is still under way.</summary>
    public void DeliverLate()
    {
        lock (gate)
        {
            foreach (var (_, arrive) in late)
                arrive();
            late.Clear();
        }
    }

    /// <summary>The state's lock; what runs under it is one instant of the storage.</summary>
    internal T Instantly<T>(Func<T> change)
    {
        lock (gate)
            return change();
    }

    internal string NextETag() => $"W/\"datetime'{++etags}'\"";

    internal TransactionFault? DrawFault()
    {
        lock (gate)
        {
            if (asked.TryDequeue(out var fault))
                return fault;
            var drawn = random.NextDouble();
            var faults = Faults;
            if ((drawn -= faults.RequestLost) < 0) return TransactionFault.RequestLost;
            if ((drawn -= faults.ReplyLost) < 0) return TransactionFault.ReplyLost;
            if ((drawn -= faults.ArrivesLate) < 0) return TransactionFault.ArrivesLate;
            if (drawn - faults.Throttled < 0) return TransactionFault.Throttled;
            return null;
        }
    }

    internal void ArriveLater(Action arrive)
    {
        const int longest = 12;
        lock (gate)
            late.Add((random.Next(1, longest), arrive));
    }

    internal void ArriveWhatIsDue()
    {
        lock (gate)
        {
            for (var i = late.Count - 1; i >= 0; i--)
            {
                var (toGo, arrive) = late[i];
                if (toGo > 1)
                {
                    late[i] = (toGo - 1, arrive);
                    continue;
                }

                late.RemoveAt(i);
                arrive();
            }
        }
    }

    internal bool Draw(double probability)
    {
        lock (gate)
            return probability > 0 && random.NextDouble() < probability;
    }

    internal int Draw(int upTo)
    {
        lock (gate)
            return random.Next(upTo + 1);
    }

    /// <summary>How many rows a page has that is cut short: often so few that partitions of some rows take several, or none at all.</summary>
    internal int OddPage(int take) => Draw(2) == 0 ? Draw(Math.Min(take, 3)) : Draw(take);

    /// <summary>The way to the storage or back: others run meanwhile.</summary>
    internal Travel Travel(CancellationToken cancellationToken)
        => Faults.Latency > TimeSpan.Zero
            ? new Travel(Task.Delay(TimeSpan.FromMilliseconds(Draw((int)Faults.Latency.TotalMilliseconds)), time, cancellationToken), 0, cancellationToken)
            : new Travel(null, Draw(2), cancellationToken);

    /// <summary>A read arrives.</summary>
    /// <exception cref="StorageUnavailableException">It fails.</exception>
    internal void ArriveAsRead()
    {
        ArriveWhatIsDue();
        if (Draw(Faults.ReadFails)) throw new StorageUnavailableException("The simulated storage fails this read");
    }

    private SimulatedTable Simulated(string name)
    {
        lock (gate)
            return tables.TryGetValue(name, out var table) ? table : tables[name] = new SimulatedTable(this, name);
    }
}
