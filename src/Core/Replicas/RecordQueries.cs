using System.Globalization;
using System.Text;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Casefile.Core.Replicas;

/// <summary>
/// Questions about the records of a type, answered from a lease on its partition and so all of one version. Answers are Unavailable when the
/// replica turned out to be broken (it is being built anew), TimedOut past the time limit, Invalid when the filter is too large.
/// <c>expiredBefore</c> hides what is expired: rows whose age (<see cref="RecordType.Retention"/>) began at or before it; null hides nothing.
/// Text is ordered and compared by its UTF-8 bytes, that is by code points.
/// </summary>
public sealed class RecordQueries
{
    /// <summary>Passing an index's entry costs about so much less than looking at its row.</summary>
    private const int StepsPerRow = 10;

    /// <summary>Steps of SQLite's machine for a row that is passed in the order of an index, since it does not match.</summary>
    private const int MachineStepsPassed = 5;

    /// <summary>Up to which place records are kept while all are passed, each with up to 64 KiB of text; a page beyond it is sorted for by SQLite, which can put it on disk.</summary>
    private const int MostKept = 1_000;

    private readonly ReplicaLease lease;
    private readonly RecordReplicaSchema schema;

    /// <param name="lease">The partition of a record type. It stays the caller's.</param>
    /// <exception cref="StorageUnavailableException">The replica turned out to be broken; it is being built anew.</exception>
    public RecordQueries(ReplicaLease lease)
    {
        this.lease = lease;
        schema = (RecordReplicaSchema)lease.Schema;
        var read = lease.Ask<RecordType>(lease.Options.QueryTimeout, reader => schema.TypeAt(reader), CancellationToken.None);
        Type = read.Value ?? throw new StorageUnavailableException(read.Problem!.Faults[0].Message);
    }

    /// <summary>The definition at the lease's version.</summary>
    public RecordType Type { get; }

    /// <summary>A page of records with the number of all that match.</summary>
    /// <param name="selection">Which records.</param>
    /// <param name="order">In what order.</param>
    /// <param name="skip">How many to pass over; past the end there are no rows, but the total all the same.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="expiredBefore">Hides what is expired.</param>
    /// <param name="fields">The custom fields to read; null for all of the type.</param>
    /// <param name="cancellationToken">Ends the query with an <see cref="OperationCanceledException"/>.</param>
    public Result<RecordPage> List(
        RecordSelection selection,
        RecordOrder order,
        long skip,
        int take,
        DateTimeOffset? expiredBefore,
        IReadOnlyList<RecordField>? fields = null,
        CancellationToken cancellationToken = default)
        => Ask<RecordPage>(selection, reader =>
        {
            var columns = Known(fields);
            var (asked, among) = (Asked(selection), Sorted(order));
            if (TryScan(reader, selection, asked, order, among, skip + take, expiredBefore) is { } scan)
            {
                WishForIndex(asked, among, scan.Shown, skip + take);
                return new RecordPage(columns, Read(reader, scan.TakeIds().Skip((int)skip).ToArray(), columns), scan.Shown);
            }

            var total = Total(reader, selection, expiredBefore);
            WishForIndex(asked, among, total, skip + take);
            var rows = new List<StoredRecord>((int)Math.Clamp(total - skip, 0, take));
            if (skip < total) ReadPage(reader, selection, asked, order, among, skip, take, total, expiredBefore, columns, rows);
            return new RecordPage(columns, rows, total);
        }, cancellationToken);

    /// <summary>The records that follow a position in an order, at the same cost however far it is from the start.</summary>
    /// <param name="selection">Which records.</param>
    /// <param name="order">In what order.</param>
    /// <param name="after">The position, or null to begin.</param>
    /// <param name="take">How many at most, 1 or more.</param>
    /// <param name="expiredBefore">Hides what is expired.</param>
    /// <param name="fields">The custom fields to read; null for all of the type.</param>
    /// <param name="cancellationToken">Ends the query with an <see cref="OperationCanceledException"/>.</param>
    public Result<RecordRun> ListAfter(
        RecordSelection selection,
        RecordOrder order,
        RecordPosition? after,
        int take,
        DateTimeOffset? expiredBefore,
        IReadOnlyList<RecordField>? fields = null,
        CancellationToken cancellationToken = default)
        => Ask<RecordRun>(selection, reader =>
        {
            var columns = Known(fields);
            var rows = new List<StoredRecord>();
            var positions = new List<object?>();
            var (asked, among) = (Asked(selection), Sorted(order));
            WishForIndex(asked, among, Rows, take);
            if (among is null)
            {
                var all = Where(reader, selection, expiredBefore);
                if (after is { } last) Follow(all, order, null, null, last);
                Read(reader, all, ById(order), 0, take + 1, columns, null, rows, positions);
            }
            else
            {
                if (after is null || !IsEmpty(after.Value.Value))
                {
                    var avoided = Detour(asked, among, Total(reader, selection, expiredBefore: null), take);
                    var filled = Filled(reader, selection, expiredBefore, among, avoided);
                    if (after is { } last) Follow(filled, order, among, avoided, last);
                    Read(reader, filled, ByColumn(among, order, avoided), 0, take + 1, columns, among, rows, positions);
                }

                if (rows.Count <= take)
                {
                    var empty = Empty(reader, selection, expiredBefore, among);
                    if (after is { } position && IsEmpty(position.Value)) Follow(empty, order, null, null, position);
                    Read(reader, empty, ById(order), 0, take + 1 - rows.Count, columns, among, rows, positions);
                }
            }

            if (rows.Count <= take) return new RecordRun(columns, rows, null);
            rows.RemoveAt(take);
            return new RecordRun(columns, rows, new RecordPosition(positions[take - 1], rows[^1].Id));
        }, cancellationToken);

    /// <summary>How many records match.</summary>
    public Result<long> Count(RecordSelection selection, DateTimeOffset? expiredBefore, CancellationToken cancellationToken = default)
        => Ask<long>(selection, reader =>
        {
            WishForIndex(Asked(selection), null, Rows, 0);
            return Total(reader, selection, expiredBefore);
        }, cancellationToken);

    /// <summary>
    /// When the next record of the type expires, whatever is asked: until then <paramref name="expiredBefore"/> hides the same records, while the version
    /// stands. Null where none will.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The replica turned out to be broken; it is being built anew.</exception>
    public DateTimeOffset? NextExpiry(DateTimeOffset? expiredBefore)
    {
        if (Type.Ttl is not { } ttl || expiredBefore is not { } hidden) return null;
        var oldest = lease.Ask<long?>(lease.Options.QueryTimeout, reader => OldestShown(reader, hidden.ToUnixTimeMilliseconds()), CancellationToken.None);
        return oldest.Try(out var began, out var problem)
            ? began is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) + ttl : null
            : throw new StorageUnavailableException(problem.Faults[0].Message);
    }

    /// <summary>Functions over groups of records.</summary>
    /// <param name="aggregation">The functions and the groups.</param>
    /// <param name="selection">Which records.</param>
    /// <param name="expiredBefore">Hides what is expired.</param>
    /// <param name="timeout">After this time the answer is TimedOut.</param>
    /// <param name="cancellationToken">Ends the query with an <see cref="OperationCanceledException"/>.</param>
    public Result<AggregateResult> Aggregate(
        Aggregation aggregation,
        RecordSelection selection,
        DateTimeOffset? expiredBefore,
        TimeSpan timeout,
        CancellationToken cancellationToken = default)
        => RecordCondition.Check(selection.Filter) is { } problem
            ? problem
            : lease.Ask<AggregateResult>(timeout, reader =>
            {
                var where = Where(reader, selection, expiredBefore);
                return new RecordAggregate(Type, aggregation).Run(reader, where, Total(reader, selection, expiredBefore));
            }, cancellationToken);

    /// <summary>
    /// The ids of matching records, ascending: what an upsert needs, beside <see cref="ReplicaLease.Version"/> to see in its commit
    /// that nothing came between.
    /// </summary>
    public Result<IReadOnlyList<long>> FindIds(RecordSelection selection, int take, DateTimeOffset? expiredBefore, CancellationToken cancellationToken = default)
        => Ask<IReadOnlyList<long>>(selection, reader => Ids(reader, Where(reader, selection, expiredBefore), "id", 0, take), cancellationToken);

    /// <summary>The ids of records whose field has this value, live and test ones, ascending.</summary>
    /// <param name="field">A custom field other than ARTIFACT and JSON, or a default field.</param>
    /// <param name="value">The value in its stored form (<see cref="RecordRow"/>).</param>
    /// <param name="take">How many at most.</param>
    /// <param name="expiredBefore">Hides what is expired.</param>
    /// <param name="cancellationToken">Ends the query with an <see cref="OperationCanceledException"/>.</param>
    public Result<IReadOnlyList<long>> FindByField(RecordField field, object value, int take, DateTimeOffset? expiredBefore, CancellationToken cancellationToken = default)
        => FindIds(new RecordSelection(new Filter.Comparison(field, FilterOperator.Equal, [value]), TestMode: null), take, expiredBefore, cancellationToken);

    private Result<T> Ask<T>(RecordSelection selection, Func<ReplicaReader, Result<T>> query, CancellationToken cancellationToken)
        => RecordCondition.Check(selection.Filter) is { } problem ? problem : lease.Ask(lease.Options.QueryTimeout, query, cancellationToken);

    /// <summary>A page and its total by one pass, where the total is not known and no index leads to what matches; else null.</summary>
    private RecordScan? TryScan(
        ReplicaReader reader, RecordSelection selection, RecordCondition asked, RecordOrder order, SortColumn? among, long reach, DateTimeOffset? expiredBefore)
    {
        if (reach is 0 or > MostKept || IsCounted(selection) || IsNarrowed(selection, asked)) return null;
        var where = Where(reader, selection, expiredBefore: null);
        var key = KeyOf(where);
        if (schema.Totals.TryRecall(lease.Version, key, out _)) return null;
        var age = Type.Retention == RetentionColumn.CreatedAt ? RecordRow.Created : RecordRow.Updated;
        var scan = new RecordScan(reader, where, among, order.Descending, (int)reach, age, expiredBefore?.ToUnixTimeMilliseconds() ?? long.MinValue);
        schema.Totals.Remember(lease.Version, key, where, scan.Matching);
        return scan;
    }

    /// <summary>Whether an index or a key leads to a part of the records that holds all that match.</summary>
    private bool IsNarrowed(RecordSelection selection, RecordCondition asked)
        => selection.Ids is not null || selection.ParentIds is not null || Among(selection.TestMode) < Rows / 2 || asked.Columns.Exists(schema.HasIndexFrom);

    private void ReadPage(
        ReplicaReader reader, RecordSelection selection, RecordCondition asked, RecordOrder order, SortColumn? among, long skip, int take, long total,
        DateTimeOffset? expiredBefore, IReadOnlyList<RecordField> columns, List<StoredRecord> rows)
    {
        if (among is null)
        {
            // Passing over rows costs time, so a page of the second half is reached from the other end.
            var count = (int)Math.Min(take, total - skip);
            var fromEnd = skip > total / 2;
            var from = fromEnd ? total - skip - count : skip;
            var direction = fromEnd ? order with { Descending = !order.Descending } : order;
            ReadFrom(reader, Where(reader, selection, expiredBefore), direction, null, null, from, count, columns, rows);
            if (fromEnd) rows.Reverse();
            return;
        }

        var avoided = Detour(asked, among, total, skip + take);
        var where = Filled(reader, selection, expiredBefore, among, avoided);
        if (avoided is not null && HasBoth(asked.Columns[0], among, avoided))
        {
            // An index has all that is looked at; rows are read for the page alone.
            rows.AddRange(Read(reader, Ids(reader, where, ByColumn(among, order, avoided), skip, take), columns));
        }
        else
        {
            var machineSteps = ReadFrom(reader, where, order, among, avoided, skip, take, columns, rows);
            WishForBeside(selection, asked, among, avoided, machineSteps - (rows.Count * MachineStepsRead(columns.Count)));
        }

        if (rows.Count == take || skip + rows.Count == total) return;
        var filled = rows.Count > 0 || skip == 0 ? skip + rows.Count : CountOf(reader, Filled(reader, selection, expiredBefore, among));
        Read(
            reader, Empty(reader, selection, expiredBefore, among), ById(order),
            Math.Max(0, skip - filled), take - rows.Count, columns, among, rows);
    }

    /// <summary>Reads a page from the nearest place before it that is known, and remembers where it begins.</summary>
    /// <returns>How many steps SQLite's machine took for it.</returns>
    private long ReadFrom(
        ReplicaReader reader, RecordCondition where, RecordOrder order, SortColumn? among, string? avoided, long skip, int take,
        IReadOnlyList<RecordField> columns, List<StoredRecord> rows)
    {
        var sorting = among is null ? ById(order) : ByColumn(among, order, avoided);
        if (skip < lease.Options.RememberedSkip) return Read(reader, where, sorting, skip, take, columns, among, rows);
        var list = $"{sorting}\n{KeyOf(where)}";
        var start = schema.Starts.Before(lease.Version, list, skip);
        if (start is not null) Follow(where, order, among, avoided, start.First, orEqual: "=");
        var firsts = new List<object?>();
        var machineSteps = Read(reader, where, sorting, skip - (start?.Skip ?? 0), take, columns, among, rows, firsts);
        if (rows.Count > 0) schema.Starts.Remember(lease.Version, list, new PageStart(skip, new RecordPosition(firsts[0], rows[0].Id)));
        return machineSteps;
    }

    /// <summary>The column that an order goes by; null where it is the order of creation, which that of <c>Timestamp</c> is too.</summary>
    private SortColumn? Sorted(RecordOrder order)
    {
        if (order.Field is not { } field || field.Id == Type.TimestampFieldId) return null;
        return new SortColumn(new RecordCondition(Type).ColumnOf(field), field.Type, field.IsDefault);
    }

    /// <summary>The filter alone, for the columns that an index might help.</summary>
    private RecordCondition Asked(RecordSelection selection)
    {
        var asked = new RecordCondition(Type);
        if (selection.Filter is { } filter) asked.And(filter);
        return asked;
    }

    /// <summary>How many rows are passed in the order of a field, matching or not, before so many match.</summary>
    private double Walk(long needed, long total) => needed * (double)Rows / Math.Max(1, total);

    /// <summary>
    /// Of two indexes, that of the one filtered field and that of the sorted one, the one not to use; null to leave it to SQLite, which does not know how many match. To sort
    /// all that match costs as many rows, or entries of an index over both; to walk in order costs those in between, too.
    /// </summary>
    private string? Detour(RecordCondition asked, SortColumn among, long total, long reach)
    {
        if (asked.Columns is not [var filtered] || filtered == among.Column) return null;
        var walk = Walk(Math.Min(reach, total), total);
        if (schema.HasIndex(filtered, among.Column))
        {
            if (asked.Equalities.Count > 0) return null;
            if (asked.Choices.Count > 0) return total / StepsPerRow <= walk || !schema.HasIndex(among.Column) ? among.Column : filtered;
        }

        if (!schema.HasIndex(filtered) || !schema.HasIndex(among.Column)) return null;
        return total <= walk ? among.Column : filtered;
    }

    /// <summary>Whether an index has what is filtered and sorted by, so that rows need not be looked at.</summary>
    private bool HasBoth(string filtered, SortColumn among, string avoided)
    {
        if (avoided == among.Column) return schema.HasIndex(filtered, among.Column);
        if (!schema.HasIndex(among.Column, "id", filtered)) return false;
        schema.Asked(Rows, among.Column, "id", filtered);
        return true;
    }

    /// <summary>
    /// Tells the schema which index would help. Where one value of a field, or one of a few, is asked for in the order of another, an index over both gives the page without a
    /// detour; but it is worth its making only where the shorter detour is long: to sort all that match, or to walk in order past what does not.
    /// </summary>
    /// <param name="asked">What is asked.</param>
    /// <param name="among">What it is sorted by.</param>
    /// <param name="total">How many rows match, at most.</param>
    /// <param name="reach">Up to which place of them rows are read.</param>
    private void WishForIndex(RecordCondition asked, SortColumn? among, long total, long reach)
    {
        if (among is { IsDefault: false })
        {
            var needed = Math.Min(reach, total);
            if (Fixed(asked, among) is { } column
                && Math.Min(total, Walk(needed, total)) - ((asked.Choices.Contains(column) ? total : needed) / StepsPerRow) >= schema.CompositeWorth)
            {
                schema.Asked(Rows, column, among.Column);
                return;
            }

            schema.Asked(Rows, among.Column);
        }

        foreach (var column in asked.Columns) schema.Asked(Rows, column);
    }

    /// <summary>The filtered column by which an index over it and the sorted one would begin; null where it would not help.</summary>
    private static string? Fixed(RecordCondition asked, SortColumn among)
    {
        if (asked.Equalities is [var column, ..]) return asked.Equalities.Contains(among.Column) ? null : column;
        return asked.Columns is [var only] && only != among.Column && asked.Choices.Count > 0 ? only : null;
    }

    /// <summary>
    /// Where the index of the sorted field was walked past many rows only to see that they do not match, as it turned out, one that has the filtered field's value beside
    /// would spare the look at each.
    /// </summary>
    private void WishForBeside(RecordSelection selection, RecordCondition asked, SortColumn among, string? avoided, long machineSteps)
    {
        if (asked.Columns is not [var filtered] || avoided != filtered || Fixed(asked, among) is not null || among.IsDefault || !asked.IsOfColumns) return;
        if (!IsCounted(selection with { Filter = null, CreatedFrom = null, CreatedTo = null })) return;
        if (machineSteps / MachineStepsPassed >= schema.CompositeWorth) schema.Asked(Rows, among.Column, "id", filtered);
    }

    /// <summary>How many steps SQLite's machine takes at most to read a row of a page, with so many fields.</summary>
    private static int MachineStepsRead(int fields) => 20 + (2 * (RecordReplicaSchema.Columns.Count + fields));

    private long Rows => lease.Head[RecordCounters.Live] + lease.Head[RecordCounters.Test];

    /// <summary>The part of the records that has a value to sort by, said in a way that bounds a range of an index.</summary>
    private RecordCondition Filled(ReplicaReader reader, RecordSelection selection, DateTimeOffset? expiredBefore, SortColumn among, string? avoided = null)
    {
        var where = Where(reader, selection, expiredBefore, avoided);
        var column = Hinted(among, avoided);
        where.And(among.Type is FieldType.Text or FieldType.TextEnum or FieldType.Timestamp
            ? $"{column} > ''"
            : $"{column} >= {where.Parameter(double.NegativeInfinity)}");
        return where;
    }

    private RecordCondition Empty(ReplicaReader reader, RecordSelection selection, DateTimeOffset? expiredBefore, SortColumn among)
    {
        var where = Where(reader, selection, expiredBefore);
        where.And(RecordCondition.IsText(among.Type) ? $"({among.Column} IS NULL OR {among.Column} = '')" : $"{among.Column} IS NULL");
        return where;
    }

    /// <param name="where">Narrowed to what follows in the order.</param>
    /// <param name="order">The order.</param>
    /// <param name="among">Its column; null for creation.</param>
    /// <param name="avoided">The column whose index is not to be used.</param>
    /// <param name="after">What it follows.</param>
    /// <param name="orEqual">An equals sign to include that.</param>
    private static void Follow(RecordCondition where, RecordOrder order, SortColumn? among, string? avoided, RecordPosition after, string orEqual = "")
    {
        var (id, beyond) = (where.Parameter(after.Id), order.Descending ? "<" : ">");
        if (among is null)
        {
            where.And($"id {beyond}{orEqual} {id}");
            return;
        }

        var value = where.Parameter(after.Value!);
        // The first comparison alone bounds the range of the index.
        where.And($"{Hinted(among, avoided)} {beyond}= {value} AND ({among.Column} {beyond} {value} OR id {beyond}{orEqual} {id})");
    }

    private static bool IsEmpty(object? value) => value is null or "";

    private static string ById(RecordOrder order) => order.Descending ? "id DESC" : "id";

    private static string ByColumn(SortColumn among, RecordOrder order, string? avoided)
        => order.Descending ? $"{Hinted(among, avoided)} DESC, id DESC" : $"{Hinted(among, avoided)}, id";

    private static string Hinted(SortColumn among, string? avoided) => among.Column == avoided ? $"+{among.Column}" : among.Column;

    private RecordCondition Where(ReplicaReader reader, RecordSelection selection, DateTimeOffset? expiredBefore, string? unindexed = null)
    {
        var where = new RecordCondition(Type, unindexed);
        if (selection.TestMode is { } test) where.And(test ? "test = 1" : "test = 0");

        // Creation times grow with ids, so a range of time is a range of ids, which every index ends with.
        var createdFrom = selection.CreatedFrom is { } start ? Seconds(start) * 1_000 : long.MinValue;
        if (expiredBefore is { } expired)
        {
            var milliseconds = expired.ToUnixTimeMilliseconds();
            if (Type.Retention == RetentionColumn.CreatedAt) createdFrom = Math.Max(createdFrom, milliseconds + 1);
            else AndUnexpiredByUpdate(reader, where, milliseconds);
        }

        if (createdFrom > long.MinValue && FirstCreatedFrom(reader, createdFrom) is var first and > 0) where.And($"id >= {where.Parameter(first)}");
        if (selection.CreatedTo is { } end && FirstCreatedFrom(reader, (Seconds(end) + 1) * 1_000) is var beyond and < long.MaxValue)
            where.And($"id < {where.Parameter(beyond)}");

        if (selection.Ids is { } ids) where.AndIn("id", ids);
        if (selection.ParentIds is { } parents) where.AndIn(RecordRow.Parent, parents);
        if (selection.StoryIds is { } stories) where.AndIn(RecordRow.StoryId, stories);
        if (selection.StoryContainerIds is { } containers) where.AndIn(RecordRow.StoryContainerId, containers);
        if (selection.StateId is { } state) where.AndState(state);
        if (selection.Filter is { } filter) where.And(filter);
        return where;
    }

    /// <summary>Compares with the newest expired update rather than the clock, so that the query stays the same until the next one expires.</summary>
    private static void AndUnexpiredByUpdate(ReplicaReader reader, RecordCondition where, long milliseconds)
    {
        var newest = NewestExpiredUpdate(reader, milliseconds);
        if (newest > long.MinValue) where.And($"updated > {where.Parameter(newest)}");
    }

    /// <summary>The time of the newest update at or before a time; the lowest number where there is none.</summary>
    private static long NewestExpiredUpdate(ReplicaReader reader, long milliseconds)
    {
        var newest = long.MinValue;
        foreach (var test in (ReadOnlySpan<long>)[0, 1])
        {
            var command = reader.Command($"SELECT max(updated) FROM {RecordReplicaSchema.Table} WHERE test = $0 AND updated <= $1", test, milliseconds);
            if (command.ExecuteScalar() is long updated) newest = Math.Max(newest, updated);
        }

        return newest;
    }

    /// <summary>The lowest id of those created at or after a time: 0 when all are, the highest number when none is.</summary>
    private static long FirstCreatedFrom(ReplicaReader reader, long created)
    {
        if (At(0) is not { } lowest) return 0;
        if (lowest.Created >= created) return 0;
        var last = reader.Command($"SELECT id, created FROM {RecordReplicaSchema.Table} ORDER BY id DESC LIMIT 1");
        long low = lowest.Id, high;
        using (var row = last.ExecuteReader())
        {
            row.Read();
            if (row.GetInt64(1) < created) return long.MaxValue;
            high = row.GetInt64(0);
        }

        while (low + 1 < high)
        {
            var middle = low + (high - low) / 2;
            if (At(middle) is { } found && found.Created < created) low = found.Id;
            else high = middle;
        }

        return high;

        (long Id, long Created)? At(long id)
        {
            var command = reader.Command($"SELECT id, created FROM {RecordReplicaSchema.Table} WHERE id >= $0 ORDER BY id LIMIT 1", id);
            using var row = command.ExecuteReader();
            return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : null;
        }
    }

    /// <summary>When the age of the oldest record began that is not hidden yet, Unix milliseconds; null where there is none.</summary>
    private long? OldestShown(ReplicaReader reader, long hiddenUntil)
    {
        if (Type.Retention == RetentionColumn.CreatedAt)
        {
            var first = FirstCreatedFrom(reader, hiddenUntil + 1);
            return reader.Command($"SELECT created FROM {RecordReplicaSchema.Table} WHERE id >= $0 ORDER BY id LIMIT 1", first).ExecuteScalar() as long?;
        }

        long? oldest = null;
        foreach (var test in (ReadOnlySpan<long>)[0, 1])
        {
            var command = reader.Command($"SELECT min(updated) FROM {RecordReplicaSchema.Table} WHERE test = $0 AND updated > $1", test, hiddenUntil);
            if (command.ExecuteScalar() is long updated) oldest = Math.Min(oldest ?? updated, updated);
        }

        return oldest;
    }

    /// <summary>Whether the head says how many there are.</summary>
    private static bool IsCounted(RecordSelection selection) => selection == new RecordSelection(TestMode: selection.TestMode);

    /// <summary>How many records of a mode there are.</summary>
    private long Among(bool? testMode) => testMode switch
    {
        true => lease.Head[RecordCounters.Test],
        false => lease.Head[RecordCounters.Live],
        null => Rows,
    };

    private static long Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds();

    private long Total(ReplicaReader reader, RecordSelection selection, DateTimeOffset? expiredBefore)
    {
        var total = IsCounted(selection)
            ? Among(selection.TestMode)
            : CountOf(reader, Where(reader, selection, expiredBefore: null));
        return expiredBefore is { } expired && total > 0 ? total - Expired(reader, selection, expired.ToUnixTimeMilliseconds()) : total;
    }

    /// <summary>How many of what matches is expired: the few that no sweep has taken yet, so that the total of all goes on being carried while time passes.</summary>
    private long Expired(ReplicaReader reader, RecordSelection selection, long expired)
    {
        var where = Where(reader, selection, expiredBefore: null);
        if (Type.Retention == RetentionColumn.CreatedAt)
        {
            var first = FirstCreatedFrom(reader, expired + 1);
            if (first == 0) return 0;
            where.And($"id < {where.Parameter(first)}");
            return CountNow(reader, RecordReplicaSchema.Table, where);
        }

        if (NewestExpiredUpdate(reader, expired) == long.MinValue) return 0;
        where.And($"test IN (0, 1) AND updated <= {where.Parameter(expired)}");
        return CountNow(reader, $"{RecordReplicaSchema.Table} INDEXED BY {RecordReplicaSchema.UpdatedIndex}", where);
    }

    /// <summary>How many match: as it is carried from version to version, or else counted.</summary>
    private long CountOf(ReplicaReader reader, RecordCondition where)
    {
        var key = KeyOf(where);
        if (schema.Totals.TryRecall(lease.Version, key, out var total)) return total;
        total = CountNow(reader, RecordReplicaSchema.Table, where);
        schema.Totals.Remember(lease.Version, key, where, total);
        return total;
    }

    private static long CountNow(ReplicaReader reader, string from, RecordCondition where)
    {
        using var row = Execute(reader, $"SELECT count(*) FROM {from} WHERE {where.Sql}", where);
        row.Read();
        return row.GetInt64(0);
    }

    private static string KeyOf(RecordCondition where)
    {
        var key = new StringBuilder(where.Sql);
        foreach (var parameter in where.Parameters)
        {
            var text = Convert.ToString(parameter, CultureInfo.InvariantCulture)!;
            key.Append('\n').Append(parameter.GetType().Name[0]).Append(text.Length).Append(':').Append(text);
        }

        return key.ToString();
    }

    private static SqliteDataReader Execute(ReplicaReader reader, string sql, RecordCondition where)
        => reader.Command(sql, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(where.Parameters)).ExecuteReader();

    private IReadOnlyList<RecordField> Known(IReadOnlyList<RecordField>? fields)
    {
        if (fields is null) return Type.Fields;
        var known = new List<RecordField>(fields.Count);
        foreach (var field in fields)
        {
            if (!field.IsDefault && Type.Field(field.Id) is { } current) known.Add(current);
        }

        return known;
    }

    private static List<long> Ids(ReplicaReader reader, RecordCondition where, string order, long skip, int take)
    {
        using var found = Execute(
            reader, $"SELECT id FROM {RecordReplicaSchema.Table} WHERE {where.Sql} ORDER BY {order} LIMIT {where.Parameter((long)take)} OFFSET {where.Parameter(skip)}", where);
        var ids = new List<long>();
        while (found.Read()) ids.Add(found.GetInt64(0));
        return ids;
    }

    /// <summary>The records of these ids, in this order.</summary>
    private List<StoredRecord> Read(ReplicaReader reader, IReadOnlyList<long> ids, IReadOnlyList<RecordField> fields)
    {
        var where = new RecordCondition(Type);
        where.AndIn("id", ids);
        var rows = new List<StoredRecord>(ids.Count);
        Read(reader, where, "id", 0, ids.Count, fields, null, rows);
        var places = ids.Select((id, place) => (id, place)).ToDictionary();
        rows.Sort((one, other) => places[one.Id].CompareTo(places[other.Id]));
        return rows;
    }

    /// <returns>How many steps SQLite's machine took for it.</returns>
    private static long Read(
        ReplicaReader reader, RecordCondition where, string order, long skip, int take,
        IReadOnlyList<RecordField> fields, SortColumn? among, List<StoredRecord> rows, List<object?>? positions = null)
    {
        if (take <= 0) return 0;
        var sql = new StringBuilder("SELECT ");
        sql.AppendJoin(", ", RecordReplicaSchema.Columns);
        foreach (var field in fields) sql.Append(", ").Append(RecordReplicaSchema.Column(field.Id));
        if (positions is not null) sql.Append(", ").Append(among?.Column ?? "NULL");
        var page = string.Create(
            CultureInfo.InvariantCulture,
            $"FROM {RecordReplicaSchema.Table} WHERE {where.Sql} ORDER BY {order} LIMIT {where.Parameter((long)take)} OFFSET {where.Parameter(skip)}");
        if (skip == 0) sql.Append(CultureInfo.InvariantCulture, $" {page}");
        // What is passed over, and sorted, is then ids and not whole rows.
        else sql.Append(CultureInfo.InvariantCulture, $" FROM (SELECT id AS found {page}) CROSS JOIN {RecordReplicaSchema.Table} ON id = found ORDER BY {order}");
        using var found = Execute(reader, sql.ToString(), where);
        var fixedColumns = RecordReplicaSchema.Columns.Count;
        while (found.Read())
        {
            var values = fields.Count == 0 ? [] : new object?[fields.Count];
            for (var i = 0; i < values.Length; i++) values[i] = ReplicaValue.Read(found, fixedColumns + i, fields[i].Type);
            rows.Add(new StoredRecord(
                found.GetInt64(0),
                found.GetInt64(1),
                found.GetInt64(2),
                found.GetInt64(3),
                found.GetInt64(4) != 0,
                ReplicaValue.Integer(found, 5),
                ReplicaValue.Text(found, 10),
                ReplicaValue.Integer(found, 6),
                ReplicaValue.Integer(found, 7),
                ReplicaValue.Text(found, 8),
                ReplicaValue.Text(found, 9),
                ReplicaValue.Text(found, 11),
                values)
            {
                StateId = ReplicaValue.Integer(found, 12),
                Archived = ReplicaValue.Integer(found, 13),
                Traits = ReplicaValue.Text(found, 14),
            });
            positions?.Add(among is null ? null : ReplicaValue.Read(found, fixedColumns + fields.Count, among.Type));
        }

        return raw.sqlite3_stmt_status(found.Handle!, raw.SQLITE_STMTSTATUS_VM_STEP, 1);
    }
}
