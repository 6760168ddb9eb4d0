using System.Globalization;
using Casefile.Core.Storage;

namespace Casefile.Core.Tests.Storage;

/// <summary>
/// A process that writes to an embedded storage until it is killed, and says on its output what storage has acknowledged:
/// <c>partition version</c> of transactions, <c>blob name</c> of blobs. And what must then be found.
/// </summary>
internal static class StorageVictim
{
    public const int Writers = 8;
    public const int RowsPerTransaction = 10;
    public const int BlobBytes = 50_000;

    public static string Partition(int writer) => $"p{writer}";

    public static string RowKey(long version, int row) => $"rec-{version:D10}-{row}";

    public static byte[] Blob(string name)
    {
        var content = new byte[BlobBytes];
        new Random(name.Length + name[^1]).NextBytes(content);
        return content;
    }

    public static async Task<int> WriteAsync(string folder)
    {
        using var storage = EmbeddedFolder.OpenAt(folder);
        var table = storage.Table(TableNames.Records);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => CommitAsync(writer)))
            .Append(Task.Run(WriteBlobsAsync)));
        return 0;

        async Task CommitAsync(int writer)
        {
            var partition = Partition(writer);
            var head = await table.GetAsync(partition, "head", default);
            var (version, etag) = (head?.Integer("version") ?? 0, head?.ETag);
            while (true)
            {
                version++;
                var row = new Row(partition, "head", new Dictionary<string, object> { ["version"] = version });
                var outcome = await table.TransactAsync(
                    partition,
                    [
                        etag is null ? RowAction.Insert(row) : RowAction.Replace(row, etag),
                        .. Enumerable.Range(0, RowsPerTransaction).Select(i => RowAction.Insert(Data(partition, version, i))),
                    ],
                    default);
                if (outcome.Status != TransactionStatus.Committed) throw new InvalidOperationException($"{outcome.Status}: {outcome.Reason}");
                etag = outcome.ETags[0];
                Acknowledge(string.Create(CultureInfo.InvariantCulture, $"{partition} {version}"));
            }
        }

        async Task WriteBlobsAsync()
        {
            var run = Guid.NewGuid().ToString("n");
            for (var i = 0; ; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"artifacts/{run}/{i}");
                await storage.Blobs.WriteAsync(name, new MemoryStream(Blob(name)), null, default);
                Acknowledge($"blob {name}");
            }
        }
    }

    private static Row Data(string partition, long version, int row)
        => new(partition, RowKey(version, row), new Dictionary<string, object> { ["version"] = version, ["text"] = new string('x', 200) });

    private static void Acknowledge(string what)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(what);
            Console.Out.Flush();
        }
    }
}
