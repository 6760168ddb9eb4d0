using System.Diagnostics;

namespace Casefile.Faults;

/// <summary>A run: clients create, change and delete, while processes, storage and connections fail; then all is held against what the clients were told.</summary>
public static class FaultRun
{
    /// <summary>Records of a type at most: what Azurite does in a partition grows with its rows.</summary>
    private const int MostOfAType = 2_000;

    private const int RepeatsOneIn = 20;

    /// <summary>Runs it.</summary>
    public static async Task<FaultReport> RunAsync(FaultOptions options)
    {
        var report = new FaultReport(options);
        await using var rig = await Rig.StartAsync(options);
        RecordsApi[] services = [.. rig.Addresses.Select(address => new RecordsApi(address))];

        var growing = new List<FaultType>();
        while (growing.Count * MostOfAType < options.Creates) growing.Add(await services[0].MakeTypeAsync($"Growing {growing.Count}", WhenFull.Grows, 0));
        var evicting = await services[0].MakeTypeAsync("Evicting", WhenFull.Evicts, options.EvictLimit);
        var rejecting = await services[0].MakeTypeAsync("Rejecting", WhenFull.Rejects, options.RejectLimit);

        var started = Stopwatch.GetTimestamp();
        using var clients = new Clients(options, services, growing, evicting, rejecting, report);
        var work = clients.RunAsync();
        var watch = new LimitWatch(services, [(evicting, options.EvictLimit), (rejecting, options.RejectLimit)], report).RunAsync(work);
        await new Conductor(options, rig, clients, report).RunAsync(work);
        await watch;
        report.Took = Stopwatch.GetElapsedTime(started);

        var audit = new Audit(clients.Wanted, report);
        foreach (var service in services) await audit.ComesBackAsync(service, evicting);
        foreach (var service in services)
        {
            foreach (var type in growing) await audit.TypeAsync(service, type, 0);
            await audit.TypeAsync(service, evicting, options.EvictLimit);
            await audit.TypeAsync(service, rejecting, options.RejectLimit);
        }

        await audit.RepeatAsync(services[0], RepeatsOneIn);
        if (clients.Wanted.Where(each => each.Id is not null).GroupBy(each => each.Id).FirstOrDefault(same => same.Count() > 1) is { } twice) report.Violated($"the id {twice.Key} was given twice");
        foreach (var service in services) service.Dispose();
        return report;
    }
}
