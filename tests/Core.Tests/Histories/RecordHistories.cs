namespace Casefile.Core.Tests.Histories;

/// <summary>Random histories of records (<see cref="HistoryRun"/>).</summary>
public sealed class RecordHistories
{
    private const int UsualHistories = 4_000;

    [Fact]
    public void Whatever_goes_wrong_what_was_acknowledged_is_there_what_was_refused_is_not_and_all_is_in_order()
        => HistoryRun.Check(UsualHistories, script => RecordHistory.Run(script));

    [Fact]
    public void A_seed_replays_to_the_same_history()
    {
        for (var seed = 0; seed < 16; seed++) Assert.Equal(RecordHistory.Run(new HistoryScript(seed)).Events, RecordHistory.Run(new HistoryScript(seed)).Events);
    }

    [Fact]
    public void A_script_is_written_as_it_is_read()
    {
        foreach (var text in new[] { "4711", "4711/2", "4711/1:0.0.2,1.3.0", "4711:" })
            Assert.Equal(text, HistoryScript.Parse(text).ToString());
    }

    [Fact]
    public void A_failing_history_is_shortened_to_the_calls_that_it_takes()
    {
        HistoryCall[] needed = [new(0, 1, 2), new(1, 3, 5), new(2, 0, 7)];
        var (shortest, failure) = HistoryShortening.Shorten(new FailedHistory(new HistoryScript(7), "record 12 is gone\n3 events"), script => needed.All(script.Has) ? "record 13 is gone" : null);

        Assert.Equal(needed, shortest.Only);
        Assert.Equal("record 13 is gone", failure);
    }
}
