using Microsoft.Data.Sqlite;

namespace Casefile.Core.Replicas;

/// <summary>
/// How many rows match, for the conditions that were asked for lately. A total is counted once; from then on the log's changes carry it from version to
/// version: for each row that changes, whether it matched before and whether it does after. A total that nobody asks for any more is given up once
/// carrying it has looked at as many rows as would make counting it anew the cheaper way.
/// Readers ask from any thread, one writer carries.
/// </summary>
internal sealed class CarriedTotals : IDisposable
{
    /// <summary>How many totals are remembered; the one asked for the longest ago makes room.</summary>
    private const int Remembered = 512;

    /// <summary>How many totals are carried through a run of the log; the others are counted anew when they are asked for.</summary>
    private const int MostCarried = 32;

    /// <summary>Looking at one row by its id costs about as much as counting so many rows in a scan.</summary>
    private const int RowsCountedPerLook = 32;

    /// <summary>Changes through which a total is carried without being asked for, however few rows there are.</summary>
    private const long LeastPatience = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<string, CarriedTotal> totals = new(StringComparer.Ordinal);
    private long asks;

    // Only the writer touches what follows.
    private readonly Dictionary<CarriedTotal, RowTest> tests = [];
    private readonly List<CarriedTotal> carried = [];
    private long patience;

    /// <summary>The total of a condition at a version, where it is known.</summary>
    public bool TryRecall(long version, string condition, out long total)
    {
        lock (gate)
        {
            total = 0;
            if (!totals.TryGetValue(condition, out var known)) return false;
            known.Asked(++asks);
            if (known.Version != version) return false;
            total = known.Total;
            return true;
        }
    }

    /// <summary>Keeps a total that was counted; one of a later version that is known already stays.</summary>
    public void Remember(long version, string condition, RecordCondition where, long total)
    {
        lock (gate)
        {
            if (totals.TryGetValue(condition, out var known))
            {
                if (known.Version < version) known.MoveTo(version, total);
                return;
            }

            if (totals.Count >= Remembered) totals.Remove(totals.MinBy(static entry => entry.Value.LastAsked).Key);
            var counted = new CarriedTotal(where.Sql, [.. where.Parameters], version, total);
            counted.Asked(++asks);
            totals.Add(condition, counted);
        }
    }

    /// <summary>The log is about to be applied to the file: what is known of its version is carried.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="version">The version of the file.</param>
    /// <param name="rows">How many rows it has, about.</param>
    public void Begin(SqliteConnection connection, long version, long rows)
    {
        patience = Math.Max(LeastPatience, rows / RowsCountedPerLook);
        lock (gate)
        {
            carried.AddRange(totals.Values
                .Where(total => total.Version == version && total.Idle < patience)
                .OrderByDescending(static total => total.LastAsked)
                .Take(MostCarried));
        }

        foreach (var idle in tests.Keys.Except(carried).ToArray())
        {
            tests[idle].Dispose();
            tests.Remove(idle);
        }

        foreach (var total in carried)
        {
            total.Carry();
            if (!tests.ContainsKey(total)) tests.Add(total, new RowTest(connection, RecordReplicaSchema.Table, total.Sql, total.Parameters));
        }
    }

    /// <summary>A row is about to be replaced or removed, or added.</summary>
    public void Before(long id)
    {
        for (var i = carried.Count - 1; i >= 0; i--)
        {
            var total = carried[i];
            if (++total.Idle > patience) carried.RemoveAt(i);
            else if (tests[total].Holds(id)) total.Next--;
        }
    }

    /// <summary>The row has been replaced or added.</summary>
    public void After(long id)
    {
        foreach (var total in carried)
        {
            if (tests[total].Holds(id)) total.Next++;
        }
    }

    /// <summary>The changes are committed.</summary>
    public void Commit(long version)
    {
        lock (gate)
        {
            foreach (var total in carried) total.MoveTo(version, total.Next);
        }

        carried.Clear();
    }

    /// <summary>The changes are undone.</summary>
    public void Rollback() => carried.Clear();

    /// <summary>Closes the statements, before the writer's connection is closed.</summary>
    public void Dispose()
    {
        foreach (var test in tests.Values) test.Dispose();
        tests.Clear();
    }

    /// <summary>A condition with its total at one version. What readers see is written under the owner's lock; <see cref="Next"/> is the writer's.</summary>
    private sealed class CarriedTotal(string sql, object[] parameters, long version, long total)
    {
        private long idle;

        public string Sql => sql;

        public object[] Parameters => parameters;

        public long Version { get; private set; } = version;

        public long Total { get; private set; } = total;

        public long LastAsked { get; private set; }

        /// <summary>Changes since it was last asked for.</summary>
        public long Idle
        {
            get => Interlocked.Read(ref idle);
            set => Interlocked.Exchange(ref idle, value);
        }

        /// <summary>The total as the changes under way will leave it.</summary>
        public long Next { get; set; }

        public void Asked(long at) => (LastAsked, Idle) = (at, 0);

        public void Carry() => Next = Total;

        public void MoveTo(long version, long total) => (Version, Total) = (version, total);
    }
}
