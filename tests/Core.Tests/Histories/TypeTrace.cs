using System.Globalization;
using System.Runtime.CompilerServices;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Testing.Simulation;
using Image = System.Collections.Generic.IReadOnlyDictionary<string, object>;

namespace Casefile.Core.Tests.Histories;

/// <summary>
/// A record type's partition as it was at every version, played from its commit log as the log grows. Each commit is held against the rules as it is seen:
/// the log makes the rows, the head counts them, limits hold between any two operations, ids ascend, and every promise to the timers is kept.
/// </summary>
internal sealed class TypeTrace(SimulatedStorage storage, TimeProvider time, long typeId)
{
    /// <summary>The field by which records are upserted: no two records may have one value of it.</summary>
    public const string UniqueField = "Key";

    private static readonly DueKind[] Kinds = Enum.GetValues<DueKind>();

    private const int VersionsPerCheckpoint = 8;

    private static readonly TimeSpan OwedAgain = TimeSpan.FromMinutes(10);

    private readonly PartitionAddress address = RecordTypeRow.Address(typeId);
    private readonly SortedList<string, Image> rows = new(StringComparer.Ordinal);
    private readonly List<(long Version, RowChange Change, RecordType? Type)> changes = [];
    private readonly Dictionary<Row, Image> checkedRows = new(ReferenceEqualityComparer.Instance);
    private readonly List<Checkpoint> checkpoints = [];
    private readonly List<(long Version, long At)> commits = [];
    private Row? seenHead;
    private long newestId;

    public long TypeId => typeId;

    /// <summary>The newest version that was seen.</summary>
    public long Version { get; private set; }

    /// <summary>Whether the type was deleted.</summary>
    public bool Deleted { get; private set; }

    /// <summary>The definition as it is.</summary>
    public RecordType Type { get; private set; } = null!;

    /// <summary>All definitions that the type has had.</summary>
    public List<RecordType> Types { get; } = [];

    /// <summary>Every record that was ever added, with the version and the image of its first row.</summary>
    public Dictionary<long, (long Version, long At, Image Image)> Added { get; } = [];

    /// <summary>Every removal of a record.</summary>
    public List<Removal> Removals { get; } = [];

    public SortedList<string, Image> Rows => rows;

    private int RecordCount => rows.CountUnder(RecordRow.Prefix);

    /// <summary>Looks at what was committed since the last look.</summary>
    public void Observe()
    {
        var headRow = storage.Row(address.Table, address.Key, RowKeys.Head);
        if (headRow is null)
        {
            Expect(Version == 0 || Deleted, "the head is gone of a type that nobody deleted");
            return;
        }

        if (ReferenceEquals(headRow, seenHead)) return;
        seenHead = headRow;
        var head = Head.FromRow(headRow);
        Deleted |= head.Deleting;
        if (Deleted) return;
        Expect(head.Version >= Version, "the version runs backwards");
        if (head.Version == Version) return;

        var stored = storage.Rows(address.Table, address.Key);
        foreach (var entry in CommitLog.ReadAsync(new StoredRows(stored), address.Key, Version + 1, head.Version, default).ToBlockingEnumerable()) Play(entry);
        Expect(Version == head.Version, "the log has a gap behind");
        Expect(head.Newest == commits[^1].At, "the head's newest time is not the commit's");
        CheckRows(stored);
        CheckCounts(head);
        CheckAges(head);
        CheckLog(head, stored);
        CheckPromises(head, stored);
    }

    /// <summary>Whether something held at some moment from one version to another, between any two operations.</summary>
    public bool AtSomeMoment(long from, long to, Func<Moment, bool> holds)
    {
        var (state, type, next, reached) = PlayedTo(from);
        for (; next < changes.Count; next++)
        {
            var (version, change, definition) = changes[next];
            if (version > to) break;
            if (version > from && reached <= from && type is not null && holds(new Moment(type, state))) return true;
            reached = version;
            Apply(state, change);
            type = definition ?? type;
            if (version > from && type is not null && holds(new Moment(type, state))) return true;
        }

        return type is not null && holds(new Moment(type, state));
    }

    /// <summary>Whether something held at some version from one to another, once all operations of its commit were done.</summary>
    public bool AtSomeVersion(long from, long to, Func<Moment, bool> holds)
    {
        var (state, type, next, _) = PlayedTo(from);
        while (true)
        {
            var behind = next < changes.Count ? changes[next].Version : long.MaxValue;
            if (behind > from && type is not null && holds(new Moment(type, state))) return true;
            if (behind > to) return false;
            for (; next < changes.Count && changes[next].Version == behind; next++)
            {
                Apply(state, changes[next].Change);
                type = changes[next].Type ?? type;
            }
        }
    }

    /// <summary>The rows at a version that is not above this one, and which change comes next.</summary>
    private (SortedList<string, Image> Rows, RecordType? Type, int Next, long Version) PlayedTo(long version)
        => checkpoints.FindLast(each => each.Version <= version) is { } checkpoint
            ? (new SortedList<string, Image>(checkpoint.Rows, StringComparer.Ordinal), checkpoint.Type, checkpoint.Changes, checkpoint.Version)
            : (new SortedList<string, Image>(StringComparer.Ordinal), null, 0, 0);

    /// <summary>The images that a record ever had, in order.</summary>
    public IEnumerable<(long Version, Image Image)> Images(long id)
        => changes.Where(each => each.Change.RowKey == RecordRow.Key(id) && each.Change.Image is not null).Select(each => (each.Version, each.Change.Image!));

    /// <summary>All images of records that were ever written.</summary>
    public IEnumerable<(long Version, Image Image)> AllImages()
        => changes.Where(each => each.Change.Image is not null && each.Change.RowKey.StartsWith(RecordRow.Prefix, StringComparison.Ordinal)).Select(each => (each.Version, each.Change.Image!));

    public static bool IsExpired(RecordType type, Image image, DateTimeOffset now)
        => type.Ttl is { } ttl && Age(type, image) <= (now - ttl).ToUnixTimeMilliseconds();

    /// <summary>From when on a record counts as expired.</summary>
    public static DateTimeOffset ExpiryOf(RecordType type, Image image, TimeSpan ttl) => DateTimeOffset.FromUnixTimeMilliseconds(Age(type, image)) + ttl;

    private static long Age(RecordType type, Image image) => (long)image[type.Retention == RetentionColumn.UpdatedAt ? RecordRow.Updated : RecordRow.Created];

    private static void Apply(SortedList<string, Image> state, RowChange change)
    {
        if (change.Image is { } image) state[change.RowKey] = image;
        else state.Remove(change.RowKey);
    }

    private void Play(LogEntry entry)
    {
        Expect(entry.Version == Version + 1, "the log has a gap");
        Expect(commits.Count == 0 || entry.At >= commits[^1].At, "time runs backwards from commit to commit");
        var before = (Count: RecordCount, Removed: 0);
        foreach (var change in entry.Changes)
        {
            if (change.RowKey == RecordTypeRow.Key)
            {
                Type = RecordTypeRow.Decode(change.Image!);
                Types.Add(Type);
            }
            else if (change.RowKey.StartsWith(RecordRow.Prefix, StringComparison.Ordinal))
            {
                CheckRecord(entry, change, ref before);
            }
            else
            {
                Expect(change.Image is not null || rows.ContainsKey(change.RowKey), $"{change.RowKey} is deleted without being there");
            }

            Apply(rows, change);
            changes.Add((entry.Version, change, change.RowKey == RecordTypeRow.Key ? Type : null));
        }

        commits.Add((entry.Version, entry.At));
        Version = entry.Version;
        if (Version % VersionsPerCheckpoint == 0) checkpoints.Add(new Checkpoint(Version, changes.Count, Type, new SortedList<string, Image>(rows, StringComparer.Ordinal)));
    }

    private void CheckRecord(LogEntry entry, RowChange change, ref (int Count, int Removed) before)
    {
        var id = RowKeys.LastNumber(change.RowKey);
        var was = rows.GetValueOrDefault(change.RowKey);
        if (change.Image is not { } image)
        {
            Expect(was is not null, $"record {id} is deleted without being there");
            before.Removed++;
            Removals.Add(new Removal(id, entry.Version, entry.At, IsExpired(Type, was!, DateTimeOffset.FromUnixTimeMilliseconds(entry.At)), MayBeEvicted(id, was!)));
            return;
        }

        foreach (var (name, value) in image)
        {
            if (RecordRow.FieldOf(name) is { } field && (was is null || !was.TryGetValue(name, out var old) || !old.Equals(value)))
                Expect(Type.Field(field) is not null, $"record {id} gets a value of field {field}, which the type does not have");
        }

        if (was is not null)
        {
            var steps = (long)image[RecordRow.Revision] - (long)was[RecordRow.Revision];
            Expect(steps is 0 or 1, $"record {id} goes {steps} revisions on");
            Expect(image[RecordRow.Created].Equals(was[RecordRow.Created]), $"record {id} has another creation time");
            Expect((long)image[RecordRow.Updated] >= (long)was[RecordRow.Updated], $"record {id} was updated earlier than before");
            return;
        }

        Expect(id > newestId, $"record {id} comes after {newestId}");
        newestId = id;
        Expect(image[RecordRow.Revision] is 1L, $"record {id} is new and has another revision than 1");
        Added.Add(id, (entry.Version, entry.At, image));
        if (Type.Fields.FirstOrDefault(field => field.Name == UniqueField) is { } unique && image.TryGetValue(RecordRow.Field(unique.Id), out var key))
            CheckUnique(id, unique.Id, key, image, DateTimeOffset.FromUnixTimeMilliseconds(entry.At));

        var count = RecordCount + 1;
        var limit = Type.MaxRecords ?? 20;
        Expect(
            count <= limit || (Type.OnLimit == LimitBehaviour.EvictOldest && before.Removed > 0 && count <= before.Count),
            $"record {id} makes it {count} where the limit is {limit}");
        before = (count, 0);
    }

    /// <summary>An upsert makes a record only where there was none of its key.</summary>
    private void CheckUnique(long id, long fieldId, object value, Image image, DateTimeOffset at)
    {
        var twin = rows.Under(RecordRow.Prefix).FirstOrDefault(row => row.Value.TryGetValue(RecordRow.Field(fieldId), out var other)
            && other.Equals(value)
            && row.Value.ContainsKey(RecordRow.Test) == image.ContainsKey(RecordRow.Test)
            && !IsExpired(Type, row.Value, at));
        Expect(twin.Key is null, $"record {id} is made for {value}, which {twin.Key} has");
    }

    /// <summary>Whether making room would have taken this record just now: the type is full and none is older.</summary>
    private bool MayBeEvicted(long id, Image image)
    {
        if (Type.OnLimit != LimitBehaviour.EvictOldest || RecordCount < (Type.MaxRecords ?? 20)) return false;
        var age = (Age(Type, image), id);
        return rows.Under(RecordRow.Prefix).All(row => (Age(Type, row.Value), RowKeys.LastNumber(row.Key)).CompareTo(age) >= 0);
    }

    private void CheckRows(IReadOnlyList<Row> stored)
    {
        var i = 0;
        foreach (var row in stored)
        {
            if (RowKeys.IsProtocol(row.RowKey)) continue;
            Expect(i < rows.Count, $"{row.RowKey} is there, and the log does not make it");
            var (key, image) = (rows.GetKeyAtIndex(i), rows.GetValueAtIndex(i++));
            Expect(row.RowKey == key, $"the log makes {key}, there is {row.RowKey}");
            if (!checkedRows.TryGetValue(row, out var seen) || !ReferenceEquals(seen, image))
            {
                Expect(IsSame(row.Properties, image), $"the log makes another {key}");
                checkedRows[row] = image;
            }

            if (!key.StartsWith(RecordRow.Prefix, StringComparison.Ordinal)) continue;
            foreach (var reference in ArtifactReferences.Decode(image.GetValueOrDefault(RecordRow.Artifacts) as string))
                Expect(Type.Field(reference.FieldId) is null || storage.HasBlob(reference.Blob), $"the blob of {key} is gone");
        }

        Expect(i == rows.Count, $"the log makes {rows.Count} rows, {i} are there");
    }

    private void CheckCounts(Head head)
    {
        var records = RecordCount;
        var test = rows.Under(RecordRow.Prefix).Count(row => row.Value.ContainsKey(RecordRow.Test));
        Expect(head[RecordCounters.Live] == records - test && head[RecordCounters.Test] == test,
            $"the head counts {head[RecordCounters.Live]} and {head[RecordCounters.Test]} records, {records - test} and {test} are there");
        var children = rows.CountUnder(RecordLinks.ChildPrefix);
        Expect(head[RecordCounters.Children] == children, $"the head counts {head[RecordCounters.Children]} children, {children} are there");
        Expect(head[RecordCounters.Schema] == Type.SchemaVersion, "the head names another definition");
    }

    private void CheckAges(Head head)
    {
        var phase = (AgePhase)head[AgeOrder.Phase];
        if (phase == AgePhase.Clearing) return;
        var kept = new SortedList<string, Image>(StringComparer.Ordinal);
        if (Type.Retention == RetentionColumn.UpdatedAt)
        {
            foreach (var (key, image) in rows.Under(RecordRow.Prefix))
            {
                var id = RowKeys.LastNumber(key);
                if (phase == AgePhase.Complete || id < head[AgeOrder.BuiltBelow] || id >= head[AgeOrder.BuildEnd])
                    kept[RecordRows.AgeKey((long)image[RecordRow.Updated], id)] = RecordRows.AgeImage(image);
            }
        }

        var there = rows.Under(RecordRows.AgePrefix).ToArray();
        Expect(there.Select(row => row.Key).SequenceEqual(kept.Keys), $"the order of ages is {string.Join(' ', there.Select(row => row.Key))}, not {string.Join(' ', kept.Keys)}");
        Expect(there.All(row => IsSame(row.Value, kept[row.Key])), "an age row carries other than its record");
    }

    private void CheckLog(Head head, IReadOnlyList<Row> stored)
    {
        var young = (time.GetUtcNow() - LogRetention.Kept).ToUnixTimeMilliseconds();
        var commit = 0;
        foreach (var row in stored)
        {
            if (!row.RowKey.StartsWith(RowKeys.LogPrefix, StringComparison.Ordinal)) continue;
            var version = CommitLog.VersionOf(row.RowKey);
            for (; commit < commits.Count && commits[commit].Version < version; commit++) ExpectPruned(commits[commit]);
            if (commit < commits.Count && commits[commit].Version == version) commit++;
        }

        for (; commit < commits.Count; commit++) ExpectPruned(commits[commit]);

        void ExpectPruned((long Version, long At) gone)
            => Expect(gone.Version < head.LogFloor && gone.At < young, $"the log of version {gone.Version} is gone too early");
    }

    private void CheckPromises(Head head, IReadOnlyList<Row> stored)
    {
        var due = storage.Row(TableNames.Due, "due", $"{address.Table}-{address.Key}");
        foreach (var kind in Kinds)
        {
            var promised = head[DueTable.Counter(kind)];
            Expect(promised == 0 || due?.Integer(DueTable.Counter(kind)) is { } at && at <= promised, $"the head relies on a look for {kind} that the due table does not have");
        }

        var now = time.GetUtcNow();
        var maintenance = due?.Integer(DueTable.Counter(DueKind.Maintenance)) ?? 0;
        if (stored.FirstOrDefault(row => row.RowKey.StartsWith(RowKeys.OwedPrefix, StringComparison.Ordinal)) is { } owed)
            Expect(maintenance != 0 && maintenance <= (now + OwedAgain).ToUnixTimeMilliseconds(), $"nobody is to look after {owed.RowKey} soon");

        if ((AgePhase)head[AgeOrder.Phase] != AgePhase.Complete) return;
        var retention = due?.Integer(DueTable.Counter(DueKind.Retention)) ?? 0;
        var records = rows.Under(RecordRow.Prefix).Select(row => row.Value).ToArray();
        if (Type.Ttl is { } ttl && records.Length > 0)
        {
            var expiry = records.Min(image => Age(Type, image)) + (long)ttl.TotalMilliseconds;
            Expect(retention != 0 && retention <= Math.Max(expiry, head.Newest), "nobody is to look when the oldest record expires");
        }

        if (Type.OnLimit == LimitBehaviour.EvictOldest && records.Length > (Type.MaxRecords ?? 20))
            Expect(retention != 0 && retention <= head.Newest, "nobody is to look after the surplus");
    }

    public static bool IsSame(Image one, Image other)
        => one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && pair.Value switch
        {
            byte[] bytes => value is byte[] others && bytes.AsSpan().SequenceEqual(others),
            var plain => plain.Equals(value),
        });

    private void Expect(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds) Fail(otherwise.ToString());
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds) Fail(otherwise);
    }

    private void Fail(string otherwise) => throw new HistoryException(string.Create(CultureInfo.InvariantCulture, $"Type {typeId} at version {Version}: {otherwise}"));

    /// <summary>The rows at a version, from which later ones are played.</summary>
    private sealed record Checkpoint(long Version, int Changes, RecordType Type, SortedList<string, Image> Rows);

    /// <summary>A type's rows between two operations.</summary>
    internal sealed record Moment(RecordType Type, SortedList<string, Image> Rows)
    {
        public Image? Record(long id) => Rows.GetValueOrDefault(RecordRow.Key(id));

        public IEnumerable<Image> Records => Rows.Under(RecordRow.Prefix).Select(row => row.Value);
    }
}

/// <summary>A record that was removed, and what the type's own rules say for it.</summary>
internal sealed record Removal(long Id, long Version, long At, bool Expired, bool Evicted);

/// <summary>What a history showed to be wrong.</summary>
internal sealed class HistoryException(string message) : Exception(message);
