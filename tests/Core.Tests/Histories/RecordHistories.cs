namespace Casefile.Core.Tests.Histories;

/// <summary>Random histories of records (<see cref="HistoryRun"/>).</summary>
public sealed class RecordHistories
{
    private const int UsualHistories = 5_000;

    [Fact]
    public void Whatever_goes_wrong_what_was_acknowledged_is_there_what_was_refused_is_not_and_all_is_in_order()
        => HistoryRun.PlayMany(UsualHistories, script => RecordHistory.Run(script));

    /// <summary>Each of these histories once failed.</summary>
    [Theory]
    [InlineData(1, "a deletion was undone by a process whose reading of the log had failed half-way")]
    [InlineData(4, "a process remembered a key past its time that another had used anew")]
    [InlineData(5, "a change of a type was answered with another caller's later one")]
    [InlineData(7, "work owed while maintenance looked was left for a day; blobs stayed of a type that lost its artifact fields")]
    [InlineData(18, "a process that had deleted a type went on committing to it, which brought it back")]
    [InlineData(30, "a create was refused by a head and rows of different versions")]
    [InlineData(53, "the log was pruned although its floor had not been raised")]
    [InlineData(95, "a limit that was lowered while a sweep ended was nobody's")]
    [InlineData(102, "of two timers at once, one left the head relying on a look that the other had moved")]
    [InlineData(261, "a deleted type's head stayed for ever because its deletion got no answer")]
    [InlineData(278, "a link came back whose work was done after its tombstone was forgotten")]
    [InlineData(305, "idempotency keys stayed whose deletion got no answer")]
    [InlineData(768, "an operation failed on the rows of a type that was being cleared")]
    [InlineData(1571, "an orphaned blob stayed because nothing had looked for a week")]
    [InlineData(4956, "a record that had expired kept a parent that was gone, and came back when its type's time to live went")]
    [InlineData(8280, "a change and the end of one record in one commit deleted a row that was never there, again and again")]
    public void What_was_once_wrong_stays_right(int seed, string what)
    {
        Assert.NotEmpty(what);
        HistoryRun.PlayOne(new HistoryScript(seed) { IsFirstEdition = true }, script => RecordHistory.Run(script));
    }

    [Fact]
    public void A_seed_replays_to_the_same_history()
    {
        for (var seed = 0; seed < 16; seed++) Assert.Equal(RecordHistory.Run(new HistoryScript(seed)), RecordHistory.Run(new HistoryScript(seed)));
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
        var (shortest, failure) = HistoryShortening.Shorten(new HistoryScript(7), "record 12 is gone\n3 events", script => needed.All(script.Has) ? "record 13 is gone" : null);

        Assert.Equal(needed, shortest.Only);
        Assert.Equal("record 13 is gone", failure);
    }
}
