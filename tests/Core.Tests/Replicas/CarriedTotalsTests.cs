using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Tests.Replicas;

public sealed class CarriedTotalsTests : IDisposable
{
    private static readonly RecordType Type = new(
        7, 1, "Alerts", null, true, null, RetentionColumn.CreatedAt, LimitBehaviour.Reject, null, [ReplicaFixture.Name], 9, 10, 1);

    private readonly SqliteConnection connection = new("Data Source=:memory:");
    private readonly CarriedTotals totals = new();
    private readonly RecordCondition condition = new(Type);

    public CarriedTotalsTests()
    {
        connection.Open();
        Execute("CREATE TABLE records (id INTEGER PRIMARY KEY, f11 TEXT)");
        Execute("INSERT INTO records VALUES (1, 'a'), (2, 'b'), (3, NULL)");
        condition.And(new Filter.Comparison(ReplicaFixture.Name, FilterOperator.Equal, ["a"]));
        totals.Remember(5, "is a", condition, 1);
    }

    [Fact]
    public void A_total_follows_rows_that_come_go_and_change_sides()
    {
        totals.Begin(connection, 5, rows: 3);
        Change(4, "INSERT INTO records VALUES (4, 'a')");
        Change(2, "INSERT OR REPLACE INTO records VALUES (2, 'a')");
        Change(5, "INSERT INTO records VALUES (5, 'x')");
        Remove(1);
        Remove(77);
        totals.Commit(6);

        Assert.True(totals.TryRecall(6, "is a", out var total));
        Assert.Equal(2, total);
        Assert.False(totals.TryRecall(5, "is a", out _));
    }

    [Fact]
    public void What_is_undone_leaves_the_total_where_it_was()
    {
        totals.Begin(connection, 5, rows: 3);
        Remove(1);
        totals.Rollback();

        Assert.True(totals.TryRecall(5, "is a", out var total));
        Assert.Equal(1, total);
    }

    [Fact]
    public void A_total_of_another_version_than_the_file_is_not_carried()
    {
        totals.Begin(connection, 6, rows: 3);
        Remove(1);
        totals.Commit(7);

        Assert.False(totals.TryRecall(7, "is a", out _));
    }

    [Fact]
    public void A_total_counted_at_an_older_version_does_not_take_the_place_of_a_newer_one()
    {
        totals.Begin(connection, 5, rows: 3);
        Remove(1);
        totals.Commit(6);
        totals.Remember(5, "is a", condition, 1);

        Assert.True(totals.TryRecall(6, "is a", out var total));
        Assert.Equal(0, total);
    }

    [Fact]
    public void A_total_that_nobody_asks_for_is_given_up_in_the_end_and_one_that_is_asked_for_is_not()
    {
        totals.Remember(5, "asked for", condition, 1);
        for (var version = 5; version < 15; version++)
        {
            totals.Begin(connection, version, rows: 3);
            for (var i = 0; i < 50; i++) Change(3, "INSERT OR REPLACE INTO records VALUES (3, 'x')");
            totals.Commit(version + 1);
            Assert.True(totals.TryRecall(version + 1, "asked for", out _));
        }

        Assert.False(totals.TryRecall(15, "is a", out _));
    }

    public void Dispose()
    {
        totals.Dispose();
        connection.Dispose();
    }

    private void Change(long id, string sql)
    {
        totals.Before(id);
        Execute(sql);
        totals.After(id);
    }

    private void Remove(long id)
    {
        totals.Before(id);
        Execute($"DELETE FROM records WHERE id = {id}");
    }

    private void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
