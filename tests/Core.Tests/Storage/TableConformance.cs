using Casefile.Core.Storage;

namespace Casefile.Core.Tests.Storage;

public sealed class SimulatedTableConformance(OverSimulation under) : TableConformance<OverSimulation>(under);

public sealed class EmbeddedTableConformance(OverFolder under) : TableConformance<OverFolder>(under);

public sealed class AzureTableConformance(OverAzure under) : TableConformance<OverAzure>(under);

/// <summary>What every table promises and refuses, whichever implementation is behind it.</summary>
public abstract class TableConformance<TStorage>(TStorage under) : IClassFixture<TStorage>
    where TStorage : class, IStorageUnderTest
{
    private readonly string partition = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_row_that_was_never_written_reads_as_null()
        => Assert.Null(await Table.GetAsync(partition, "none", default));

    [Theory]
    [MemberData(nameof(TableSamples.Values), MemberType = typeof(TableSamples))]
    public async Task Every_value_comes_back_as_it_went_in(object value)
    {
        await CommitAsync(RowAction.Insert(NewRow("a", ("f1", value))));

        var row = await Table.GetAsync(partition, "a", default);
        Assert.Equal(value, row!.Properties["f1"]);
        Assert.Equal(value.GetType(), row.Properties["f1"].GetType());
        Assert.Equal(["f1"], row.Properties.Keys);
        Assert.Equal(value, Assert.Single((await ReadAsync(new RowRange(partition, "", "b"))).Rows).Properties["f1"]);
    }

    [Fact]
    public async Task Dates_come_back_in_utc()
    {
        await CommitAsync(RowAction.Insert(NewRow("a", ("at", new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.FromHours(2))))));

        var at = (DateTimeOffset)(await Table.GetAsync(partition, "a", default))!.Properties["at"];
        Assert.Equal(TimeSpan.Zero, at.Offset);
    }

    [Theory]
    [MemberData(nameof(TableSamples.Keys), MemberType = typeof(TableSamples))]
    public async Task Every_key_that_is_allowed_finds_its_row(string key)
    {
        var etag = await CommitAsync(RowAction.Insert(NewRow(key, ("n", 1L))));
        Assert.Equal(key, (await Table.GetAsync(partition, key, default))?.RowKey);

        await CommitAsync(RowAction.Replace(NewRow(key, ("n", 2L)), etag[0]));
        Assert.Equal(2L, Assert.Single((await ReadAsync(new RowRange(partition, key, key + "\u00A0"))).Rows).Integer("n"));

        await CommitAsync(RowAction.Delete(partition, key, RowAction.AnyETag));
        Assert.Null(await Table.GetAsync(partition, key, default));
    }

    [Theory]
    [MemberData(nameof(TableSamples.KeysRefused), MemberType = typeof(TableSamples))]
    public async Task A_key_that_the_service_refuses_is_refused(string key)
    {
        var outcome = await TransactAsync(RowAction.Insert(NewRow("fine")), RowAction.Insert(NewRow(key)));

        Assert.Equal((TransactionStatus.Rejected, 1), (outcome.Status, outcome.FailedAction));
        Assert.Null(await Table.GetAsync(partition, "fine", default));
    }

    [Theory]
    [MemberData(nameof(TableSamples.KeysRefused), MemberType = typeof(TableSamples))]
    public async Task No_row_is_found_under_a_key_that_no_row_can_have(string key)
    {
        Assert.Null(await Table.GetAsync(partition, key, default));
        Assert.Null(await Table.GetAsync(key, "a", default));
    }

    [Theory]
    [MemberData(nameof(TableSamples.Keys), MemberType = typeof(TableSamples))]
    public async Task A_key_cannot_break_out_of_the_filter(string key)
    {
        await CommitAsync(RowAction.Insert(NewRow("other")));

        var page = await ReadAsync(new RowRange(partition + key, "' or RowKey ne '", "' or '' eq '"));
        Assert.Empty(page.Rows);
    }

    [Fact]
    public async Task Etags_of_a_commit_are_those_of_its_rows_in_order()
    {
        var etags = await CommitAsync(RowAction.Insert(NewRow("b")), RowAction.Put(NewRow("a")), RowAction.Insert(NewRow("c")));

        var table = Table;
        Assert.Equal(3, etags.Count);
        Assert.Equal(etags[0], (await table.GetAsync(partition, "b", default))!.ETag);
        Assert.Equal(etags[1], (await table.GetAsync(partition, "a", default))!.ETag);
        Assert.Equal(etags[2], (await ReadAsync(new RowRange(partition, "c", "d"))).Rows[0].ETag);
    }

    [Fact]
    public async Task The_etags_that_a_commit_gave_are_good_for_the_next_without_a_read()
    {
        var etags = await CommitAsync(RowAction.Insert(NewRow("a")), RowAction.Insert(NewRow("b")), RowAction.Insert(NewRow("c")));
        var next = await CommitAsync(RowAction.Replace(NewRow("a"), etags[0]), RowAction.Delete(partition, "b", etags[1]), RowAction.Put(NewRow("c")));

        Assert.Equal("", next[1]);
        Assert.Equal(TransactionStatus.Committed, (await TransactAsync(RowAction.Replace(NewRow("a"), next[0]), RowAction.Replace(NewRow("c"), next[2]))).Status);
    }

    [Fact]
    public async Task A_stale_etag_changes_nothing()
    {
        var stale = await CommitAsync(RowAction.Insert(NewRow("a", ("n", 1L))));
        await CommitAsync(RowAction.Replace(NewRow("a", ("n", 2L)), stale[0]));

        var replaced = await TransactAsync(RowAction.Insert(NewRow("b")), RowAction.Replace(NewRow("a", ("n", 3L)), stale[0]));
        var deleted = await TransactAsync(RowAction.Delete(partition, "a", stale[0]));

        Assert.Equal((TransactionStatus.PreconditionFailed, 1), (replaced.Status, replaced.FailedAction));
        Assert.Equal(TransactionStatus.PreconditionFailed, deleted.Status);
        Assert.Empty(replaced.ETags);
        Assert.Equal([("a", 2L)], (await ReadAsync(new RowRange(partition, "", "z"))).Rows.Select(row => (row.RowKey, row.Integer("n")!.Value)));
    }

    [Fact]
    public async Task A_row_written_again_with_the_same_content_has_another_etag()
    {
        var first = await CommitAsync(RowAction.Insert(NewRow("a")));
        var second = await CommitAsync(RowAction.Replace(NewRow("a"), first[0]));

        Assert.NotEqual(first[0], second[0]);
        Assert.Equal(TransactionStatus.PreconditionFailed, (await TransactAsync(RowAction.Replace(NewRow("a"), first[0]))).Status);
    }

    [Fact]
    public async Task The_etag_of_a_deleted_row_is_not_good_for_its_successor()
    {
        var first = await CommitAsync(RowAction.Insert(NewRow("a")));
        await CommitAsync(RowAction.Delete(partition, "a", first[0]));
        await CommitAsync(RowAction.Insert(NewRow("a")));

        Assert.Equal(TransactionStatus.PreconditionFailed, (await TransactAsync(RowAction.Delete(partition, "a", first[0]))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_etag_that_was_left_out_is_no_etag_for_everything(string? missing)
    {
        await CommitAsync(RowAction.Insert(NewRow("a", ("n", 1L))));

        Assert.Equal(TransactionStatus.Rejected, (await TransactAsync(RowAction.Replace(NewRow("a", ("n", 2L)), missing!))).Status);
        Assert.Equal(TransactionStatus.Rejected, (await TransactAsync(RowAction.Delete(partition, "a", missing!))).Status);
        Assert.Equal(1L, (await Table.GetAsync(partition, "a", default))!.Integer("n"));
    }

    [Fact]
    public async Task The_etag_that_the_row_carries_does_not_count()
    {
        var etag = await CommitAsync(RowAction.Insert(NewRow("a")));
        await CommitAsync(RowAction.Replace(NewRow("a"), etag[0]));

        var fresh = (await Table.GetAsync(partition, "a", default))!;
        Assert.Equal(TransactionStatus.PreconditionFailed, (await TransactAsync(RowAction.Replace(fresh, etag[0]))).Status);
    }

    [Fact]
    public async Task Any_etag_matches_a_row_that_is_there_and_none_that_is_not()
    {
        await CommitAsync(RowAction.Insert(NewRow("a", ("n", 1L))));

        await CommitAsync(RowAction.Replace(NewRow("a", ("n", 2L)), RowAction.AnyETag));
        Assert.Equal(TransactionStatus.NotFound, (await TransactAsync(RowAction.Replace(NewRow("b"), RowAction.AnyETag))).Status);
        await CommitAsync(RowAction.Delete(partition, "a", RowAction.AnyETag));
        Assert.Equal(TransactionStatus.NotFound, (await TransactAsync(RowAction.Delete(partition, "a", RowAction.AnyETag))).Status);
    }

    [Fact]
    public async Task An_insert_of_a_row_that_is_there_changes_nothing_and_is_named()
    {
        await CommitAsync(RowAction.Insert(NewRow("b", ("n", 1L))));

        var outcome = await TransactAsync(RowAction.Put(NewRow("a")), RowAction.Insert(NewRow("b", ("n", 2L))), RowAction.Insert(NewRow("c")));

        Assert.Equal((TransactionStatus.AlreadyExists, 1), (outcome.Status, outcome.FailedAction));
        Assert.Equal([("b", 1L)], (await ReadAsync(new RowRange(partition, "", "z"))).Rows.Select(row => (row.RowKey, row.Integer("n")!.Value)));
    }

    [Fact]
    public async Task A_row_that_is_not_there_is_neither_replaced_nor_deleted()
    {
        var etags = await CommitAsync(RowAction.Insert(NewRow("a")));

        Assert.Equal(TransactionStatus.NotFound, (await TransactAsync(RowAction.Replace(NewRow("b"), etags[0]))).Status);
        Assert.Equal(TransactionStatus.NotFound, (await TransactAsync(RowAction.Put(NewRow("c")), RowAction.Delete(partition, "b", etags[0]))).Status);
        Assert.Null(await Table.GetAsync(partition, "c", default));
    }

    [Fact]
    public async Task Replacing_and_putting_never_merge()
    {
        var etags = await CommitAsync(RowAction.Insert(NewRow("a", ("x", 1L), ("y", 1L))), RowAction.Insert(NewRow("b", ("x", 1L), ("y", 1L))));

        await CommitAsync(RowAction.Replace(NewRow("a", ("y", 2L)), etags[0]), RowAction.Put(NewRow("b", ("y", 2L))));

        var rows = (await ReadAsync(new RowRange(partition, "a", "c"))).Rows;
        Assert.All(rows, row => Assert.Equal(["y"], row.Properties.Keys));
    }

    [Fact]
    public async Task A_transaction_takes_a_hundred_actions_and_no_more()
    {
        RowAction[] actions = [.. Enumerable.Range(0, 101).Select(i => RowAction.Insert(NewRow($"rec-{i:D3}")))];

        Assert.Equal(TransactionStatus.Rejected, (await TransactAsync(actions)).Status);
        Assert.Empty((await ReadAsync(RowRange.Prefix(partition, "rec-"))).Rows);
        Assert.Equal(100, (await CommitAsync(actions[..100])).Count);
        Assert.Equal(TransactionStatus.Rejected, (await TransactAsync()).Status);
    }

    [Fact]
    public async Task A_row_is_in_a_transaction_once()
    {
        var outcome = await TransactAsync(RowAction.Insert(NewRow("a")), RowAction.Put(NewRow("b")), RowAction.Put(NewRow("a")));

        Assert.Equal((TransactionStatus.Rejected, 2), (outcome.Status, outcome.FailedAction));
        Assert.Null(await Table.GetAsync(partition, "a", default));
    }

    [Fact]
    public async Task A_transaction_is_in_one_partition()
    {
        var outcome = await TransactAsync(RowAction.Insert(NewRow("a")), RowAction.Insert(NewRow("b") with { PartitionKey = "other" }));

        Assert.Equal((TransactionStatus.Rejected, 1), (outcome.Status, outcome.FailedAction));
    }

    [Fact]
    public async Task A_row_takes_252_properties_and_no_more()
    {
        Row With(int count) => NewRow("a", [.. Enumerable.Range(0, count).Select(i => ($"f{i}", (object)(long)i))]);

        Assert.Equal(TransactionStatus.Rejected, (await TransactAsync(RowAction.Put(With(253)))).Status);
        await CommitAsync(RowAction.Put(With(252)));
        Assert.Equal(252, (await Table.GetAsync(partition, "a", default))!.Properties.Count);
    }

    [Theory]
    [MemberData(nameof(TableSamples.NamesRefused), MemberType = typeof(TableSamples))]
    public async Task A_property_name_that_the_service_refuses_is_refused(string name)
        => Assert.Equal((TransactionStatus.Rejected, 0), await RefusalOfAsync(NewRow("a", (name, 1L))));

    [Theory]
    [MemberData(nameof(TableSamples.ValuesRefused), MemberType = typeof(TableSamples))]
    public async Task A_value_that_the_service_does_not_keep_is_refused(object value)
        => Assert.Equal((TransactionStatus.Rejected, 0), await RefusalOfAsync(NewRow("a", ("f1", value))));

    [Fact]
    public async Task Text_with_half_a_surrogate_pair_is_refused_and_not_changed()
    {
        Assert.Equal((TransactionStatus.Rejected, 0), await RefusalOfAsync(NewRow("a", ("f1", "x\uDC00x"))));
        Assert.Equal((TransactionStatus.Rejected, 0), await RefusalOfAsync(NewRow("a", ("f1", "x\uD800"))));
        Assert.Equal(TransactionStatus.Rejected, (await TransactAsync(RowAction.Insert(NewRow("x\uD800x")))).Status);
    }

    [Fact]
    public async Task A_row_takes_one_mebibyte_and_no_more()
    {
        Row With(int units) => NewRow(
            "a", [.. Enumerable.Range(0, 15).Select(i => ($"f{i:D2}", (object)new string('x', 32_768))), ("last", new string('x', units))]);
        var room = (StorageLimits.EntityBytes - StorageSizes.EntityBytes(With(0))) / 2;

        Assert.Equal((TransactionStatus.Rejected, 0), await RefusalOfAsync(With(room + 1)));
        await CommitAsync(RowAction.Insert(With(room)));
    }

    [Fact]
    public async Task A_transaction_takes_three_and_a_half_mebibytes_on_the_wire_and_no_more()
    {
        RowAction With(int i) => RowAction.Insert(NewRow($"{i}", [.. Enumerable.Range(0, 4).Select(p => ($"f{p}", (object)new string('漢', 20_000)))]));
        var fitting = (int)(StorageLimits.TransactionBytes / StorageSizes.ActionBytes(With(0)));

        Assert.Equal(TransactionStatus.Rejected, (await TransactAsync([.. Enumerable.Range(0, fitting + 1).Select(With)])).Status);
        Assert.Empty((await ReadAsync(new RowRange(partition, "", "a"))).Rows);
        await CommitAsync([.. Enumerable.Range(0, fitting).Select(With)]);
    }

    [Fact]
    public async Task Rows_come_in_the_ordinal_order_of_their_keys_between_the_bounds()
    {
        string[] keys = ["A", "Z", "a", "aa", "b", "rec-1", "rec-10", "rec-2", "rec.", "é", "漢"];
        await CommitAsync([.. keys.Reverse().Select(key => RowAction.Insert(NewRow(key)))]);

        async Task<IEnumerable<string>> KeysOf(RowRange range) => (await ReadAsync(range)).Rows.Select(row => row.RowKey);
        Assert.Equal(keys.Order(StringComparer.Ordinal), await KeysOf(new RowRange(partition, "", "\uFFFD")));
        Assert.Equal(["rec-1", "rec-10", "rec-2"], await KeysOf(RowRange.Prefix(partition, "rec-")));
        Assert.Equal(["a", "aa"], await KeysOf(new RowRange(partition, "a", "b")));
        Assert.Empty(await KeysOf(new RowRange(partition, "c", "c")));
        Assert.Empty(await KeysOf(new RowRange(partition + "x", "", "\uFFFD")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Pages_hold_what_was_asked_for_at_most_and_together_all(int take)
    {
        await CommitAsync([.. Enumerable.Range(0, 7).Select(i => RowAction.Insert(NewRow($"rec-{i}")))]);

        List<string> keys = [];
        var range = RowRange.Prefix(partition, "rec-", take);
        for (var continuation = ""; continuation is not null;)
        {
            var page = await ReadAsync(range with { Continuation = continuation.Length == 0 ? null : continuation });
            Assert.InRange(page.Rows.Count, 0, take);
            keys.AddRange(page.Rows.Select(row => row.RowKey));
            continuation = page.Continuation;
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"rec-{i}"), keys);
    }

    [Fact]
    public async Task A_continuation_survives_that_the_row_it_points_to_goes_and_others_come()
    {
        await CommitAsync([.. "ace".Select(key => RowAction.Insert(NewRow(key.ToString())))]);
        var range = new RowRange(partition, "a", "z", 2);
        var first = await ReadAsync(range);

        await CommitAsync(RowAction.Insert(NewRow("b")), RowAction.Insert(NewRow("f")), RowAction.Delete(partition, "e", RowAction.AnyETag));
        var rest = await ReadAsync(range with { Take = 1000, Continuation = first.Continuation });

        Assert.Equal(["a", "c"], first.Rows.Select(row => row.RowKey));
        Assert.Equal(["f"], rest.Rows.Select(row => row.RowKey));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_page_has_one_to_a_thousand_rows(int take)
        => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(new RowRange(partition, "a", "b", take)));

    [Fact]
    public async Task Of_transactions_that_race_for_one_etag_exactly_one_commits()
    {
        var etag = (await CommitAsync(RowAction.Insert(NewRow("head", ("n", 0L)))))[0];

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 16).Select(
            i => TransactAsync(RowAction.Replace(NewRow("head", ("n", (long)i)), etag), RowAction.Insert(NewRow($"log-{i}")))));

        Assert.Single(outcomes, outcome => outcome.Status == TransactionStatus.Committed);
        Assert.Equal(15, outcomes.Count(outcome => outcome.Status == TransactionStatus.PreconditionFailed));
        Assert.Single((await ReadAsync(RowRange.Prefix(partition, "log-"))).Rows);
    }

    [Fact]
    public async Task A_reader_that_gives_up_is_told_so()
        => await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Table.GetAsync(partition, "a", new CancellationToken(canceled: true)));

    [Fact]
    public async Task A_writer_that_gives_up_knows_nothing()
    {
        var outcome = await Table.TransactAsync(partition, [RowAction.Insert(NewRow("a"))], new CancellationToken(canceled: true));
        Assert.Equal(TransactionStatus.Unknown, outcome.Status);
    }

    private ITable Table => under.Storage.Table(TableNames.Records);

    private Task<RowPage> ReadAsync(RowRange range) => Table.ReadAsync(range, default);

    private Task<TransactionOutcome> TransactAsync(params RowAction[] actions) => Table.TransactAsync(partition, actions, default);

    private async Task<(TransactionStatus, int?)> RefusalOfAsync(Row row)
    {
        var outcome = await TransactAsync(RowAction.Insert(row));
        Assert.Null(await Table.GetAsync(partition, row.RowKey, default));
        return (outcome.Status, outcome.FailedAction);
    }

    private async Task<IReadOnlyList<string>> CommitAsync(params RowAction[] actions)
    {
        var outcome = await TransactAsync(actions);
        Assert.True(outcome.Status == TransactionStatus.Committed, $"{outcome.Status}: {outcome.Reason}");
        return outcome.ETags;
    }

    private Row NewRow(string key, params (string Name, object Value)[] properties)
        => new(partition, key, properties.ToDictionary(property => property.Name, property => property.Value));
}
