using Casefile.Core.Records;
using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Replicas;

public sealed class SnapshotFilesTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "casefile-snapshot-files", Guid.NewGuid().ToString("N"));
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_service_that_starts_again_over_files_lists_from_its_snapshot_and_the_log_since()
    {
        IReadOnlyDictionary<long, string?> expected;
        using (var storage = Open())
        {
            await using var before = new SnapshotProcess(storage, time);
            await before.CreateTypeAsync();
            await before.AddAsync(1, 2_000);
            await before.ListAsync();
            await before.RenameAsync(7, "renamed");
            await before.DeleteAsync(8);
            expected = await before.ListAsync();
        }

        using (var storage = Open())
        {
            // Behind the back of the commit log: who reads the rows will miss it.
            var gone = await storage.Table(TableNames.Records).TransactAsync(
                SnapshotProcess.Address.Key, [RowAction.Delete(SnapshotProcess.Address.Key, RecordRow.Key(1), RowAction.AnyETag)], default);
            Assert.Equal(TransactionStatus.Committed, gone.Status);

            await using var after = new SnapshotProcess(storage, time);
            Assert.Equal(expected, await after.ListAsync());
            Assert.Equal((1_999, "renamed"), (expected.Count, expected[7]));
            Assert.Empty(after.Warnings);
        }
    }

    private EmbeddedStorage Open()
        => EmbeddedStorage.Open(new StorageOptions { Embedded = folder }, time, NullLoggerFactory.Instance);
}
