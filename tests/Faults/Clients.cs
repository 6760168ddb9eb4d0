using System.Collections.Concurrent;
using System.Globalization;

namespace Casefile.Faults;

/// <summary>
/// Clients that create, change and delete records. Most are careful: they name an idempotency key, and where they are told to come back or are told nothing, they ask again until they know.
/// One in five creates has no key and is asked for once.
/// </summary>
internal sealed class Clients(FaultOptions options, IReadOnlyList<RecordsApi> services, IReadOnlyList<FaultType> growing, FaultType evicting, FaultType rejecting, FaultReport report) : IDisposable
{
    private const int MostAttempts = 1_000;

    private readonly SemaphoreSlim allowed = new(0);
    private int begun;
    private int answered;

    /// <summary>What was asked for.</summary>
    public ConcurrentQueue<Wanted> Wanted { get; } = new();

    /// <summary>How many creates have ended, one way or another.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <inheritdoc/>
    public void Dispose() => allowed.Dispose();

    /// <summary>Lets so many more creates begin, so that the work does not end before all that is to fail has failed.</summary>
    public void Allow(int creates) => allowed.Release(creates);

    /// <summary>Works until all is created.</summary>
    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, options.Clients).Select(client => Task.Run(() => WorkAsync(client))));

    private async Task WorkAsync(int client)
    {
        var random = new Random((options.Seed * 1_000) + client);
        var service = services[client % services.Count];
        while (Interlocked.Increment(ref begun) <= options.Creates)
        {
            await allowed.WaitAsync();
            var name = string.Create(CultureInfo.InvariantCulture, $"{client}-{Wanted.Count}-{random.Next(1_000_000)}");
            var wanted = new Wanted(TypeOf(random), name, random.Next(5) == 0 ? null : name);
            Wanted.Enqueue(wanted);
            var etag = await CreateAsync(service, wanted, random);
            Interlocked.Increment(ref answered);
            if (etag is null || wanted.Type.WhenFull != WhenFull.Grows) continue;
            if (random.Next(4) == 0) await RenameAsync(service, wanted, etag, random);
            if (random.Next(10) == 0) await DeleteAsync(service, wanted, random);
        }
    }

    private FaultType TypeOf(Random random) => random.Next(12) switch
    {
        0 => evicting,
        1 => rejecting,
        _ => growing[random.Next(growing.Count)],
    };

    /// <returns>The record's ETag; null where there is none, or none that is known of.</returns>
    private async Task<string?> CreateAsync(RecordsApi service, Wanted wanted, Random random)
    {
        var reply = await service.CreateAsync(wanted);
        if (wanted.Key is not null)
        {
            for (var attempt = 0; reply.IsPassing && attempt < MostAttempts; attempt++)
            {
                await BeforeNextAsync(random);
                reply = await service.CreateAsync(wanted);
            }
        }

        switch (reply.Status)
        {
            case 201:
                report.Count("acknowledged");
                wanted.Id = reply.Json.GetProperty("id").GetInt64();
                return reply.ETag;
            case 422 when wanted.Type.WhenFull == WhenFull.Rejects:
                report.Count("limited");
                wanted.WasRefused = true;
                return null;
            case 503 when wanted.Key is null:
                report.Count(reply.WroteNothing ? "unavailable" : "unknown");
                wanted.WasRefused = reply.WroteNothing;
                return null;
            case 0 when wanted.Key is null:
                report.Count("unknown");
                return null;
            default:
                report.Violated($"the create of {wanted.Name} was answered {reply}");
                wanted.WasRefused = !reply.IsPassing;
                return null;
        }
    }

    /// <summary>Changes the name under the record's ETag. Nobody else does, so where it fails it was this client's own, of which it got no answer.</summary>
    private async Task RenameAsync(RecordsApi service, Wanted wanted, string etag, Random random)
    {
        var name = wanted.Name + " renamed";
        var reply = await service.RenameAsync(wanted, name, etag);
        var isRepeated = false;
        for (var attempt = 0; reply.IsPassing && attempt < MostAttempts; attempt++)
        {
            isRepeated = true;
            await BeforeNextAsync(random);
            reply = await service.RenameAsync(wanted, name, etag);
        }

        if (reply.Status == 200 || (reply.Status == 412 && isRepeated))
        {
            report.Count("changed");
            wanted.Current = name;
            return;
        }

        report.Violated($"the change of {wanted.Name} ({wanted.Id}) under its ETag was answered {reply}");
    }

    private async Task DeleteAsync(RecordsApi service, Wanted wanted, Random random)
    {
        var reply = await service.DeleteAsync(wanted);
        var isRepeated = false;
        for (var attempt = 0; reply.IsPassing && attempt < MostAttempts; attempt++)
        {
            isRepeated = true;
            await BeforeNextAsync(random);
            reply = await service.DeleteAsync(wanted);
        }

        if (reply.Status == 204 || (reply.Status == 404 && isRepeated))
        {
            report.Count("deleted");
            wanted.WasDeleted = true;
            return;
        }

        report.Violated($"the deletion of {wanted.Name} ({wanted.Id}) was answered {reply}");
    }

    /// <summary>Sooner than Retry-After asks for, so that the run meets more faults.</summary>
    private Task BeforeNextAsync(Random random)
    {
        report.Count("repeated");
        return Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 400)));
    }
}
