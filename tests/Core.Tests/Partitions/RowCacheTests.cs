using Casefile.Core.Partitions;
using Casefile.Core.Storage;

namespace Casefile.Core.Tests.Partitions;

public sealed class RowCacheTests
{
    private readonly RowCache cache = new("7", 10_000);

    [Fact]
    public void A_row_comes_back_as_it_was_put()
    {
        var properties = new Dictionary<string, object>
        {
            ["text"] = "späte Meldung", ["whole"] = -7L, ["number"] = 0.1, ["yes"] = true, ["no"] = false, ["at"] = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero),
            ["bytes"] = new byte[] { 1, 2, 3 },
        };
        cache.Set("rec-1", new Row("7", "rec-1", properties, "\"1\""));

        Assert.True(cache.TryGet("rec-1", out var row));
        Assert.Equal(("7", "rec-1", ""), (row!.PartitionKey, row.RowKey, row.ETag));
        Assert.Equal(properties, row.Properties);
    }

    [Fact]
    public void A_row_that_is_known_to_be_absent_is_known_and_one_that_nobody_spoke_of_is_not()
    {
        cache.Set("rec-1", null);

        Assert.True(cache.TryGet("rec-1", out var row));
        Assert.Null(row);
        Assert.False(cache.TryGet("rec-2", out _));
    }

    [Fact]
    public void What_is_used_outlives_what_is_not()
    {
        cache.Set("used", Row("used", 100));
        cache.Set("unused", Row("unused", 100));
        for (var i = 0; i < 100; i++)
        {
            cache.Set($"other-{i}", Row($"other-{i}", 1_000));
            Assert.True(cache.TryGet("used", out _));
        }

        Assert.False(cache.TryGet("unused", out _));
    }

    [Fact]
    public void A_row_that_was_deleted_does_not_come_back_from_the_older_generation()
    {
        cache.Set("rec-1", Row("rec-1", 100));
        for (var i = 0; i < 12; i++) cache.Set($"other-{i}", Row($"other-{i}", 800));
        cache.Set("rec-1", null);

        Assert.True(cache.TryGet("rec-1", out var row));
        Assert.Null(row);
    }

    private static Row Row(string key, int length) => new("7", key, new Dictionary<string, object> { ["text"] = new string('x', length) });
}
