using System.Diagnostics;
using System.Globalization;
using Casefile.Core.Storage;

namespace Casefile.Core.Tests.Storage;

/// <summary>What is acknowledged is there after the process was killed: SIGKILL, at moments that nobody chose.</summary>
public sealed class EmbeddedCrashTests
{
    private const int Crashes = 4;
    private const int AcknowledgedBeforeCrash = 400;

    [Fact]
    public async Task Every_acknowledged_transaction_and_blob_survives_kills_and_no_half_of_one_does()
    {
        using var folder = new EmbeddedFolder();
        var versions = new Dictionary<string, long>();
        var blobs = new List<string>();

        for (var crash = 0; crash < Crashes; crash++)
        {
            foreach (var line in await WriteUntilKilledAsync(folder.Path, AcknowledgedBeforeCrash + (37 * crash)))
            {
                if (line.Split(' ') is not [var subject, var what]) continue;
                if (subject == "blob") blobs.Add(what);
                else versions[subject] = long.Parse(what, CultureInfo.InvariantCulture);
            }

            using var storage = EmbeddedFolder.OpenAt(folder.Path);
            foreach (var partition in Enumerable.Range(0, StorageVictim.Writers).Select(StorageVictim.Partition))
                await AssertWholeAsync(storage.Table(TableNames.Records), partition, versions.GetValueOrDefault(partition));
            foreach (var name in blobs) Assert.True((await ReadAsync(storage.Blobs, name)).SequenceEqual(StorageVictim.Blob(name)));
            await foreach (var name in storage.Blobs.ListAsync("", default)) Assert.Equal(StorageVictim.BlobBytes, (await ReadAsync(storage.Blobs, name)).Length);
        }

        Assert.NotEmpty(blobs);
        Assert.Equal(StorageVictim.Writers, versions.Count);
    }

    private static async Task AssertWholeAsync(ITable table, string partition, long acknowledged)
    {
        var version = (await table.GetAsync(partition, "head", default))?.Integer("version") ?? 0;
        // One more may have been committed than was told of.
        Assert.InRange(version, acknowledged, acknowledged + 1);

        List<string> keys = [];
        var range = RowRange.Prefix(partition, "rec-");
        do
        {
            var page = await table.ReadAsync(range, default);
            keys.AddRange(page.Rows.Select(row => row.RowKey));
            range = range with { Continuation = page.Continuation };
        }
        while (range.Continuation is not null);
        var expected =
            from number in Enumerable.Range(1, (int)version)
            from row in Enumerable.Range(0, StorageVictim.RowsPerTransaction)
            select StorageVictim.RowKey(number, row);
        Assert.Equal(expected, keys);
    }

    private static async Task<List<string>> WriteUntilKilledAsync(string folder, int lines)
    {
        using var victim = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            ["exec", typeof(StorageVictim).Assembly.Location, "write", folder])
        {
            RedirectStandardOutput = true,
        })!;
        List<string> acknowledged = [];
        try
        {
            while (acknowledged.Count < lines && await victim.StandardOutput.ReadLineAsync() is { } line) acknowledged.Add(line);
            Assert.Equal(lines, acknowledged.Count);
        }
        finally
        {
            victim.Kill();
        }

        // What it had said before it died; the last line may be cut off.
        var rest = await victim.StandardOutput.ReadToEndAsync();
        await victim.WaitForExitAsync();
        acknowledged.AddRange(rest.Split('\n').SkipLast(1));
        return acknowledged;
    }

    private static async Task<byte[]> ReadAsync(IBlobStore blobs, string name)
    {
        await using var stream = await blobs.OpenReadAsync(name, default);
        Assert.NotNull(stream);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }
}
