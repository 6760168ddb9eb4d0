using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Casefile.Bench;
using Casefile.Testing;

namespace Casefile.SideBySide;

/// <summary>Starts the contenders one after another, and measures each.</summary>
internal sealed class Comparison(SideBySideOptions options, string folder, CancellationToken stopped)
{
    public const string Casefile = "Casefile";
    public const string CasefileOverAzurite = "Casefile over Azurite";
    public const int ManyClients = 64;

    private const int BesideAWriter = 100_000;
    private const int Interrupted = 130;

    private readonly List<Figure> figures = [];

    public static async Task<int> RunAsync(SideBySideOptions options)
    {
        // Others than its owner come in, because PostgreSQL runs as a user of its own.
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"casefile-side-by-side-{Environment.ProcessId}")).FullName;
        var started = Stopwatch.GetTimestamp();
        var load = Machine.Load;
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var comparison = new Comparison(options, folder, stop.Token);
            if (options.Systems.Contains(SideBySideOptions.Embedded)) await comparison.RunEmbeddedAsync();
            if (options.Systems.Contains(SideBySideOptions.Azurite)) await comparison.RunAzuriteAsync();
            if (options.Systems.Contains(SideBySideOptions.Directus) || options.Systems.Contains(SideBySideOptions.Bare)) await comparison.RunPostgresAsync();
            var report = new Report(comparison.figures, About(options, load, Stopwatch.GetElapsedTime(started)));
            Console.WriteLine(report.Markdown);
            if (options.Write) report.Write(Path.Combine(Repository.Root, "docs"));
            return comparison.figures.Exists(figure => figure.Fault is not null) ? 1 : 0;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return Interrupted;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        // What was started is stopped in order, and the folder goes, also when the run is cut short.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static string About(SideBySideOptions options, double loadBefore, TimeSpan elapsed)
    {
        var about = string.Create(
            CultureInfo.InvariantCulture,
            $"{Machine.Description}; load average {loadBefore:N1} before, {Machine.Load:N1} after; {options.Clients} clients, {options.Time.TotalSeconds:0.#} s a figure, {elapsed.TotalMinutes:N0} minutes in all.");
        return loadBefore < Environment.ProcessorCount
            ? about
            : $"""
                {about}

                **The machine had other work than this**, which takes most from a server that runs on one thread, as Directus does: compare the processor time of an answer, in the last table, rather than requests a
                second, and run it again on a machine that is idle.
                """;
    }

    private async Task RunEmbeddedAsync()
    {
        var storage = Service.Embedded(Path.Combine(folder, "embedded"));
        var measuring = new Measuring(options, figures, stopped);
        await using (var contender = await CasefileContender.StartAsync(
            Casefile, [.. storage, "--Replicas:IndexAfter", int.MaxValue.ToString(CultureInfo.InvariantCulture)], options.Sizes, processorTimeIsAll: true))
        {
            await contender.SettleAsync();
            Measuring.Check(contender, options.Sizes);
            await measuring.WarmAsync(contender, options.Sizes[0]);
            await TakeListsAsync(measuring, contender, indexed: false, options.Sizes);
        }

        await using (var contender = await CasefileContender.StartAsync(Casefile, storage, options.Sizes, processorTimeIsAll: true))
        {
            await contender.SettleAsync();
            Measuring.Check(contender, options.Sizes);
            await measuring.WarmAsync(contender, options.Sizes[0]);
            await TakeListsAsync(measuring, contender, indexed: true, options.Sizes);
            await TakeTheRestAsync(measuring, contender, options.Sizes, ManyClients);
            if (options.Sizes.Contains(BesideAWriter)) await measuring.TakeBesideAWriterAsync(contender, BesideAWriter);
        }

        if (options.Systems.Contains(SideBySideOptions.Storage))
            await new BareStorage(options.Time, figures).TakeEmbeddedAsync(Path.Combine(folder, "bare"), Casefile);
    }

    private async Task RunAzuriteAsync()
    {
        var sizes = options.Sizes.Where(size => size <= SideBySideOptions.LargestOverAzurite).ToArray();
        if (sizes.Length == 0) return;
        await using var azurite = await Azurite.StartAsync();
        var measuring = new Measuring(options, figures, stopped);
        await using (var contender = await CasefileContender.StartAsync(
            CasefileOverAzurite, ["--Storage:ConnectionString", azurite.ConnectionString], sizes, processorTimeIsAll: false))
        {
            await contender.SettleAsync();
            Measuring.Check(contender, sizes);
            await measuring.WarmAsync(contender, sizes[0]);
            await TakeListsAsync(measuring, contender, indexed: true, sizes);
            await TakeTheRestAsync(measuring, contender, sizes, ManyClients);
        }

        if (options.Systems.Contains(SideBySideOptions.Storage))
            await new BareStorage(options.Time, figures).TakeAzuriteAsync(azurite.ConnectionString, CasefileOverAzurite);
    }

    /// <summary>Both over the same tables: first without the indexes, then with them; what writes comes last.</summary>
    private async Task RunPostgresAsync()
    {
        await using var postgres = await PostgresServer.StartAsync(folder, options.PostgresBinaries);
        var tables = new PostgresTables(postgres.ConnectionString, options.Sizes);
        await tables.MakeAsync();
        await using var directus = options.Systems.Contains(SideBySideOptions.Directus) ? await DirectusContender.StartAsync(options.Peers, postgres, options.Sizes) : null;
        await using var bare = options.Systems.Contains(SideBySideOptions.Bare) ? await BareContender.StartAsync(postgres) : null;
        IContender[] contenders = [.. new IContender?[] { directus, bare }.OfType<IContender>()];

        var measuring = new Measuring(options, figures, stopped);
        foreach (var contender in contenders)
        {
            Measuring.Check(contender, options.Sizes);
            await measuring.WarmAsync(contender, options.Sizes[0]);
            await TakeListsAsync(measuring, contender, indexed: false, options.Sizes);
        }

        await tables.IndexAsync();
        foreach (var contender in contenders) await TakeListsAsync(measuring, contender, indexed: true, options.Sizes);
        foreach (var contender in contenders)
        {
            await TakeTheRestAsync(measuring, contender, options.Sizes, manyClients: null);
            if (options.Sizes.Contains(BesideAWriter)) await measuring.TakeBesideAWriterAsync(contender, BesideAWriter);
        }

        if (directus is null) return;
        await directus.KeepActivityAsync(0, null);
        await measuring.TakeAsync(directus, true, Operation.Create with { Name = Operation.Create.Name + ", Directus without its activity log" }, 0);
    }

    private static async Task TakeListsAsync(Measuring measuring, IContender contender, bool indexed, IEnumerable<int> sizes)
    {
        foreach (var size in sizes)
            foreach (var operation in (Operation[])[Operation.List, Operation.SameList, Operation.DeepPage])
                await measuring.TakeAsync(contender, indexed, operation, size);
    }

    private static async Task TakeTheRestAsync(Measuring measuring, IContender contender, IEnumerable<int> sizes, int? manyClients)
    {
        foreach (var size in sizes) await measuring.TakeAsync(contender, true, Operation.Get, size);
        await measuring.TakeAsync(contender, true, Operation.Create, 0);
        if (manyClients is { } many) await measuring.TakeAsync(contender, true, Operation.Create, 0, many);
        await measuring.TakeAsync(contender, true, Operation.CreateMany, 0);
    }
}
