using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Tests.Histories;

/// <summary>Cases: made, told of, linked to records from their side, and deleted while others link to them.</summary>
internal sealed partial class RecordHistory
{
    private const int MostCases = 8;

    private readonly HashSet<long> casesWantedGone = [];
    private readonly HashSet<long> casesGone = [];
    private readonly List<(long Case, string Comment)> comments = [];

    private Task CaseAsync(ServiceProcess process, Random random) => random.Next(8) switch
    {
        0 when cases.Count < MostCases => CreateCaseAsync(process, random),
        0 or 1 => CommentAsync(process, random),
        2 when cases.Count > casesWantedGone.Count + 2 => DeleteCaseAsync(process, random),
        2 or 3 => UpdateCaseAsync(process, random),
        4 => UnlinkAsync(process, random),
        _ => LinkAsync(process, random),
    };

    private async Task CreateCaseAsync(ServiceProcess process, Random random)
    {
        var mark = $"m{++marks}";
        var record = random.Next(2) == 0 ? Known(random)?.Record.Id : null;
        var input = new NewCase { TeamId = 1, Name = mark, RecordIds = record is { } id ? [id] : [] };
        var answer = await AskAsync(process, $"create case {mark} with {record}", each => each.CaseWriting.CreateAsync(ServiceProcess.Owner, input, null, default));
        if (answer is not { } told) return;
        if (told.Try(out var made, out var problem))
        {
            var created = made.Value.Case.Id;
            cases.Add(created);
            Expect(storage.Row(TableNames.Cases, "1", CaseRow.Key(created)) is not null, $"case {created} was acknowledged and is not there");
            return;
        }

        ExpectOfCase(problem, null, record, mark);
    }

    private async Task UpdateCaseAsync(ServiceProcess process, Random random)
    {
        var (id, mark) = (AnyCase(random), $"m{++marks}");
        var changes = new CaseChanges { Name = mark };
        if (Known(random) is { } one && random.Next(2) == 0) changes = changes with { AddRecordIds = [one.Record.Id] };
        if (Known(random) is { } other && random.Next(3) == 0) changes = changes with { RemoveRecordIds = [other.Record.Id] };
        var answer = await AskAsync(
            process,
            $"update case {id} {mark} records +{string.Join(' ', changes.AddRecordIds)} -{string.Join(' ', changes.RemoveRecordIds)}",
            each => each.CaseWriting.UpdateAsync(ServiceProcess.Owner, id, changes, null, default));
        if (answer?.Problem is { } problem) ExpectOfCase(problem, id, changes.AddRecordIds.Count > 0 ? changes.AddRecordIds[0] : null, mark);
    }

    private async Task CommentAsync(ServiceProcess process, Random random)
    {
        var (id, mark) = (AnyCase(random), $"m{++marks}");
        var answer = await AskAsync(
            process,
            $"comment {mark} on case {id}",
            each => each.Cases.ChangeAsync<long>(ServiceProcess.Owner, id, null, async (edit, token) => (await edit.TellAsync(ActivityType.Commented, mark, token)).Id, default));
        if (answer is not { } told) return;
        if (told.Problem is { } problem) ExpectOfCase(problem, id, null, mark);
        else comments.Add((id, mark));
    }

    private async Task DeleteCaseAsync(ServiceProcess process, Random random)
    {
        var id = AnyCase(random);
        casesWantedGone.Add(id);
        var answer = await AskAsync(process, $"delete case {id}", each => each.CaseWriting.DeleteAsync(ServiceProcess.Owner, id, null, default));
        if (answer is not { } told || (told.Problem is { } problem && IsUnsure(problem))) return;
        Expect(told.Problem is null or { Kind: ProblemKind.NotFound } || IsExcusable(told.Problem), $"the deletion of case {id} was refused for nothing: {told.Problem?.Faults[0]}");
        if (told.Problem is { Kind: not ProblemKind.NotFound }) return;
        casesGone.Add(id);
    }

    private async Task LinkAsync(ServiceProcess process, Random random)
    {
        if (Known(random) is not { } record) return;
        var (id, trace) = (AnyCase(random), traces[record.Type.Id]);
        var from = trace.Version;
        var answer = await AskAsync(process, $"link {record.Record.Id} to case {id}", each => each.CaseRecords.LinkAsync(ServiceProcess.Owner, id, record.Record.Id, null, default));
        trace.Observe();
        if (answer is not { } told) return;
        if (told.Problem is { } problem) ExpectOfCase(problem, id, record.Record.Id, null);
        else
            Expect(
                trace.Deleted || trace.AtSomeMoment(from, trace.Version, moment => moment.Record(record.Record.Id) is { } image && Core.Records.RecordCases.Of(image).Contains(id)),
                $"the link of record {record.Record.Id} to case {id} was acknowledged and is not there");
    }

    private async Task UnlinkAsync(ServiceProcess process, Random random)
    {
        if (Known(random) is not { } record) return;
        var id = AnyCase(random);
        var answer = await AskAsync(
            process, $"unlink {record.Record.Id} from case {id}",
            async each => new Result<bool>?(await each.CaseRecords.UnlinkAsync(ServiceProcess.Owner, id, record.Record.Id, default) is { } refusal ? refusal : true));
        if (answer?.Problem is { Kind: not ProblemKind.NotFound } problem) ExpectOfCase(problem, id, null, null);
    }

    /// <summary>A case is refused only where it, or the record to link, may be gone.</summary>
    private void ExpectOfCase(Problem problem, long? id, long? record, string? mark)
    {
        if (IsUnsure(problem)) return;
        if (mark is not null) refusedMarks.Add(mark);
        var legit = problem.Kind switch
        {
            ProblemKind.Unavailable => IsExcusable(problem),
            ProblemKind.NotFound => id is { } of && casesWantedGone.Contains(of),
            ProblemKind.Invalid when problem.Faults[0].Message == "Record not found" => record is { } linked && MayBeMissing(linked, 0),
            _ => false,
        };
        Expect(legit, $"case {id} {mark} was refused for nothing: {problem.Kind} {problem.Faults[0]}");
    }

    private void CheckCaseAnswers()
    {
        foreach (var team in (string[])["1", "2"])
        {
            foreach (var row in storage.Rows(TableNames.Cases, team).Where(row => !RowKeys.IsProtocol(row.RowKey)))
                Expect(!row.Properties.Values.OfType<string>().Any(refusedMarks.Contains), $"{row.RowKey} of team {team} has a value that was refused");
        }

        foreach (var id in cases)
        {
            var there = ((string[])["1", "2"]).Any(team => storage.Row(TableNames.Cases, team, CaseRow.Key(id)) is { } row && !CaseCopies.IsGone(row.Properties) && (row.Integer(CaseRow.Moved) is null || row.Flag(CaseRow.Moving) == true));
            Expect(there || casesWantedGone.Contains(id), $"case {id} is gone, and nobody wanted it");
            // A sign-post stays where it has left a team.
            var stands = ((string[])["1", "2"]).Any(team => storage.Row(TableNames.Cases, team, CaseRow.Key(id)) is { } row && row.Integer(CaseRow.Moved) is null);
            Expect(!stands || !casesGone.Contains(id), $"case {id} is there after its deletion was acknowledged");
        }

        foreach (var (id, comment) in comments.Where(each => !casesWantedGone.Contains(each.Case)))
        {
            var parts = CaseRow.PartsOf(id);
            Expect(
                ((string[])["1", "2"]).Any(team => storage.Rows(TableNames.Cases, team).Any(row => row.RowKey.StartsWith(parts, StringComparison.Ordinal) && row.Properties.Values.Contains(comment))),
                $"comment {comment} on case {id} was acknowledged and is not there");
        }
    }
}
