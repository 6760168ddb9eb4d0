using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Testing.Simulation;
using Image = System.Collections.Generic.IReadOnlyDictionary<string, object>;

namespace Casefile.Core.Tests.Histories;

/// <summary>Lists, with filters and their totals: beside the traffic, and when all is quiet.</summary>
internal sealed partial class RecordHistory
{
    /// <summary>A field with three values, which lists are filtered by.</summary>
    private const string Kind = "Kind";

    private static readonly string?[] Kinds = [null, $"{Kind} 0", $"{Kind} 1", $"{Kind} 2"];

    /// <summary>
    /// Replicas that take part in the traffic do their work in the simulation's order. Where only quiet moments are listed they have threads and files as in earnest,
    /// and write snapshots, which the next process starts from.
    /// </summary>
    private ReplicaOptions ReplicasOfAProcess()
    {
        // A folder each: nobody has to look whether the others live.
        var options = new ReplicaOptions { Folder = Path.Combine(replicaFolder, $"{ever.Count}"), IndexAfter = 2, IndexMinimumRows = 1 };
        return lists
            ? options with { SnapshotMinimumRows = 1, SnapshotAfterVersions = 4, SnapshotSpacing = TimeSpan.Zero }
            : options with
            {
                BuildParallelism = 1,
                MappedBytes = 0,
                Start = static async work =>
                {
                    await Task.Yield();
                    await work();
                },
            };
    }

    private Task ListAsync(ServiceProcess process, TypeTrace trace, Random random) => ListAsync(
        process,
        trace,
        new Question(Kinds[random.Next(Kinds.Length)], random.Next(2) == 0, random.Next(4) == 0 ? random.Next(3) : 0, random.Next(3) == 0 ? 1 + random.Next(3) : 100));

    /// <summary>A list beside the traffic is the table at one version, and none that was over before the list was asked for.</summary>
    private async Task ListAsync(ServiceProcess process, TypeTrace trace, Question question)
    {
        trace.Observe();
        if (trace.Version == 0) return;
        var (from, asked) = (trace.Version, simulation.Time.GetUtcNow());
        var answer = await AskAsync(process, $"list {question} of {trace.TypeId}", each => each.Records.ListAsync(ServiceProcess.Owner, question.Ask(trace.Types[0]), default));
        trace.Observe();
        listed++;
        if (answer is not { } told || trace.Deleted) return;
        if (told.Try(out var list, out var problem))
            Expect(
                trace.AtSomeVersion(from, trace.Version, moment => question.IsAnswer(list, moment, asked, simulation.Time.GetUtcNow())),
                $"the list {question} of type {trace.TypeId}, asked for at version {from}, was at none since: {string.Join(' ', list.Records.Select(each => each.Record.Id))} of {list.Total}");
        else
            Expect(problem.Kind == ProblemKind.Unavailable, $"the list of type {trace.TypeId} was refused for nothing: {problem.Kind} {problem.Faults[0]}");
    }

    /// <summary>Several clients list from one process, while others create records by some process and list all as soon as they are acknowledged.</summary>
    private Task CrowdAsync(ServiceProcess process, TypeTrace trace, Random random)
    {
        return Task.WhenAll([WriteAsync(Other(), Next()), WriteAsync(Other(), Next()), ReadAsync(Next()), ReadAsync(Next())]);

        ServiceProcess Other() => processes[random.Next(processes.Length)];

        Random Next() => new(random.Next());

        async Task WriteAsync(ServiceProcess writer, Random own)
        {
            await CreateAsync(writer, trace, own, key: null);
            await ListAsync(process, trace, new Question(Kind: null, Descending: true, Skip: 0, Take: 100));
        }

        async Task ReadAsync(Random own)
        {
            for (var i = 0; i < 2; i++) await ListAsync(process, trace, own);
        }
    }

    /// <summary>
    /// At a quiet moment every process lists exactly what is stored. So does one that has just come up, before the others write snapshots of what was committed since
    /// the last quiet moment, and another after them.
    /// </summary>
    private async Task CheckListsAsync()
    {
        var looked = lists ? [NewProcess(), .. processes, NewProcess()] : processes;
        foreach (var process in looked.Where(process => !process.Storage.Death.IsCompleted))
        {
            foreach (var trace in traces.Values)
            {
                foreach (var kind in Kinds) await CheckListAsync(process, trace, new Question(kind, Descending: true, Skip: 0, Take: 100));
            }
        }
    }

    private async Task CheckListAsync(ServiceProcess process, TypeTrace trace, Question question)
    {
        var request = question.Ask(trace.Types[0]);
        var answer = lists
            ? Simulation.Outside(async () => await process.ListAsync(request))
            : await process.Records.ListAsync(ServiceProcess.Owner, request, default);
        trace.Observe();
        listed++;
        Expect(trace.Deleted == answer.Problem is { Kind: ProblemKind.NotFound }, $"the list of type {trace.TypeId} answers {answer.Problem?.Faults[0]}");
        if (!answer.Try(out var list, out _)) return;
        var now = simulation.Time.GetUtcNow();
        Expect(
            question.IsAnswer(list, new TypeTrace.Moment(trace.Type, trace.Rows), now, now),
            $"the list {question} of type {trace.TypeId} has {string.Join(' ', list.Records.Select(each => each.Record.Id))} of {list.Total}, and there are {string.Join(' ', trace.Rows.Under(RecordRow.Prefix).Select(row => row.Key))}");
    }

    /// <summary>What a list is asked.</summary>
    /// <param name="Kind">The value to filter by; null for all records.</param>
    /// <param name="Descending">Whether the newest come first.</param>
    /// <param name="Skip">How many to pass over.</param>
    /// <param name="Take">How many at most.</param>
    private sealed record Question(string? Kind, bool Descending, int Skip, int Take)
    {
        public override string ToString() => $"{Kind ?? "all"} {(Descending ? "down" : "up")} {Skip}+{Take}";

        public ListRequest Ask(RecordType type) => new()
        {
            RecordTypeId = type.Id,
            Descending = Descending,
            Skip = Skip,
            Take = Take,
            Selection = new RecordSelection(TestMode: null),
            Filters = Kind is null ? [] : [JsonSerializer.SerializeToElement(new { field_id = $"{KindOf(type).Id}", @operator = "EQUAL", value = Kind })],
        };

        /// <summary>Whether the list is what the rows were at a moment; what expired meanwhile may or may not be on it, but only in the order of its expiry.</summary>
        public bool IsAnswer(RecordList list, TypeTrace.Moment moment, DateTimeOffset asked, DateTimeOffset answered)
        {
            if (IsAnswer(list, moment, asked) || IsAnswer(list, moment, answered)) return true;
            return moment.Type.Ttl is { } ttl && asked < answered
                && moment.Records.Select(image => TypeTrace.ExpiryOf(moment.Type, image, ttl)).Any(at => at > asked && at < answered && IsAnswer(list, moment, at));
        }

        private bool IsAnswer(RecordList list, TypeTrace.Moment moment, DateTimeOffset now)
        {
            var kind = RecordRow.Field(KindOf(moment.Type).Id);
            var all = moment.Records.Where(image => !TypeTrace.IsExpired(moment.Type, image, now) && (Kind is null || image.GetValueOrDefault(kind) as string == Kind)).ToArray();
            if (Descending) Array.Reverse(all);
            if (list.Total != all.Length) return false;
            var page = all.AsSpan(Math.Min(Skip, all.Length));
            if (page.Length > Take) page = page[..Take];
            if (list.Records.Count != page.Length) return false;
            for (var i = 0; i < page.Length; i++)
            {
                if (!IsSame(list.Records[i], moment.Type, page[i])) return false;
            }

            return true;
        }

        private static RecordField KindOf(RecordType type) => type.Fields.First(field => field.Name == RecordHistory.Kind);
    }

    private static bool IsSame(RecordSnapshot listed, RecordType type, Image image)
        => listed.Record.Version.Equals(image[RecordRow.Version])
            && listed.Record.Created.Equals(image[RecordRow.Created])
            && listed.Record.Updated.Equals(image[RecordRow.Updated])
            && listed.Record.ParentId == image.GetValueOrDefault(RecordRow.Parent) as long?
            && listed.Record.CaseIds == image.GetValueOrDefault(RecordRow.Cases) as string
            && listed.Record.Values.SequenceEqual(type.Fields.Select(field => image.GetValueOrDefault(RecordRow.Field(field.Id))));
}
