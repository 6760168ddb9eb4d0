using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Casefile.Testing;

namespace Casefile.Core.Tests.Storage;

/// <summary>What only shows on one machine's disk: who owns the folder, what is there after reopening, who waits for whom.</summary>
public sealed class EmbeddedStorageTests : IDisposable
{
    private const string Partition = "p";

    private readonly EmbeddedFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Rows_blobs_and_etags_are_there_after_reopening()
    {
        string etag;
        using (var storage = EmbeddedFolder.OpenAt(folder.Path))
        {
            etag = (await storage.Table(TableNames.Records).TransactAsync(Partition, [RowAction.Insert(NewRow("a", 1))], default)).ETags[0];
            await storage.Blobs.WriteAsync("a/b", new MemoryStream([1, 2]), null, default);
        }

        var reopened = folder.Open();
        var table = reopened.Table(TableNames.Records);
        Assert.Equal((1L, etag), (await table.GetAsync(Partition, "a", default)) is { } row ? (row.Integer("n"), row.ETag) : default);
        Assert.Equal(TransactionStatus.Committed, (await table.TransactAsync(Partition, [RowAction.Replace(NewRow("a", 2), etag)], default)).Status);
        await using var blob = await reopened.Blobs.OpenReadAsync("a/b", default);
        Assert.Equal(2, blob!.Length);
    }

    [Fact]
    public async Task An_etag_is_never_given_twice_not_even_after_reopening()
    {
        HashSet<string> etags = [];
        for (var opening = 0; opening < 3; opening++)
        {
            using var storage = EmbeddedFolder.OpenAt(folder.Path);
            for (var i = 0; i < 5; i++)
                Assert.True(etags.Add((await storage.Table(TableNames.Due).TransactAsync(Partition, [RowAction.Put(NewRow("a", i))], default)).ETags[0]));
        }
    }

    [Fact]
    public void A_folder_that_is_in_use_is_refused_with_its_name_and_owner()
    {
        folder.Open();

        var refused = Assert.Throws<FolderInUseException>(() => folder.Open());

        Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_something_else_is_left_alone()
    {
        using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder.Path, "tables.db")};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (n INTEGER)";
            command.ExecuteNonQuery();
        }

        Assert.Throws<InvalidDataException>(() => folder.Open());
    }

    [Fact]
    public async Task Tables_do_not_share_rows()
    {
        var storage = folder.Open();

        foreach (var name in TableNames.All)
            Assert.Equal(TransactionStatus.Committed, (await storage.Table(name).TransactAsync(Partition, [RowAction.Insert(NewRow("a", 1))], default)).Status);
    }

    [Fact]
    public async Task A_storage_that_is_closed_answers_that_it_is_unavailable()
    {
        var storage = folder.Open();
        var table = storage.Table(TableNames.Records);
        storage.Dispose();

        Assert.Equal(TransactionStatus.Unknown, (await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a", 1))], default)).Status);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => table.GetAsync(Partition, "a", default));
    }

    [Fact]
    public async Task Refused_transactions_hinder_none_that_share_their_commit()
    {
        var table = folder.Open().Table(TableNames.Records);
        await table.TransactAsync(Partition, [RowAction.Insert(NewRow("there", 1))], default);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => table.TransactAsync(
            Partition,
            [RowAction.Insert(NewRow($"rec-{i:D3}", i)), i % 2 == 0 ? RowAction.Insert(NewRow($"even-{i:D3}", i)) : RowAction.Insert(NewRow("there", i))],
            default)));

        Assert.All(outcomes.Index(), entry => Assert.Equal(
            entry.Index % 2 == 0 ? (TransactionStatus.Committed, null) : (TransactionStatus.AlreadyExists, (int?)1),
            (entry.Item.Status, entry.Item.FailedAction)));
        var rows = (await table.ReadAsync(RowRange.Prefix(Partition, "rec-"), default)).Rows;
        Assert.Equal(Enumerable.Range(0, 100).Select(i => 2L * i), rows.Select(row => row.Integer("n")!.Value));
    }

    [Fact]
    public async Task Counters_that_many_callers_raise_lose_no_step()
    {
        const int callers = 16, steps = 25, partitions = 4;
        var table = folder.Open().Table(TableNames.Records);

        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var done = 0; done < steps;)
            {
                var partition = $"p{caller % partitions}";
                var head = await table.GetAsync(partition, "head", default);
                var next = new Row(partition, "head", new Dictionary<string, object> { ["n"] = (head?.Integer("n") ?? 0) + 1 });
                var outcome = await table.TransactAsync(partition, [head is null ? RowAction.Insert(next) : RowAction.Replace(next, head.ETag)], default);
                if (outcome.Status == TransactionStatus.Committed) done++;
            }
        })));

        for (var i = 0; i < partitions; i++)
            Assert.Equal(callers / partitions * steps, (await table.GetAsync($"p{i}", "head", default))!.Integer("n"));
    }

    [Fact]
    public async Task A_page_never_shows_half_a_transaction()
    {
        var table = folder.Open().Table(TableNames.Records);
        Row[] RowsOf(long n) => [.. Enumerable.Range(0, 20).Select(i => NewRow($"rec-{i:D2}", n))];
        await table.TransactAsync(Partition, [.. RowsOf(0).Select(RowAction.Put)], default);

        var writing = Task.Run(async () =>
        {
            for (var n = 1L; n <= 100; n++) await table.TransactAsync(Partition, [.. RowsOf(n).Select(RowAction.Put)], default);
        });
        var newest = 0L;
        do
        {
            var seen = (await table.ReadAsync(RowRange.Prefix(Partition, "rec-"), default)).Rows.Select(row => row.Integer("n")!.Value).Distinct();
            var n = Assert.Single(seen);
            Assert.True(n >= newest);
            newest = n;
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [Fact]
    public async Task A_page_of_large_rows_ends_early_and_goes_on()
    {
        var table = folder.Open().Table(TableNames.Records);
        var large = new string('x', 30_000);
        for (var i = 0; i < 12; i++)
        {
            var row = new Row(Partition, $"rec-{i:D2}", Enumerable.Range(0, 16).ToDictionary(n => $"f{n}", object (_) => large));
            Assert.Equal(TransactionStatus.Committed, (await table.TransactAsync(Partition, [RowAction.Insert(row)], default)).Status);
        }

        var range = RowRange.Prefix(Partition, "rec-");
        var first = await table.ReadAsync(range, default);
        var rest = await table.ReadAsync(range with { Continuation = first.Continuation }, default);

        Assert.InRange(first.Rows.Count, 1, 11);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"rec-{i:D2}"), first.Rows.Concat(rest.Rows).Select(row => row.RowKey));
        Assert.Null(rest.Continuation);
    }

    [Fact]
    public async Task Keys_beyond_the_basic_plane_sort_by_utf16_unit_as_the_service_has_it()
    {
        var table = folder.Open().Table(TableNames.Records);
        string[] keys = ["a", "\uD7FF", "🙂", "\uE000", "\uFFFD", "\U0010FFFF", "é"];
        await table.TransactAsync(Partition, [.. keys.Select(key => RowAction.Insert(NewRow(key, 1)))], default);

        var rows = (await table.ReadAsync(new RowRange(Partition, "", "\uFFFF"), default)).Rows;

        Assert.Equal(keys.Order(StringComparer.Ordinal), rows.Select(row => row.RowKey));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("../../outside")]
    [InlineData("/outside")]
    [InlineData("a/../../outside")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a\\..\\b")]
    [InlineData("%2e%2e/a")]
    [InlineData("NUL")]
    [InlineData("nul")]
    [InlineData("Grüße 漢字\n\u0001")]
    public async Task No_name_of_a_blob_leaves_the_folder_and_each_is_listed_as_it_was_given(string name)
    {
        var storage = folder.Open();
        var before = Outside();

        await storage.Blobs.WriteAsync(name, new MemoryStream([7]), null, default);

        Assert.Equal([name], await NamesAsync(storage.Blobs, ""));
        await using (var blob = await storage.Blobs.OpenReadAsync(name, default)) Assert.Equal(7, blob!.ReadByte());
        Assert.Equal(before, Outside());
        await storage.Blobs.DeleteAsync(name, default);
        Assert.Empty(await NamesAsync(storage.Blobs, ""));

        string[] Outside() => [.. Directory.EnumerateFileSystemEntries(folder.Path).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Names_that_differ_in_case_or_are_a_folder_of_another_are_blobs_of_their_own()
    {
        var blobs = folder.Open().Blobs;
        string[] names = ["A", "a", "a-b", "a/b", "a/b/c", "a0", "b"];
        foreach (var name in names) await blobs.WriteAsync(name, new MemoryStream([1]), null, default);

        Assert.Equal(names.Order(StringComparer.Ordinal), await NamesAsync(blobs, ""));
        Assert.Equal(["a/b", "a/b/c"], await NamesAsync(blobs, "a/"));
        Assert.Equal(["a", "a-b", "a/b", "a/b/c", "a0"], await NamesAsync(blobs, "a"));
    }

    [Fact]
    public async Task A_write_that_is_broken_off_leaves_no_blob_and_no_file()
    {
        var blobs = folder.Open().Blobs;

        await Assert.ThrowsAsync<StorageUnavailableException>(() => blobs.WriteAsync("a", new Breaking(), null, default));

        Assert.Null(await blobs.OpenReadAsync("a", default));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "uploads")));
    }

    [Fact]
    public async Task What_a_crash_left_of_an_upload_is_removed()
    {
        EmbeddedFolder.OpenAt(folder.Path).Dispose();
        var left = Path.Combine(folder.Path, "uploads", "left");
        await File.WriteAllTextAsync(left, "half");

        folder.Open();

        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task Every_call_is_counted_under_what_it_is_for()
    {
        var counter = new StorageCounter();
        var storage = folder.Open(counter);
        var table = storage.Table(TableNames.Records);

        await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a", 1)), RowAction.Insert(NewRow("b", 1))], default);
        await table.GetAsync(Partition, "a", default);
        await table.GetAsync(Partition, "none", default);
        await table.ReadAsync(new RowRange(Partition, "a", "z"), default);
        await storage.Blobs.WriteAsync("a/b", new MemoryStream([1]), null, default);
        await (await storage.Blobs.OpenReadAsync("a/b", default))!.DisposeAsync();
        foreach (var name in await NamesAsync(storage.Blobs, "a/")) await storage.Blobs.DeleteAsync(name, default);

        Assert.Equal("Transaction 1, PointRead 2, RangeRead 1, BlobWrite 1, BlobRead 1, BlobDelete 1, BlobList 1", counter.ToString());
    }

    private static async Task<List<string>> NamesAsync(IBlobStore blobs, string prefix)
    {
        List<string> names = [];
        await foreach (var name in blobs.ListAsync(prefix, default)) names.Add(name);
        return names;
    }

    private static Row NewRow(string key, long n) => new(Partition, key, new Dictionary<string, object> { ["n"] = n });

    private sealed class Breaking : MemoryStream
    {
        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => throw new IOException("broken off");
    }
}
