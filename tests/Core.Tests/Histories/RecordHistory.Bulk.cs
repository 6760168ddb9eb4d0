using System.Text;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Records;

namespace Casefile.Core.Tests.Histories;

/// <summary>Upserts, and lines of batches.</summary>
internal sealed partial class RecordHistory
{
    private async Task UpsertAsync(ServiceProcess process, TypeTrace trace, Random random)
    {
        var mark = $"m{++marks}";
        var inputs = Inputs(trace, random, mark);
        var unique = trace.Type.Fields.First(field => field.Name == TypeTrace.UniqueField);
        var value = $"k{random.Next(4)}";
        inputs.Add(new FieldInput(unique.Id, JsonSerializer.SerializeToElement(value), "field_values[9]"));
        var record = new NewRecord(trace.TypeId, inputs) { IsTest = random.Next(5) == 0 };
        var (from, asked) = (trace.Version, simulation.Time.GetUtcNow());
        var answer = await AskAsync(
            process, $"upsert {mark} {value} of {trace.TypeId}{(record.IsTest ? " test" : "")}", each => each.Records.UpsertAsync(ServiceProcess.Owner, record, [unique.Id], default));
        trace.Observe();
        if (answer is not { } told) return;

        if (told.Try(out var upserted, out var problem))
        {
            var id = upserted.Record.Record.Id;
            var stored = trace.Images(id).Where(each => each.Version > from).Select(each => each.Image).FirstOrDefault(image => image[RecordRow.Revision].Equals(upserted.Record.Revision));
            Expect(stored is not null || trace.Deleted, $"{mark} was acknowledged as revision {upserted.Record.Revision} of record {id} and is not there");
            if (stored is not null) Expect(stored.Values.Contains(mark) && stored.Values.Contains(value), $"{mark} was acknowledged and revision {upserted.Record.Revision} of record {id} has it not");
            Expect(upserted.IsNew == (upserted.Record.Revision == 1), $"the answer for {mark} is wrong about whether record {id} is new");
            known.Add(upserted.Record);
            return;
        }

        if (IsUnsure(problem)) return;
        refusedMarks.Add(mark);
        var legit = problem.Kind == ProblemKind.Conflict
            ? trace.Deleted || trace.AtSomeMoment(from, trace.Version, moment => moment.Records.Count(image => image.Values.Contains(value) && !TypeTrace.IsExpired(moment.Type, image, asked)) > 1)
            : MayRefuse(trace, problem, from, asked, inputs);
        Expect(legit, $"{mark} was refused for nothing: {problem.Kind} {problem.Faults[0]}");
    }

    /// <summary>Some lines of a batch at the same time, under the batch's key; other clients repeat it, or parts of it, through other processes.</summary>
    private Task BatchAsync(ServiceProcess process, TypeTrace trace, Random random)
    {
        var (key, first, lines) = ($"batch{random.Next(3)}", random.Next(3), 1 + random.Next(4));
        return Task.WhenAll(Enumerable.Range(first, lines).Select(index => LineAsync(process, trace, new Random(random.Next()), key, index)).ToArray());
    }

    private async Task LineAsync(ServiceProcess process, TypeTrace trace, Random random, string key, int index)
    {
        var line = $"{key}.{index}";
        var mark = $"m{++marks}";
        var inputs = Inputs(trace, random, mark);
        if (keys.TryGetValue(line, out var first)) (mark, trace, inputs) = (first.Mark, traces[first.TypeId], first.Inputs);
        else keys[line] = first = (mark, trace.TypeId, inputs, []);
        var request = new Made(simulation.Time.GetUtcNow());
        first.Answers.Add(request);

        var once = new OnceLine(1, $"records/{trace.TypeId}/batch", key, index, Encoding.UTF8.GetBytes(mark));
        var (from, asked) = (trace.Version, simulation.Time.GetUtcNow());
        var answer = await AskAsync(
            process, $"line {mark} of {trace.TypeId} {line}", each => each.Records.CreateLineAsync(ServiceProcess.Owner, new NewRecord(trace.TypeId, inputs), once, default));
        trace.Observe();
        if (answer is not { } told) return;

        if (told.Try(out var made, out var problem))
        {
            Expect(trace.Added.TryGetValue(made.Value, out var added) || trace.Deleted, $"record {made.Value} was acknowledged and is not there");
            if (added.Image is not null) Expect(added.Image.Values.Contains(mark), $"record {made.Value} was acknowledged as {mark} and is another");
            Expect(made.Replayed || added.Image is null || added.Version > from, $"record {made.Value} was acknowledged as new and is an old one");
            request.Id = made.Value;
            return;
        }

        if (!IsUnsure(problem)) Expect(MayRefuse(trace, problem, from, asked, inputs), $"{mark} was refused for nothing: {problem.Kind} {problem.Faults[0]}");
    }
}
