using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tests.Records;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Histories;

/// <summary>
/// A random history of records: clients of several processes of the service over one storage, which the seed makes rough, and of which the seed lets
/// processes die. Every commit and every answer is checked when it is seen, and the whole when all is quiet.
/// </summary>
internal sealed partial class RecordHistory : IAsyncDisposable
{
    private const string Name = "Name";
    private const string Log = "Log";
    private const long MostRequests = 60_000;

    /// <summary>Where there are files in memory: the replicas of a history live for milliseconds.</summary>
    private const string Memory = "/dev/shm";

    private static readonly TimeSpan[] Pauses =
        [TimeSpan.Zero, TimeSpan.FromMinutes(11), TimeSpan.FromHours(3), TimeSpan.FromHours(13), TimeSpan.FromHours(27), TimeSpan.FromDays(3)];

    private readonly Simulation simulation;
    private readonly int seed;
    private readonly HistoryScript script;
    private readonly bool rough;
    private readonly bool mortal;
    private readonly bool lists;
    private readonly bool upserts;
    private readonly bool queries;
    private readonly SimulatedStorage storage;
    private readonly string replicaFolder;
    private readonly List<ServiceProcess> ever = [];
    private readonly ServiceProcess[] processes;
    private readonly SortedDictionary<long, TypeTrace> traces = [];
    private readonly List<string> events = [];
    private readonly List<RecordSnapshot> known = [];
    private readonly Dictionary<long, List<(long Id, bool Sure)>> deletions = [];
    private readonly Dictionary<string, (string Mark, long TypeId, List<FieldInput> Inputs, List<Made> Answers)> keys = [];
    private readonly HashSet<string> refusedMarks = [];
    private readonly HashSet<long> deletedTypes = [];
    private readonly List<long> cases = [];
    private readonly HashSet<long> wantedGone = [];
    private HistoryException? failure;
    private int marks;
    private int calls;
    private int listed;
    private bool quiet;

    private RecordHistory(Simulation simulation, HistoryScript script)
    {
        (this.simulation, this.script, seed) = (simulation, script, script.Seed);
        rough = seed % 2 == 1;
        mortal = seed % 4 >= 2;
        lists = seed % 32 == 5;
        upserts = seed % 64 is 9 or 27 or 46;
        queries = seed % 16 is 3 or 8 or 14;
        replicaFolder = Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), "casefile-history-tests", $"{seed}-{Guid.NewGuid():N}");
        storage = new SimulatedStorage(seed, time: simulation.Time)
        {
            BeforeTransaction = LookAsync,
            AfterTransaction = LookAsync,
        };
        processes = [.. Enumerable.Range(0, 2 + simulation.Random.Next(2)).Select(_ => NewProcess())];
    }

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<string> Events => events;

    /// <summary>Whether every transaction is told among the events: <c>CASEFILE_HISTORY_TRACE=1</c>.</summary>
    public static bool IsTraced { get; } = Environment.GetEnvironmentVariable("CASEFILE_HISTORY_TRACE") is not null;

    /// <summary>Runs a history.</summary>
    /// <returns>What happened.</returns>
    /// <exception cref="HistoryException">Something was wrong.</exception>
    public static HistoryResult Run(HistoryScript script)
    {
        HistoryResult? result = null;
        Simulation.Run(script.Seed, PlayAsync, script.Seed + script.Order * 1_000_003);
        return result!;

        async Task PlayAsync(Simulation simulation)
        {
            await using var history = new RecordHistory(simulation, script);
            try
            {
                await history.RunAsync();
            }
            catch (Exception exception) when (exception is not HistoryException)
            {
                throw new HistoryException($"{exception}\n{string.Join('\n', history.events)}");
            }
            catch (HistoryException exception)
            {
                throw new HistoryException($"{exception.Message}\n{string.Join('\n', history.events)}");
            }

            result = new HistoryResult(history.events, history.calls, history.traces.Values.Sum(trace => trace.Version), history.listed, history.storage.Counts.All);
        }
    }

    public async ValueTask DisposeAsync()
    {
        var hasReplicas = Directory.Exists(replicaFolder);
        foreach (var process in ever)
        {
            if (hasReplicas && process.Storage.Death.IsCompleted) process.Storage.Bury();
            await process.DisposeAsync();
        }

        if (hasReplicas) Directory.Delete(replicaFolder, recursive: true);
    }

    private long AnyCase(Random random) => cases[random.Next(cases.Count)];

    private async Task RunAsync()
    {
        for (var i = 0; i < 4; i++) cases.Add(await TestCase.CreateAsync(processes[0].Cases, processes[0].CaseIds, team: 1 + i % 2));
        for (var i = 0; i < 2; i++) await CreateTypeAsync(processes[0], new Random(seed + i));
        Throw();
        for (var round = 0; round < HistoryScript.Rounds; round++)
        {
            storage.Faults = (rough ? SimulatedFaults.Rough : SimulatedFaults.None) with { Latency = TimeSpan.FromMilliseconds(seed % 3 == 0 ? 20 : 0) };
            await Task.WhenAll(Enumerable.Range(0, HistoryScript.Callers).Select(caller => CallAsync(round, caller)));
            await QuietAsync();
            CheckAnswers();
            if (lists || upserts) await CheckListsAsync();
            await PassAsync(Pauses[simulation.Random.Next(Pauses.Length)]);
        }

        await EndAsync();
    }

    private async Task CallAsync(int round, int caller)
    {
        for (var call = 0; call < HistoryScript.Calls && failure is null; call++)
        {
            if (!script.Has(new HistoryCall(round, caller, call))) continue;
            var random = new Random(StableHash.Of(seed, round, caller, call));
            var slot = random.Next(processes.Length);
            if (processes[slot].Storage.Death.IsCompleted) processes[slot] = NewProcess();
            var process = processes[slot];
            if (mortal && random.Next(12) == 0) process.Storage.DieAfter(1 + random.Next(25));
            try
            {
                await CallAsync(process, random);
            }
            catch (StorageUnavailableException exception)
            {
                ExpectFault("a request failed: " + exception.Message);
            }
            catch (HistoryException exception)
            {
                failure ??= exception;
            }
        }

        Throw();
    }

    private Task CallAsync(ServiceProcess process, Random random)
    {
        var trace = traces.Values.ElementAt(random.Next(traces.Count));
        if (upserts && random.Next(4) == 0) return UpsertAsync(process, trace, random);
        if ((upserts || queries) && random.Next(4) == 0) return random.Next(6) == 0 ? CrowdAsync(process, trace, random) : ListAsync(process, trace, random);
        switch (random.Next(16))
        {
            case 0: return BatchAsync(process, trace, random);
            case 1 or 2: return CaseAsync(process, random);
        }

        return random.Next(100) switch
        {
            < 28 => CreateAsync(process, trace, random, key: null),
            < 40 => CreateAsync(process, trace, random, key: $"key{random.Next(5)}"),
            < 58 => UpdateAsync(process, random),
            < 66 => DeleteAsync(process, random),
            < 74 => GetAsync(process, random),
            < 82 => ChangeTypeAsync(process, trace, random),
            < 87 => SweepAsync(process),
            < 92 => MaintainAsync(process),
            < 95 => ChangeCaseAsync(process, random),
            < 98 => Task.Delay(TimeSpan.FromMilliseconds(random.Next(30_000)), simulation.Time),
            98 => DeleteTypeAsync(process, trace, random),
            _ => CreateTypeAsync(process, random),
        };
    }

    private async Task CreateAsync(ServiceProcess process, TypeTrace trace, Random random, string? key)
    {
        var mark = $"m{++marks}";
        var inputs = Inputs(trace, random, mark);
        Made? request = null;
        if (key is not null)
        {
            if (keys.TryGetValue(key, out var first)) (mark, trace, inputs) = (first.Mark, traces[first.TypeId], first.Inputs);
            else keys[key] = first = (mark, trace.TypeId, inputs, []);
            request = new Made(simulation.Time.GetUtcNow());
            first.Answers.Add(request);
        }

        var parent = key is null && random.Next(4) == 0 ? Known(random)?.Record.Id : null;
        var (from, asked) = (trace.Version, simulation.Time.GetUtcNow());
        var record = new NewRecord(trace.TypeId, inputs)
        {
            ParentId = parent,
            IsTest = key is null && random.Next(5) == 0,
            CaseIds = key is null && random.Next(4) == 0 ? [AnyCase(random)] : [],
        };
        var once = key is null ? null : new Once(1, $"records/{trace.TypeId}", key, JsonSerializer.SerializeToUtf8Bytes(mark));
        var answer = await AskAsync(process, $"create {mark} of {trace.TypeId} {key} parent {parent}", each => each.Records.CreateAsync(ServiceProcess.Owner, record, once, default));
        trace.Observe();
        if (answer is not { } told) return;

        if (told.Try(out var created, out var problem))
        {
            var id = created.Record.Record.Id;
            Expect(trace.Added.TryGetValue(id, out var added) || trace.Deleted, $"record {id} was acknowledged and is not there");
            if (added.Image is not null) Expect(added.Image.Values.Contains(mark), $"record {id} was acknowledged as {mark} and is another");
            Expect(created.Replayed || added.Image is null || added.Version > from, $"record {id} was acknowledged as new and is an old one");
            Expect(created.Record.Record.Values.Contains(mark) || !created.Record.Type.Fields.Any(field => field.Name == Name), $"the answer for {mark} has another value");
            if (request is not null) request.Id = id;
            known.Add(created.Record);
            return;
        }

        if (IsUnsure(problem)) return;
        if (key is not null && problem.Kind is ProblemKind.Invalid or ProblemKind.NotFound)
        {
            var now = simulation.Time.GetUtcNow().ToUnixTimeMilliseconds();
            Expect(
                trace.Deleted || !trace.Added.Values.Any(added => added.Version <= from && now - added.At < Once.Lifetime.TotalMilliseconds && added.Image.Values.Contains(mark)),
                $"{mark} was refused, though {key} had made it before: {problem.Faults[0]}");
        }

        if (key is null) refusedMarks.Add(mark);
        else if (problem.Kind == ProblemKind.Unavailable) request!.Refused = true;
        var legit = problem.Kind switch
        {
            ProblemKind.Gone => key is not null,
            ProblemKind.Invalid when problem.Faults[0].Message == "Record not found" => parent is { } id && MayBeMissing(id, 0),
            ProblemKind.Invalid when problem.Faults[0].Message == "Case not found" => record.CaseIds.Any(casesWantedGone.Contains),
            _ => MayRefuse(trace, problem, from, asked, inputs),
        };
        Expect(legit, $"{mark} was refused for nothing: {problem.Kind} {problem.Faults[0]}");
    }

    /// <summary>Whether a record of these values could be refused at some moment of the call.</summary>
    private static bool MayRefuse(TypeTrace trace, Problem problem, long from, DateTimeOffset asked, IReadOnlyList<FieldInput> inputs)
    {
        return problem.Kind switch
        {
            ProblemKind.Unavailable => IsExcusable(problem),
            ProblemKind.NotFound => trace.Deleted || Lacks(trace, from, inputs),
            ProblemKind.Invalid when problem.Faults[0].Message == "Record limit reached" => trace.Deleted || trace.AtSomeMoment(from, trace.Version, IsFull),
            ProblemKind.Invalid => Lacks(trace, from, inputs),
            _ => false,
        };

        // Records that had expired when the request began make room.
        bool IsFull(TypeTrace.Moment moment)
            => moment.Records.Count(image => !TypeTrace.IsExpired(moment.Type, image, asked)) >= (moment.Type.MaxRecords ?? 20);
    }

    private async Task UpdateAsync(ServiceProcess process, Random random)
    {
        if (Known(random) is not { } record) return;
        var (id, trace) = (record.Record.Id, traces[record.Type.Id]);
        var mark = $"m{++marks}";
        var changes = new RecordChanges();
        var what = "";
        if (random.Next(3) > 0 || trace.Deleted) changes = changes with { Values = Inputs(trace, random, mark) };
        if (random.Next(4) == 0)
        {
            changes = changes with { SetsParent = true, ParentId = random.Next(4) == 0 ? null : Known(random)!.Record.Id };
            what += $" parent {changes.ParentId}";
        }

        if (random.Next(5) == 0)
        {
            changes = changes with { AddChildren = [Known(random)!.Record.Id], RemoveChildren = random.Next(2) == 0 ? [] : [Known(random)!.Record.Id] };
            what += $" children +{changes.AddChildren[0]} -{string.Join(' ', changes.RemoveChildren)}";
        }

        if (random.Next(4) == 0) changes = changes with { AddCases = [AnyCase(random)], RemoveCases = random.Next(2) == 0 ? [] : [AnyCase(random)] };
        var wanted = random.Next(3) == 0 ? record.Revision : (long?)null;
        var guard = wanted is { } revision ? new IfMatch([revision]) : null;
        var from = trace.Version;
        var answer = await AskAsync(process, $"update {id} {mark}{what} if {wanted}", each => each.Records.UpdateAsync(ServiceProcess.Owner, id, changes, guard, default));
        trace.Observe();
        if (answer is not { } told) return;

        if (told.Try(out var updated, out var problem))
        {
            var stored = trace.Images(id).Where(each => each.Version > from || changes.IsEmpty).Select(each => each.Image).FirstOrDefault(image => image[RecordRow.Revision].Equals(updated.Record.Revision));
            Expect(stored is not null || trace.Deleted, $"revision {updated.Record.Revision} of record {id} was acknowledged and is not there");
            if (stored is not null && changes.Values.Count > 0) Expect(stored.Values.Contains(mark), $"{mark} was acknowledged and revision {updated.Record.Revision} of record {id} has it not");
            if (stored is not null && changes.AddCases.Count > 0) Expect(updated.Record.Record.CaseIds is { } text && CaseLinks.Decode(text).Contains(changes.AddCases[0]), "a case was acknowledged and is not there");
            if (stored is not null && changes.SetsParent && changes.AddChildren.Count == 0)
                Expect(RecordLinks.ParentOf(stored, trace.TypeId)?.Id == changes.ParentId, $"the parent of record {id} was acknowledged and is another");
            Expect(wanted is null || changes.IsEmpty || updated.Record.Revision == wanted + 1, $"If-Match {wanted} let record {id} come to revision {updated.Record.Revision}");
            known.Add(updated.Record);
            return;
        }

        if (IsUnsure(problem)) return;
        refusedMarks.Add(mark);
        var links = changes.AddChildren.Concat(changes.RemoveChildren).Concat(changes.ParentId is { } wantedParent ? [wantedParent] : []).ToArray();
        var legit = problem.Kind switch
        {
            ProblemKind.Unavailable => IsExcusable(problem),
            ProblemKind.NotFound => MayBeMissing(id, from) || Lacks(trace, from, changes.Values),
            ProblemKind.Changed => wanted is not null && (trace.Deleted || trace.AtSomeMoment(from, trace.Version, moment => moment.Record(id)?[RecordRow.Revision].Equals(wanted) == false)),
            ProblemKind.Invalid when problem.Faults[0].Message == "Case not found" => changes.AddCases.Any(casesWantedGone.Contains),
            ProblemKind.Invalid when problem.Faults[0].Message == "Record not found" => links.Any(link => MayBeMissing(link, 0)),
            ProblemKind.Invalid when problem.Faults[0].Message == "Parent is invalid" => links.Length > 0,
            ProblemKind.Invalid => Lacks(trace, from, changes.Values),
            _ => false,
        };
        Expect(legit, $"{mark} was refused for nothing: {problem.Kind} {problem.Faults[0]}");
    }

    private async Task DeleteAsync(ServiceProcess process, Random random)
    {
        if (Known(random) is not { } record) return;
        var (id, trace) = (record.Record.Id, traces[record.Type.Id]);
        var wanted = random.Next(3) == 0 ? record.Revision : (long?)null;
        var guard = wanted is { } revision ? new IfMatch([revision]) : null;
        var from = trace.Version;

        // A process that dies over it may have done it, and one that answers has: so it is noted before, and taken back when refused.
        var deletion = (Id: id, Sure: false);
        var asked = deletions.TryGetValue(id, out var known) ? known : deletions[id] = [];
        asked.Add(deletion);
        var answer = await AskAsync(process, $"delete {id} if {wanted}", each => BoxAsync(each.Records.DeleteAsync(ServiceProcess.Owner, id, guard, default)));
        trace.Observe();
        if (answer is not { } told) return;

        if (told.Try(out _, out var problem))
        {
            asked[asked.IndexOf(deletion)] = (id, true);
            Expect(trace.Deleted || !trace.Rows.ContainsKey(RecordRow.Key(id)), $"record {id} is there after its deletion was acknowledged");
            Expect(trace.Deleted || trace.Removals.Any(removal => removal.Id == id && removal.Version > from), $"the deletion of record {id} was acknowledged before it happened");
            Expect(asked.Count(each => each.Sure) == 1, $"record {id} was deleted twice");
            return;
        }

        if (IsUnsure(problem)) return;
        asked.Remove(deletion);
        var legit = problem.Kind switch
        {
            ProblemKind.Unavailable => IsExcusable(problem),
            ProblemKind.NotFound => MayBeMissing(id, from),
            ProblemKind.Changed => wanted is not null && (trace.Deleted || trace.AtSomeMoment(from, trace.Version, moment => moment.Record(id)?[RecordRow.Revision].Equals(wanted) == false)),
            _ => false,
        };
        Expect(legit, $"the deletion of {id} was refused for nothing: {problem.Kind} {problem.Faults[0]}");
    }

    private async Task GetAsync(ServiceProcess process, Random random)
    {
        if (Known(random) is not { } record) return;
        var (id, trace) = (record.Record.Id, traces[record.Type.Id]);
        var from = trace.Version;
        var answer = await AskAsync(process, $"get {id}", each => BoxAsync(each.Records.GetAsync(ServiceProcess.Owner, id, default)));
        trace.Observe();
        if (answer is not { } told || trace.Deleted) return;
        if (told.Try(out var read, out _))
        {
            Expect(
                trace.AtSomeMoment(from, trace.Version, moment => moment.Record(id) is { } image && image[RecordRow.Revision].Equals(read.Revision) && image.GetValueOrDefault(RecordRow.Parent) as long? == read.Record.ParentId),
                $"record {id} was read at revision {read.Revision}, which it was not at");
            known.Add(read);
        }
        else
        {
            Expect(MayBeMissing(id, from), $"record {id} was not found and was there");
        }
    }

    private async Task ChangeTypeAsync(ServiceProcess process, TypeTrace trace, Random random)
    {
        var mark = $"m{++marks}";
        var present = trace.Types[^Math.Min(trace.Types.Count, 1 + random.Next(2))];
        var extra = present.Fields.FirstOrDefault(field => field.Name[0] == 'X');
        var log = present.Fields.FirstOrDefault(field => field.Name == Log);
        var change = random.Next(8) switch
        {
            0 or 1 when extra is not null => new RecordTypeChange { FieldIdsToDelete = [extra.Id] },
            0 or 1 => new RecordTypeChange { Fields = [new FieldChange("fields[0].", null, $"X{marks}", FieldType.Text, null)] },
            2 when log is not null => new RecordTypeChange { FieldIdsToDelete = [log.Id] },
            2 => new RecordTypeChange { Fields = [new FieldChange("fields[0].", null, Log, FieldType.Artifact, null)] },
            3 or 4 => Limits(random),
            5 => new RecordTypeChange { OnLimit = present.OnLimit == LimitBehaviour.Reject ? LimitBehaviour.EvictOldest : LimitBehaviour.Reject },
            6 => new RecordTypeChange { Retention = new Setting<RetentionColumn?>(present.Retention == RetentionColumn.CreatedAt ? RetentionColumn.UpdatedAt : RetentionColumn.CreatedAt) },
            _ => new RecordTypeChange { TtlDays = Ttl(random) },
        } with
        { Description = new Setting<string?>(mark) };
        var from = trace.Version;
        var answer = await AskAsync(process, $"change type {trace.TypeId} {mark} {Text(change)}", each => BoxAsync(each.Types.UpdateAsync(ServiceProcess.Owner, trace.TypeId, change, null, null, default)));
        trace.Observe();
        if (answer is not { } told) return;
        if (told.Try(out var updated, out var problem))
        {
            Expect(trace.Deleted || trace.Types.Any(type => type.SchemaVersion == updated.SchemaVersion && type.Description == mark), $"{mark} was acknowledged and the type has it not");
            return;
        }

        if (IsUnsure(problem)) return;
        refusedMarks.Add(mark);
        var legit = problem.Kind switch
        {
            ProblemKind.Unavailable => IsExcusable(problem),
            ProblemKind.NotFound => trace.Deleted,
            ProblemKind.Invalid => trace.Deleted || trace.AtSomeMoment(
                from, trace.Version, moment => change.FieldIdsToDelete.Any(id => moment.Type.Field(id) is null) || change.Fields.Any(field => moment.Type.Fields.Any(there => there.Name == field.Name))),
            _ => false,
        };
        Expect(legit, $"{mark} was refused for nothing: {problem.Kind} {problem.Faults[0]}");
    }

    private async Task DeleteTypeAsync(ServiceProcess process, TypeTrace trace, Random random)
    {
        if (random.Next(3) > 0) return;
        wantedGone.Add(trace.TypeId);
        var answer = await AskAsync(process, $"delete type {trace.TypeId}", async each => new Result<bool>?(await each.Types.DeleteAsync(ServiceProcess.Owner, trace.TypeId, null, default) is { } refusal ? refusal : true));
        trace.Observe();
        if (answer is not { } told || (told.Problem is { } problem && IsUnsure(problem))) return;
        if (told.Problem is null) deletedTypes.Add(trace.TypeId);
        Expect(trace.Deleted || told.Problem is { Kind: ProblemKind.Unavailable }, $"type {trace.TypeId} is there after its deletion: {told.Problem?.Faults[0]}");
    }

    private async Task CreateTypeAsync(ServiceProcess process, Random random)
    {
        if (traces.Count == 4) return;
        var request = Limits(random) with
        {
            Name = $"type {++marks}",
            TeamId = 1,
            OnLimit = random.Next(2) == 0 ? LimitBehaviour.Reject : LimitBehaviour.EvictOldest,
            Retention = new Setting<RetentionColumn?>(random.Next(2) == 0 ? RetentionColumn.CreatedAt : RetentionColumn.UpdatedAt),
            TtlDays = Ttl(random),
            Fields =
            [
                new FieldChange("fields[0].", null, Name, FieldType.Text, null),
                new FieldChange("fields[1].", null, Log, FieldType.Artifact, null),
                .. upserts ? [new FieldChange("fields[2].", null, TypeTrace.UniqueField, FieldType.Text, null)] : Array.Empty<FieldChange>(),
                .. lists || upserts || queries ? [new FieldChange("fields[3].", null, Kind, FieldType.Text, null)] : Array.Empty<FieldChange>(),
            ],
        };
        var answer = await AskAsync(process, $"create type {Text(request)}", each => BoxAsync(each.Types.CreateAsync(ServiceProcess.Owner, request, null, null, default)));
        if (answer is not { } told || !told.Try(out var made, out _)) return;
        var trace = new TypeTrace(storage, simulation.Time, made.Value.Id);
        trace.Observe();
        Expect(trace.Version > 0, $"type {made.Value.Id} was acknowledged and is not there");
        Expect(traces.TryAdd(made.Value.Id, trace), $"type {made.Value.Id} was made twice");
    }

    /// <summary>Moves a case, links two or takes them apart, links records from the side of the case.</summary>
    private async Task ChangeCaseAsync(ServiceProcess process, Random random)
    {
        var (id, other) = (AnyCase(random), AnyCase(random));
        switch (random.Next(8))
        {
            case 1 or 2 or 3:
                var team = 1 + random.Next(2);
                await AskAsync(process, $"move case {id} to {team}", each => OnCaseAsync(each, id, edit =>
                {
                    if (edit.TeamId != team) CaseMove.Leave(edit, team);
                }));
                break;
            case 4 or 5 when id != other:
                var linked = random.Next(3) > 0;
                await AskAsync(process, $"link {id} {other} {linked}", async each => (Result<bool>?)(Result<bool>)(await LinkedCases.ChangeAsync(each.Cases, ServiceProcess.Owner, id, other, linked, default) is null));
                break;
            case 6 or 7 when Known(random) is { } record:
                var adds = random.Next(3) > 0;
                long[] ids = [record.Record.Id];
                await AskAsync(process, $"case {id} has record {ids[0]}: {adds}", each => OnCaseAsync(each, id, edit =>
                {
                    edit.Scope.Owe(new CaseRecordsWork(id, adds ? ids : [], adds ? [] : ids, 1).ToOwed());
                    edit.Touch();
                }));
                break;
        }
    }

    private static async Task<Result<bool>> OnCaseAsync(ServiceProcess process, long id, Action<CaseEdit> change)
        => (await process.Cases.ChangeAsync<bool>(
            ServiceProcess.Owner,
            id,
            null,
            (edit, _) =>
            {
                change(edit);
                return ValueTask.FromResult<Result<bool>>(true);
            },
            default)).Map(written => written.Answer);

    private Task<Result<long>?> SweepAsync(ServiceProcess process) => AskAsync(process, "sweep", async each => new Result<long>?(await each.Retention.RunAsync(default)));

    private Task<Result<int>?> MaintainAsync(ServiceProcess process) => AskAsync(process, "maintain", async each => new Result<int>?(await each.Maintenance.RunAsync(default)));

    /// <summary>What a caller is told; null where nothing, since the process died or the request failed on the way.</summary>
    private async Task<Result<T>?> AskAsync<T>(ServiceProcess process, string what, Func<ServiceProcess, Task<Result<T>?>> request)
    {
        calls++;
        var number = events.Count;
        events.Add($"{number} {simulation.Time.GetUtcNow():dd HH:mm:ss.fff} p{ever.IndexOf(process)} {what}");
        var box = await process.AskAsync(async each => new StrongBox<Result<T>>((await request(each))!.Value));
        var told = box?.Value;
        events.Add($"{number} {simulation.Time.GetUtcNow():dd HH:mm:ss.fff} -> {(told is null ? "died" : told.Value.Problem is { } problem ? $"{problem.Kind} {problem.Faults[0]}" : Text(told.Value.Value))}");
        if (told?.Problem is { Kind: ProblemKind.Unavailable } unavailable && !IsExcusable(unavailable)) ExpectFault($"{what}: {unavailable.Faults[0]}");
        return told;
    }

    private Task<Result<T>?> AskAsync<T>(ServiceProcess process, string what, Func<ServiceProcess, Task<Result<T>>> request)
        => AskAsync(process, what, each => BoxAsync(request(each)));

    private static async Task<Result<T>?> BoxAsync<T>(Task<Result<T>> request) => await request;

    private static string Text(object? value) => value switch
    {
        CreatedRecord created => $"{created.Record.Record.Id}{(created.Replayed ? " again" : "")}",
        UpdatedRecord updated => $"revision {updated.Record.Revision}",
        UpsertedRecord upserted => $"{upserted.Record.Record.Id} revision {upserted.Record.Revision}{(upserted.IsNew ? " new" : "")}",
        Made<CaseView> made => $"case {made.Value.Case.Id}",
        Made<long> made => $"{made.Value}{(made.Replayed ? " again" : "")}",
        RecordSnapshot read => $"revision {read.Revision}",
        RecordType type => $"type {type.Id}",
        Made<RecordType> made => $"type {made.Value.Id}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static string Text(RecordTypeChange change)
        => $"fields +{string.Join(',', change.Fields.Select(field => field.Name))} -{string.Join(',', change.FieldIdsToDelete)} most {change.MaxRecords.Value} {change.OnLimit} {change.Retention.Value} ttl {(change.TtlDays.IsGiven ? change.TtlDays.Value : -1)}";

    private sealed class StrongBox<T>(T value)
    {
        public T Value => value;
    }

    /// <summary>A request with an idempotency key, and what came of it.</summary>
    private sealed class Made(DateTimeOffset at)
    {
        public DateTimeOffset At => at;

        public long? Id { get; set; }

        public bool Refused { get; set; }
    }

    private ServiceProcess NewProcess()
    {
        var process = new ServiceProcess(storage, simulation.Time, seed + ever.Count, ReplicasOfAProcess());
        ever.Add(process);
        return process;
    }

    private RecordSnapshot? Known(Random random)
        => known.Count == 0 ? null : known[Math.Max(0, known.Count - 1 - random.Next(Math.Min(known.Count, 12)))];

    private static List<FieldInput> Inputs(TypeTrace trace, Random random, string mark)
    {
        var type = trace.Types[^Math.Min(trace.Types.Count, 1 + (random.Next(4) == 0 ? 1 : 0))];
        var inputs = new List<FieldInput>();
        foreach (var field in type.Fields)
        {
            if (field.Name == Name || (field.Name != TypeTrace.UniqueField && random.Next(3) < (field.Name == Kind ? 2 : 1)))
                inputs.Add(new FieldInput(field.Id, JsonSerializer.SerializeToElement(field.Name == Name ? mark : $"{field.Name} {random.Next(3)}"), "field_values[0]"));
        }

        return inputs;
    }

    private static RecordTypeChange Limits(Random random) => new() { MaxRecords = new Setting<long?>(2 + random.Next(6)) };

    private static Setting<double?> Ttl(Random random) => new(random.Next(4) switch { 0 => 0.5, 1 => 1, 2 => 2.5, _ => null });

    /// <summary>Only "nothing was written" is a refusal that a caller may rely on; another failure may have happened.</summary>
    private static bool IsUnsure(Problem problem)
        => problem.Kind == ProblemKind.Unavailable && problem.Faults[0].Details != "Nothing was written." && problem.Faults[0].Message != "Record type is being reordered";

    private static bool IsExcusable(Problem problem)
        => problem.Faults[0].Message is "Record type is being reordered" or "Record type keeps changing" || problem.Faults[0].Details == "Nothing was written.";

    /// <summary>Whether a record was missing or past its time at some moment since a version, or its type is gone.</summary>
    private bool MayBeMissing(long id, long from)
    {
        var trace = traces.Values.FirstOrDefault(each => each.Added.ContainsKey(id));
        trace?.Observe();
        return trace is null || trace.Deleted || trace.AtSomeMoment(
            from, trace.Version, moment => moment.Record(id) is not { } image || TypeTrace.IsExpired(moment.Type, image, simulation.Time.GetUtcNow()));
    }

    private static bool Lacks(TypeTrace trace, long from, IReadOnlyList<FieldInput> inputs)
        => trace.Deleted || trace.AtSomeMoment(from, trace.Version, moment => inputs.Any(input => moment.Type.Field(input.FieldId) is null));

    private Task LookAsync(SimulatedTransaction transaction)
    {
        if (IsTraced)
            events.Add($"   {simulation.Time.GetUtcNow():dd HH:mm:ss.fff} {transaction.Table}/{transaction.PartitionKey} {string.Join(' ', transaction.Actions.Select(action => $"{action.Kind} {action.Row.RowKey}"))} {transaction.Effect?.Status} {transaction.Effect?.Reason} {transaction.Answer?.Status}");
        if (failure is not null) return Task.CompletedTask;
        try
        {
            if (transaction.Table == TableNames.Records && traces.TryGetValue(long.Parse(transaction.PartitionKey, CultureInfo.InvariantCulture), out var trace)) trace.Observe();
            if (storage.Counts.All > MostRequests) throw new HistoryException("It makes requests without end");
        }
        catch (HistoryException exception)
        {
            failure = exception;
        }

        return Task.CompletedTask;
    }

    private static void Expect(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds) throw new HistoryException(otherwise.ToString());
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds) throw new HistoryException(otherwise);
    }

    /// <summary>Without faults nothing fails.</summary>
    private void ExpectFault(string what)
    {
        if ((!rough && !mortal) || quiet) failure ??= new HistoryException($"Without a fault: {what}");
    }

    private void Throw()
    {
        if (failure is not null) throw failure;
    }

    /// <summary>Lets everything end that is under way.</summary>
    private async Task QuietAsync()
    {
        storage.Faults = SimulatedFaults.None;
        foreach (var process in processes) process.Storage.Live();
        storage.DeliverLate();
        await Task.Delay(TimeSpan.FromMinutes(1), simulation.Time);
        storage.DeliverLate();
        foreach (var trace in traces.Values) trace.Observe();
        Throw();
    }

    private async Task PassAsync(TimeSpan time)
    {
        events.Add($"{time} pass");
        if (time > TimeSpan.Zero) await Task.Delay(time, simulation.Time);
    }

    /// <summary>What callers were told, against all that was ever stored.</summary>
    private void CheckAnswers()
    {
        foreach (var trace in traces.Values)
        {
            foreach (var removal in trace.Removals)
                Expect(removal.Expired || removal.Evicted || deletions.ContainsKey(removal.Id), $"record {removal.Id} was removed at version {removal.Version}, and nobody wanted it");
            // With a deleted type goes the log that tells who won a commit whose answer was lost: "there is no such type" is true then.
            foreach (var (version, image) in trace.Deleted ? [] : trace.AllImages())
                Expect(!image.Values.OfType<string>().Any(refusedMarks.Contains), $"version {version} of type {trace.TypeId} has a value that was refused");
            Expect(trace.Deleted || !trace.Types.Any(type => type.Description is { } mark && refusedMarks.Contains(mark)), "a change of a type that was refused has happened");
            Expect(!trace.Deleted || wantedGone.Contains(trace.TypeId), $"type {trace.TypeId} is deleted, and nobody wanted it");
            foreach (var repeats in trace.Added.Values.GroupBy(added => added.Image.Values.OfType<string>().FirstOrDefault(value => value[0] == 'm' && !value.StartsWith('['))))
            {
                var times = repeats.Where(_ => repeats.Key is not null).Select(added => added.At).Order().ToArray();
                for (var i = 1; i < times.Length; i++)
                    Expect(times[i] - times[i - 1] > Once.Lifetime.TotalMilliseconds, $"{repeats.Key} was made twice");
            }
        }

        CheckCaseAnswers();
        foreach (var (key, (mark, typeId, _, answers)) in keys)
        {
            foreach (var answer in answers.Where(answer => answer.Id is not null))
            {
                var added = traces[typeId].Added.GetValueOrDefault(answer.Id!.Value);
                Expect(added.Image is null || added.Image.Values.Contains(mark), $"{key} was answered with another's record {answer.Id}");
            }
        }
    }

    private async Task EndAsync()
    {
        quiet = true;
        for (var i = 0; i < processes.Length; i++)
        {
            if (processes[i].Storage.Death.IsCompleted) processes[i] = NewProcess();
        }

        // Long enough for everything that expires, for every log that is pruned and for every blob that nobody refers to.
        // Each time the timers of another process have it to do alone, as those of one instance have in earnest.
        TimeSpan[] pauses = [TimeSpan.FromMinutes(11), TimeSpan.FromHours(2), TimeSpan.FromHours(28), TimeSpan.FromHours(28), TimeSpan.FromHours(28), TimeSpan.FromMinutes(11)];
        for (var i = 0; i < pauses.Length; i++)
        {
            await PassAsync(pauses[i]);
            await SweepAsync(processes[i % processes.Length]);
            await MaintainAsync(processes[i % processes.Length]);
            Throw();
        }

        await QuietAsync();
        CheckAnswers();
        HistoryEnd.Check(storage, traces, simulation.Time.GetUtcNow());
        foreach (var process in processes)
        {
            foreach (var trace in traces.Values.Where(trace => !trace.Deleted))
            {
                var answer = await AskAsync(process, $"commit to {trace.TypeId}", each => each.Partitions[RecordTypeRow.Address(trace.TypeId)].CommitAsync<long>(
                    (scope, _) => ValueTask.FromResult<Result<long>>(++scope["touched"]), default));
                Expect(answer is { Problem: null }, $"type {trace.TypeId} takes no commits any more");
            }
        }

        if (lists || upserts || queries) await CheckListsAsync();
        Throw();
    }
}
