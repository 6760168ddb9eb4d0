using Azure.Core;
using Azure.Core.Pipeline;
using Casefile.Core.Storage;
using Casefile.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Storage;

/// <summary>What only shows between the wrapper and a network: lost answers, counts, clocks, sizes on the wire.</summary>
public sealed class AzureStorageTests
{
    private const string Partition = "p";

    public static TheoryData<ProxyFault> AnswersLost => [ProxyFault.CutReply, ProxyFault.CutReplyHalfway];

    [Theory]
    [MemberData(nameof(AnswersLost))]
    public async Task A_transaction_whose_answer_is_lost_is_unknown_and_its_effect_is_there(ProxyFault fault)
    {
        await using var proxy = new FaultProxy((await Azurite.SharedAsync()).TablePort);
        var counter = new StorageCounter();
        var table = (await OverAsync(proxy, counter)).Table(TableNames.Records);

        counter.Reset();
        proxy.FailNextTransaction(fault);
        var outcome = await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a"))], default);

        Assert.Equal(TransactionStatus.Unknown, outcome.Status);
        Assert.Equal(1, counter[StorageRequestKind.Transaction]);
        Assert.NotNull(await table.GetAsync(Partition, "a", default));
    }

    [Fact]
    public async Task A_transaction_that_never_arrives_is_unknown_and_has_no_effect()
    {
        await using var proxy = new FaultProxy((await Azurite.SharedAsync()).TablePort);
        var table = (await OverAsync(proxy)).Table(TableNames.Records);

        proxy.FailNextTransaction(ProxyFault.CutRequest);
        var outcome = await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a"))], default);

        Assert.Equal(TransactionStatus.Unknown, outcome.Status);
        Assert.Null(await table.GetAsync(Partition, "a", default));
    }

    [Fact]
    public async Task A_transaction_that_gets_no_answer_in_time_is_unknown()
    {
        await using var proxy = new FaultProxy((await Azurite.SharedAsync()).TablePort);
        var table = (await OverAsync(proxy, timeout: TimeSpan.FromMilliseconds(300))).Table(TableNames.Records);

        proxy.FailNextTransaction(ProxyFault.SwallowReply);
        var outcome = await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a"))], default);

        Assert.Equal((TransactionStatus.Unknown, "timeout"), (outcome.Status, outcome.Reason));
        Assert.NotNull(await table.GetAsync(Partition, "a", default));
    }

    [Fact]
    public async Task A_transaction_may_take_effect_after_its_sender_gave_up()
    {
        await using var proxy = new FaultProxy((await Azurite.SharedAsync()).TablePort);
        var table = (await OverAsync(proxy, timeout: TimeSpan.FromMilliseconds(300))).Table(TableNames.Records);

        proxy.FailNextTransaction(ProxyFault.Hold);
        var outcome = await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a"))], default);
        var before = await table.GetAsync(Partition, "a", default);
        proxy.Release();

        Assert.Equal(TransactionStatus.Unknown, outcome.Status);
        Assert.Null(before);
        await EventuallyAsync(async () => await table.GetAsync(Partition, "a", default) is not null);
    }

    [Fact]
    public async Task A_transaction_towards_a_storage_that_is_down_is_unknown_and_a_read_says_unavailable()
    {
        var proxy = new FaultProxy((await Azurite.SharedAsync()).TablePort);
        var table = (await OverAsync(proxy)).Table(TableNames.Records);
        await proxy.DisposeAsync();

        Assert.Equal(TransactionStatus.Unknown, (await table.TransactAsync(Partition, [RowAction.Insert(NewRow("secret-key"))], default)).Status);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => table.GetAsync(Partition, "secret-key", default));
        Assert.DoesNotContain("secret-key", failure.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => table.ReadAsync(new RowRange(Partition, "a", "b"), default));
    }

    [Fact]
    public async Task A_read_whose_answer_is_lost_is_tried_again()
    {
        await using var proxy = new FaultProxy((await Azurite.SharedAsync()).TablePort);
        var table = (await OverAsync(proxy)).Table(TableNames.Records);
        await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a"))], default);

        var pending = 2;
        proxy.OnRequest = _ => Interlocked.Decrement(ref pending) >= 0 ? ProxyFault.CutReply : ProxyFault.None;

        Assert.NotNull(await table.GetAsync(Partition, "a", default));
    }

    [Fact]
    public async Task A_table_that_is_missing_is_no_missing_row()
    {
        var options = TestStorage.OptionsTo((await Azurite.SharedAsync()).ConnectionString);
        var table = AzureStorage.Create(options, TimeProvider.System, NullLoggerFactory.Instance).Table(TableNames.Records);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => table.GetAsync(Partition, "a", default));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => table.ReadAsync(new RowRange(Partition, "a", "b"), default));
        Assert.Equal(TransactionStatus.Unknown, (await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a"))], default)).Status);
    }

    [Fact]
    public async Task Many_processes_may_make_the_tables_at_once()
    {
        var options = TestStorage.OptionsTo((await Azurite.SharedAsync()).ConnectionString);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestStorage.OverAsync(options)));
    }

    [Fact]
    public async Task Every_request_is_counted_under_what_it_is_for()
    {
        var counter = new StorageCounter();
        var storage = await TestStorage.OverAzuriteAsync(counter);
        var table = storage.Table(TableNames.Records);
        counter.Reset();

        await table.TransactAsync(Partition, [RowAction.Insert(NewRow("a")), RowAction.Insert(NewRow("b"))], default);
        await table.GetAsync(Partition, "a", default);
        await table.GetAsync(Partition, "none", default);
        await table.ReadAsync(new RowRange(Partition, "a", "z"), default);
        await storage.Blobs.WriteAsync("a/b", new MemoryStream([1]), null, default);
        await (await storage.Blobs.OpenReadAsync("a/b", default))!.DisposeAsync();
        await foreach (var name in storage.Blobs.ListAsync("a/", default))
            await storage.Blobs.DeleteAsync(name, default);

        Assert.Equal("Transaction 1, PointRead 2, RangeRead 1, BlobWrite 1, BlobRead 1, BlobDelete 1, BlobList 1", counter.ToString());
    }

    [Fact]
    public async Task The_clock_of_this_machine_is_compared_with_the_services()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(5));
        var storage = await TestStorage.OverAzuriteAsync(time: time);

        Assert.NotNull(storage.ClockAhead);
        Assert.InRange(storage.ClockAhead.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_size_of_a_transaction_is_never_underestimated_and_not_by_much_over(int seed)
    {
        using var sent = new BodyLength();
        var options = TestStorage.OptionsTo((await Azurite.SharedAsync()).ConnectionString);
        await TestStorage.OverAsync(options);
        var table = AzureStorage.Create(options, TimeProvider.System, NullLoggerFactory.Instance, null, sent).Table(TableNames.Records);
        RowAction[] actions = [.. Enumerable.Range(0, 20).Select(i => RandomAction(new Random((seed * 100) + i), i))];

        Assert.Equal(TransactionStatus.Committed, (await table.TransactAsync(Partition, actions, default)).Status);

        var estimate = StorageSizes.TransactionFrame + actions.Sum(StorageSizes.ActionBytes);
        Assert.InRange(sent.Latest, estimate * 2 / 3, estimate);
    }

    private static RowAction RandomAction(Random random, int i)
    {
        const string alphabet = "abc XYZ 019 '\"<>&+`\\/\n\t\u0001äß漢\u007F";
        var bytes = new byte[random.Next(3_000)];
        random.NextBytes(bytes);
        Array.Fill(bytes, (byte)0xFB, 0, bytes.Length / 3);
        var row = new Row(Partition, $"rec-{i:D19}-it's 漢", new Dictionary<string, object>
        {
            ["text"] = string.Concat(Enumerable.Range(0, random.Next(3_000)).Select(_ => alphabet[random.Next(alphabet.Length)])),
            ["bytes"] = bytes,
            ["number"] = random.NextDouble() * double.MaxValue,
            ["integer"] = random.NextInt64(),
            ["flag"] = random.Next(2) == 0,
            ["at"] = DateTimeOffset.MaxValue,
        });
        return random.Next(2) == 0 ? RowAction.Insert(row) : RowAction.Put(row);
    }

    private static async Task<IStorage> OverAsync(FaultProxy proxy, StorageCounter? counter = null, TimeSpan? timeout = null)
    {
        var options = TestStorage.OptionsTo(Azurite.ConnectionStringTo((await Azurite.SharedAsync()).BlobPort, proxy.Port));
        options.TransactionTimeout = timeout ?? options.TransactionTimeout;
        options.ReadTimeout = TimeSpan.FromSeconds(3);
        return await TestStorage.OverAsync(options, counter);
    }

    // The held request reaches the storage on another connection than the reads that look for its effect, in its own time.
    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition())
            patience.Token.ThrowIfCancellationRequested();
    }

    private static Row NewRow(string key) => new(Partition, key, new Dictionary<string, object> { ["n"] = 1L });

    private sealed class BodyLength : HttpPipelineTransport, IDisposable
    {
        private readonly HttpClientTransport inner = new();

        public long Latest { get; private set; }

        public void Dispose() => inner.Dispose();

        public override Request CreateRequest() => inner.CreateRequest();

        public override void Process(HttpMessage message) => inner.Process(message);

        public override ValueTask ProcessAsync(HttpMessage message)
        {
            if (message.Request.Content?.TryComputeLength(out var length) == true)
                Latest = length;
            return inner.ProcessAsync(message);
        }
    }
}
