using System.Diagnostics;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Replicas;
using static Casefile.Core.Tests.Replicas.ReplicaFixture;

namespace Casefile.Core.Tests.Replicas;

/// <summary>Figures, with bounds far above what any machine needs: they fail when a query scans instead of seeking.</summary>
public sealed class ReplicaFiguresTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Count = 100_000;

    [Fact]
    public async Task A_hundred_thousand_rows_are_applied_and_a_page_by_an_indexed_sort_is_read_in_no_time()
    {
        await using var fixture = new ReplicaFixture();
        await using var file = new TestFile(fixture, []);
        var changes = new RowChange[Count];
        for (var i = 0; i < Count; i++)
        {
            changes[i] = new RowChange(
                RecordRow.Key(i + 1),
                Record(1_700_000_000_000 + i, (Name, $"name {i * 7919L % Count}"), (Weight, i * 31L % 1000 + 0.5), (Seen, "2024-01-01 00:00:00"), (Open, i % 2 == 0), (Kind, "a")));
        }

        var clock = Stopwatch.StartNew();
        await file.ApplyAsync(2, RecordModel.Entry(2, changes), HeadAt(2, Count));
        output.WriteLine($"applied {Count / clock.Elapsed.TotalSeconds:N0} rows/s");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));

        var order = new RecordOrder(Name);
        for (var i = 0; i < 3; i++) List(order);
        await file.IdleAsync();
        List(order);
        clock.Restart();
        for (var i = 0; i < 100; i++) List(order);
        output.WriteLine($"page of 20 by an indexed field {clock.Elapsed.TotalMilliseconds / 100:N3} ms");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));

        void List(RecordOrder by)
        {
            using var lease = file.Open();
            Assert.Equal(20, new RecordQueries(lease).List(new RecordSelection(), by, 0, 20, null).Value!.Rows.Count);
        }
    }
}
