using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// Moves a case to another team's partition. The commit that asks for it makes the case's row a sign-post, from which on nothing is written or shown in the old team. What is
/// inside follows in commits of some rows each, whose row <c>move-{case}</c> in the new partition says how far it has come; the case's own row comes last, and only then
/// are the old rows cleared. Whoever meets a sign-post before that finishes the move, so that many may do so at once, a crash may come anywhere, and work that is late finds
/// it done. Moves of a case are counted, and a row of an earlier one gives way.
/// </summary>
public sealed class CaseMove(PartitionSet partitions, CaseIds ids, IStorage storage) : IOwedWorkHandler
{
    private const string Kind = "case-move";
    private const string Prefix = "move-";
    private const string Last = "last";
    private const string Done = "done";

    private const int RowsPerCommit = 60;
    private const int ActionsPerCommit = 80;
    private const int TagsPerCommit = 20;
    private const long BytesPerCommit = 1_000_000;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Kind];

    /// <summary>Sends a case to another team, within the operation that changes it.</summary>
    internal static void Leave(CaseEdit edit, long to)
    {
        edit.Image[CaseRow.Moved] = to;
        edit.Image[CaseRow.Moving] = true;
        edit.Image[CaseRow.Hop] = HopOf(edit.Image) + 1;
        edit.Image[CaseRow.MovedBy] = edit.Caller.UserId;
        edit.Scope[CaseCounters.Cases]--;
        edit.Scope.Owe(new OwedWork(Kind, JsonSerializer.Serialize(new Work(edit.Id, edit.TeamId))));
        edit.Touch();
    }

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var move = JsonSerializer.Deserialize<Work>(work.Payload)!;
        await FinishAsync(move.Case, move.From, cancellationToken);
    }

    /// <summary>Finishes the move of a case from a team; nothing where none is under way.</summary>
    /// <exception cref="StorageUnavailableException">It could not be done now.</exception>
    public async Task FinishAsync(long caseId, long from, CancellationToken cancellationToken)
    {
        if (await RowAsync(from, CaseRow.Key(caseId), cancellationToken) is not { } post || post.Flag(CaseRow.Moving) != true || post.Integer(CaseRow.Moved) is not { } to) return;
        var move = new Move(caseId, from, to, HopOf(post.Properties), post.Properties);
        if (!await HasArrivedAsync(move, cancellationToken))
        {
            // What an earlier move out of there has left goes first.
            await FinishAsync(caseId, to, cancellationToken);
            await CopyAsync(move, cancellationToken);
        }

        await ClearAsync(move, cancellationToken);
    }

    private async Task<bool> HasArrivedAsync(Move move, CancellationToken cancellationToken)
        => await RowAsync(move.To, KeyOf(move.Case), cancellationToken) is { } progress && Progress.Of(progress).HasArrived(move.Hop);

    private async Task CopyAsync(Move move, CancellationToken cancellationToken)
    {
        var tags = await TagNamesAsync(move, cancellationToken);
        var status = move.Image.GetValueOrDefault(CaseRow.SubStatus) is long sub ? (await RowAsync(move.From, CaseRow.SubStatusPrefix + RowKeys.Number(sub), cancellationToken))?.Properties : null;

        // A tag that the new team lacks is two rows, so that the last commit could not make all of many.
        foreach (var some in tags.Chunk(TagsPerCommit))
            await CommitAsync<int>(move.To, async (scope, token) => (await CaseTags.FindOrMakeAsync(scope, ids, some, token)).Count, cancellationToken);

        var last = "";
        while (true)
        {
            var rows = await NextAsync(move, last, cancellationToken);
            var inputs = await InputsAsync(move, rows, cancellationToken);
            var progress = rows.Count > 0
                ? await CommitAsync(move.To, (scope, token) => PutAsync(scope, move, last, rows, inputs, token), cancellationToken)
                : await CommitAsync(move.To, (scope, token) => ArriveAsync(scope, move, last, tags, status, token), cancellationToken);
            if (progress.HasArrived(move.Hop)) return;
            last = progress.Last;
        }
    }

    /// <summary>The next rows that fit into a commit. They do not change any more.</summary>
    private async Task<IReadOnlyList<Row>> NextAsync(Move move, string last, CancellationToken cancellationToken)
    {
        var address = CaseRow.Address(move.From);
        var all = RowRange.Prefix(address.Key, CaseRow.PartsOf(move.Case), RowsPerCommit);
        var range = last.Length == 0 ? all : all with { From = last + "!" };
        while (true)
        {
            var page = await storage.Table(address.Table).ReadAsync(range, cancellationToken);
            if (page.Rows.Count == 0 && page.Continuation is not null)
            {
                range = range with { Continuation = page.Continuation };
                continue;
            }

            var (taken, bytes, actions) = (new List<Row>(), 0L, 0);
            foreach (var row in page.Rows)
            {
                bytes += RowWeight.Serialized(row);
                actions += ActionsOf(row);
                if (taken.Count > 0 && (bytes > BytesPerCommit || actions > ActionsPerCommit)) break;
                taken.Add(row);
            }

            return taken;
        }
    }

    /// <summary>What a row takes of a commit: a field may bring its input along, which has a row for its key and long options; a removed link is buried.</summary>
    private static int ActionsOf(Row row)
        => CaseRow.KindOf(row.RowKey) == PartKind.Field ? 8 : CaseCopies.IsGone(row.Properties) ? 2 : 1;

    private async ValueTask<Result<Progress>> PutAsync(
        OperationScope scope, Move move, string last, IReadOnlyList<Row> rows, IReadOnlyDictionary<long, IReadOnlyDictionary<string, object>> inputs,
        CancellationToken cancellationToken)
    {
        if (await OthersAsync(scope, move, last, cancellationToken) is { } ahead) return ahead;
        foreach (var row in rows)
        {
            var image = row.Properties;
            if (CaseRow.KindOf(row.RowKey) == PartKind.Field && row.Integer(FieldRow.Input) is { } input && inputs.TryGetValue(input, out var definition))
            {
                image = new Dictionary<string, object>(image, StringComparer.Ordinal) { [FieldRow.Input] = await InputAsync(scope, definition, cancellationToken) };
            }

            scope.Insert(row.RowKey, image);
            if (CaseCopies.IsGone(row.Properties)) CaseCopies.Bury(scope, row.RowKey);
            else scope[CaseCounters.Rows]++;
        }

        return new Progress(move.Hop, rows[^1].RowKey, IsDone: false).Put(scope, move.Case);
    }

    /// <summary>The case inputs that the fields among these rows are values of, as the old team has them.</summary>
    private async Task<IReadOnlyDictionary<long, IReadOnlyDictionary<string, object>>> InputsAsync(Move move, IReadOnlyList<Row> rows, CancellationToken cancellationToken)
    {
        var inputs = new Dictionary<long, IReadOnlyDictionary<string, object>>();
        foreach (var id in rows.Where(row => CaseRow.KindOf(row.RowKey) == PartKind.Field).Select(row => row.Integer(FieldRow.Input)).OfType<long>().Distinct())
        {
            if (await RowAsync(move.From, CaseRow.InputPrefix + RowKeys.Number(id), cancellationToken) is { } row) inputs[id] = row.Properties;
        }

        return inputs;
    }

    /// <summary>The case input of the same key that the new team has, made where there is none.</summary>
    private async ValueTask<long> InputAsync(OperationScope scope, IReadOnlyDictionary<string, object> definition, CancellationToken cancellationToken)
    {
        var key = (string)definition[CaseInputRow.Key];
        if (await TeamInputs.Keys.FindAsync(scope, key, cancellationToken) is { } there) return there;
        var id = await ids.TakePartAsync(scope, cancellationToken);
        TeamInputs.Keys.Give(scope, key, id);
        scope.Insert(CaseRow.InputPrefix + RowKeys.Number(id), definition);
        scope[CaseCounters.Rows]++;
        return id;
    }

    private async ValueTask<Result<Progress>> ArriveAsync(
        OperationScope scope, Move move, string last, IReadOnlyList<string> tags, IReadOnlyDictionary<string, object>? status, CancellationToken cancellationToken)
    {
        if (await OthersAsync(scope, move, last, cancellationToken) is { } ahead) return ahead;
        var image = new Dictionary<string, object>(move.Image, StringComparer.Ordinal);
        foreach (var property in (string[])[CaseRow.Moved, CaseRow.Moving, CaseRow.MovedBy]) image.Remove(property);
        IdList.Write(image, CaseRow.Tags, await CaseTags.FindOrMakeAsync(scope, ids, tags, cancellationToken));
        var byDefault = scope[SubStatusRow.DefaultCounter(image.GetValueOrDefault(CaseRow.Closed) is true)];
        Set(image, CaseRow.SubStatus, await StatusAsync(scope, status, cancellationToken) ?? (byDefault == 0 ? null : byDefault));
        var mover = move.Image.GetValueOrDefault(CaseRow.MovedBy) as long? ?? 0;
        var edit = await CaseEdit.ArriveAsync(scope, ids, new Caller(mover, 0, IsOwner: true, new Dictionary<long, TeamRole>()), move.Case, image, cancellationToken);
        await edit.TellAsync(ActivityType.FieldUpdated, "team_id", cancellationToken);
        edit.Save();
        return new Progress(move.Hop, last, IsDone: true).Put(scope, move.Case);
    }

    /// <summary>How far others have come with this move, or that there has been a later one; null where it stands where this one thinks.</summary>
    private static async ValueTask<Progress?> OthersAsync(OperationScope scope, Move move, string last, CancellationToken cancellationToken)
    {
        var progress = await scope.GetAsync(KeyOf(move.Case), cancellationToken) is { } row ? Progress.Of(row) : null;
        if (progress is null || progress.Hop < move.Hop) progress = new Progress(move.Hop, "", IsDone: false);
        if (progress.HasArrived(move.Hop) || progress.Last != last) return progress;
        if (await scope.GetAsync(CaseRow.Key(move.Case), cancellationToken) is { } before && before.Flag(CaseRow.Moving) == true)
            throw new StorageUnavailableException($"Case {move.Case} is still leaving the team that it is to come to.");
        return null;
    }

    /// <summary>Clears the old rows; the sign-post stays.</summary>
    private async Task ClearAsync(Move move, CancellationToken cancellationToken)
    {
        for (var more = true; more;)
        {
            more = await CommitAsync<bool>(
                move.From,
                async (scope, token) =>
                {
                    if (await scope.GetAsync(CaseRow.Key(move.Case), token) is not { } post || post.Flag(CaseRow.Moving) != true || HopOf(post.Properties) != move.Hop) return false;
                    var rows = await scope.ReadAsync(CaseRow.PartsOf(move.Case), RowsPerCommit, token);
                    foreach (var row in rows) scope.Delete(row.RowKey);
                    scope[CaseCounters.Rows] -= rows.Count(row => !CaseCopies.IsGone(row.Properties));
                    if (rows.Count == RowsPerCommit) return true;
                    scope.Put(CaseRow.Key(move.Case), SignPost(post.Properties));
                    return false;
                },
                cancellationToken);
        }
    }

    /// <summary>What stays of a case's row: where it has gone, and what the tables of a replica ask of every row.</summary>
    private static Dictionary<string, object> SignPost(IReadOnlyDictionary<string, object> image)
    {
        string[] kept = [CaseRow.Moved, CaseRow.Hop, CaseRow.Priority, CaseRow.Opened, CaseRow.Created, CaseRow.Updated, CaseRow.Revision];
        return kept.Where(image.ContainsKey).ToDictionary(property => property, property => image[property], StringComparer.Ordinal);
    }

    private async Task<IReadOnlyList<string>> TagNamesAsync(Move move, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        foreach (var tag in IdList.Read(move.Image, CaseRow.Tags))
        {
            if ((await RowAsync(move.From, CaseTags.Key(tag), cancellationToken))?.Text(CaseTags.Name) is { } name) names.Add(name);
        }

        return names;
    }

    /// <summary>The sub-status of the same name that the new team has, or null.</summary>
    private static async ValueTask<long?> StatusAsync(OperationScope scope, IReadOnlyDictionary<string, object>? status, CancellationToken cancellationToken)
    {
        if (status?.GetValueOrDefault(CaseRow.Name) is not string name) return null;
        var rows = await scope.ReadAsync(CaseRow.SubStatusPrefix, 1_000, cancellationToken);
        return rows.FirstOrDefault(row => SubStatusRow.IsClosed(row.Properties) == SubStatusRow.IsClosed(status) && string.Equals(row.Text(CaseRow.Name), name, StringComparison.OrdinalIgnoreCase)) is { } found ? RowKeys.LastNumber(found.RowKey) : null;
    }

    private Task<Row?> RowAsync(long team, string rowKey, CancellationToken cancellationToken)
    {
        var address = CaseRow.Address(team);
        return storage.Table(address.Table).GetAsync(address.Key, rowKey, cancellationToken);
    }

    private async Task<T> CommitAsync<T>(long team, Operation<T> operation, CancellationToken cancellationToken)
    {
        var committed = await CaseDesk.CommitAsync(partitions, team, operation, cancellationToken);
        return committed.Try(out var answer, out var problem) ? answer : throw new StorageUnavailableException($"A case could not be moved: {problem.Kind}.");
    }

    private static void Set(Dictionary<string, object> image, string property, object? value)
    {
        if (value is null) image.Remove(property);
        else image[property] = value;
    }

    private static string KeyOf(long caseId) => Prefix + RowKeys.Number(caseId);

    private static long HopOf(IReadOnlyDictionary<string, object> image) => image.GetValueOrDefault(CaseRow.Hop) as long? ?? 0;

    private sealed record Work(long Case, long From);

    /// <param name="Case">The case.</param>
    /// <param name="From">The team that it leaves.</param>
    /// <param name="To">The team that it comes to.</param>
    /// <param name="Hop">Which of its moves this is.</param>
    /// <param name="Image">Its row as it left.</param>
    private sealed record Move(long Case, long From, long To, long Hop, IReadOnlyDictionary<string, object> Image);

    /// <summary>How far a move has come, as the new partition has it. It stays: what is late finds that it is done even where the case has been deleted since.</summary>
    private sealed record Progress(long Hop, string Last, bool IsDone)
    {
        public static Progress Of(Row row) => new(row.Integer(CaseRow.Hop) ?? 0, row.Text(CaseMove.Last) ?? "", row.Flag(Done) == true);

        public bool HasArrived(long hop) => Hop > hop || (Hop == hop && IsDone);

        public Progress Put(OperationScope scope, long caseId)
        {
            var image = new Dictionary<string, object>(StringComparer.Ordinal) { [CaseRow.Hop] = Hop, [CaseMove.Last] = Last };
            if (IsDone) image[Done] = true;
            scope.Put(KeyOf(caseId), image);
            return this;
        }
    }
}
