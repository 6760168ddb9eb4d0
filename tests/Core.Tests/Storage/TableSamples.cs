
namespace Casefile.Core.Tests.Storage;

/// <summary>Values, keys and names at the edges of what Table Storage takes.</summary>
public static class TableSamples
{
    public static TheoryData<object> Values =>
    [
        "", "text", "Grüße 漢字 🙂 'quoted' \"twice\" <&+`> \\ \u0001 \r\n\t", new string('x', 32_768), new string('漢', 32_768),
        0L, long.MaxValue, long.MinValue,
        0.0, 1.0, -17.0, 0.1, 1e308, double.MinValue, double.Epsilon, 9_007_199_254_740_993.0,
        true, false,
        new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 22, 1, 2, 3, 456, TimeSpan.Zero),
        new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(5)).AddTicks(1), DateTimeOffset.MaxValue,
        Array.Empty<byte>(), new byte[] { 0xFB, 0xEF, 0xBE, 0xFF, 0 }, new byte[65_536],
    ];

    public static TheoryData<string> Keys =>
        ["a", "", "it's", "''", "a b", "%41", "a+b", "a&b=c", "Grüße-漢字-🙂", "(x,y)", "a;b:c@d", "\"", "<b>", "rec-0000000000000000001", "$batch", ".", "..", new string('k', 512)];

    public static TheoryData<string> KeysRefused =>
        ["a/b", "a\\b", "a#b", "a?b", "a\0", "a\tb", "a\nb", "a\u001F", "a\u007F", "a\u0085", "a\u009F", new string('k', 513)];

    public static TheoryData<string> NamesRefused => ["", "1f", "a-b", "a b", "a.b", "a@odata", "Grüße", "PartitionKey", "RowKey", "Timestamp", new string('f', 256)];

    public static TheoryData<object> ValuesRefused =>
    [
        new string('x', 32_769), new byte[65_537],
        double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        new DateTimeOffset(1600, 12, 31, 23, 59, 59, TimeSpan.Zero), 1, 1.5m,
    ];
}
