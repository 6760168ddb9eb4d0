using System.Text.Json;

namespace Casefile.Faults;

/// <summary>Compares what is there, as a process tells it in peace, with what the clients were told.</summary>
internal sealed class Audit(IReadOnlyCollection<Wanted> wanted, FaultReport report)
{
    private const int PerPage = 100;

    private static readonly TimeSpan Comeback = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a process answers again; it has to by itself.</summary>
    public async Task ComesBackAsync(RecordsApi service, FaultType type)
    {
        using var patience = new CancellationTokenSource(Comeback);
        while ((await service.PageAsync(type, 1, 1)).Status != 200)
        {
            if (patience.IsCancellationRequested)
            {
                report.Violated($"a process still does not answer {Comeback.TotalSeconds} s after the last fault");
                return;
            }

            await Task.Delay(100);
        }
    }

    /// <summary>Holds the records of a type against what was told of them.</summary>
    public async Task TypeAsync(RecordsApi service, FaultType type, int limit)
    {
        if (await AllAsync(service, type) is not { } rows) return;
        await ExportAsync(service, type, rows.Count);
        if (rows.Select(IdOf).Distinct().Count() != rows.Count) report.Violated($"type {type.Id} has an id twice");

        var byName = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!byName.TryAdd(FirstName(row), row)) report.Violated($"{FirstName(row)} was made twice: {IdOf(row)} and {IdOf(byName[FirstName(row)])}");
        }

        var mine = wanted.Where(each => each.Type == type).ToArray();
        foreach (var stranger in byName.Keys.Except(mine.Select(each => each.Name))) report.Violated($"nobody asked for {stranger}");

        // The oldest go: so of an evicting type everything younger than its oldest record is there.
        var oldest = type.WhenFull == WhenFull.Evicts && rows.Count > 0 ? rows.Min(IdOf) : 0;
        foreach (var each in mine) One(each, byName.TryGetValue(each.Name, out var row) ? row : null, isEvicted: each.Id < oldest);
        Limit(type, rows.Count, limit, mine);
    }

    private void One(Wanted each, JsonElement? row, bool isEvicted)
    {
        if (row is not { } there)
        {
            if (each is { Id: not null, WasDeleted: false } && !isEvicted) report.Violated($"{each.Name} ({each.Id}) was acknowledged and is not there");
            return;
        }

        if (each.WasRefused) report.Violated($"{each.Name} was refused and is there as {IdOf(there)}");
        if (each.WasDeleted) report.Violated($"{each.Name} ({each.Id}) was deleted and is there");
        if (each.Id is { } id && id != IdOf(there)) report.Violated($"{each.Name} was acknowledged as {id} and is there as {IdOf(there)}");
        if (NameOf(there) != each.Current) report.Violated($"{each.Name} ({each.Id}) was changed to {each.Current} and is {NameOf(there)}");
        if (there.GetProperty("notes").GetString() != each.Notes) report.Violated($"{each.Name} ({each.Id}) has other notes than it was given");
    }

    private void Limit(FaultType type, int count, int limit, Wanted[] mine)
    {
        var acknowledged = mine.Count(each => each.Id is not null);
        var isExact = type.WhenFull switch
        {
            WhenFull.Evicts => count == limit || (count < limit && count >= acknowledged),
            WhenFull.Rejects => count == limit || (count < limit && !mine.Any(each => each is { WasRefused: true, Key: not null })),
            _ => true,
        };
        if (!isExact) report.Violated($"type {type.Id} with a limit of {limit} has {count} records of {acknowledged} acknowledged");
    }

    /// <summary>Repeats creates under their keys: each is answered as the first time.</summary>
    public async Task RepeatAsync(RecordsApi service, int every)
    {
        foreach (var each in wanted.Where(each => each is { Key: not null, Id: not null, WasDeleted: false, Type.WhenFull: not WhenFull.Evicts }).Where((_, index) => index % every == 0))
        {
            var reply = await service.CreateAsync(each);
            if (reply.Status != 201 || reply.Json.GetProperty("id").GetInt64() != each.Id) report.Violated($"the repeat of {each.Name} ({each.Id}) was answered {reply}");
        }
    }

    private async Task<IReadOnlyList<JsonElement>?> AllAsync(RecordsApi service, FaultType type)
    {
        var rows = new List<JsonElement>();
        for (var page = 1; ; page++)
        {
            var reply = await service.PageAsync(type, page, PerPage);
            if (reply.Status != 200)
            {
                report.Violated($"page {page} of type {type.Id} was answered {reply}");
                return null;
            }

            var found = reply.Json.GetProperty("record_results");
            rows.AddRange(found.EnumerateArray());
            if (found.GetArrayLength() > 0) continue;
            if (reply.Json.GetProperty("meta").GetProperty("count").GetInt64() is var count && count != rows.Count) report.Violated($"type {type.Id} counts {count} records and lists {rows.Count}");
            return rows;
        }
    }

    private async Task ExportAsync(RecordsApi service, FaultType type, int listed)
    {
        var reply = await service.GetAsync($"/api/v1/records/export?record_type_id={type.Id}&format=ndjson");
        var exported = reply.Text.Count(each => each == '\n');
        if (reply.Status != 200 || exported != listed) report.Violated($"type {type.Id} lists {listed} records and exports {exported}: {reply.Status}");
    }

    private static long IdOf(JsonElement row) => row.GetProperty("id").GetInt64();

    private static string NameOf(JsonElement row) => row.GetProperty("name").GetString()!;

    private static string FirstName(JsonElement row) => NameOf(row).Split(' ')[0];
}
