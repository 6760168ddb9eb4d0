using Casefile.Core.Partitions;
using CsCheck;

namespace Casefile.Core.Tests.Partitions;

public sealed class RowCodecTests
{
    private static readonly Gen<object> Values = Gen.OneOf<object>(
        Gen.String.Select(text => (object)text),
        Gen.Long.Select(number => (object)number),
        Gen.Double.Select(number => (object)number),
        Gen.Bool.Select(flag => (object)flag),
        Gen.Byte.Array.Select(bytes => (object)bytes));

    private static readonly Gen<RowChange> Changes = Gen.Select(
        Gen.Int[0, 9].Select(key => $"rec-{key}"),
        Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 8], Values)[0, 6],
        Gen.Bool,
        (key, image, deleted) => new RowChange(key, deleted ? null : image));

    [Fact]
    public void What_is_encoded_decodes_to_the_same()
        => Changes.Array[0, 20].Sample(changes =>
        {
            var decoded = RowCodec.Decode(new MemoryStream(Encode(changes)));
            Assert.Equal(changes.Length, decoded.Count);
            for (var i = 0; i < changes.Length; i++)
            {
                Assert.Equal(changes[i].RowKey, decoded[i].RowKey);
                Assert.Equal(changes[i].Image?.OrderBy(p => p.Key, StringComparer.Ordinal), decoded[i].Image?.OrderBy(p => p.Key, StringComparer.Ordinal));
            }
        });

    [Fact]
    public void An_image_by_itself_is_that_of_one_change_without_a_key()
        => Changes.Where(change => change.Image is not null).Sample(change =>
        {
            var bytes = RowCodec.EncodeImage(change.Image!);
            Assert.Equal(Encode([change with { RowKey = "" }]), bytes);
            Assert.Equal(change.Image, RowCodec.DecodeImage(new MemoryStream(bytes)));
        });

    [Fact]
    public void A_form_from_the_future_is_refused()
        => Assert.Throws<UnknownFormatException>(() => RowCodec.Decode(new MemoryStream([99, 0])));

    [Fact]
    public void A_large_entry_takes_several_rows_that_each_fit_an_entity()
    {
        var random = new Random(7);
        var bytes = new byte[2_500_000];
        random.NextBytes(bytes);
        var changes = Enumerable.Range(0, 50).Select(i => new RowChange($"rec-{i}", new Dictionary<string, object> { ["f"] = bytes[(i * 50_000)..((i + 1) * 50_000)] })).ToArray();
        var rows = CommitLog.Encode("1", new LogEntry(7, Guid.NewGuid(), 5, changes));

        Assert.Equal(3, rows.Count);
        Assert.Equal(["log-0000000000000000007", "log-0000000000000000007-0001", "log-0000000000000000007-0002"], rows.Select(row => row.RowKey));
        Assert.All(rows, row => Assert.InRange(row.Properties.Values.OfType<byte[]>().Sum(chunk => chunk.Length), 1, 1_000_000));
    }

    private static byte[] Encode(IReadOnlyList<RowChange> changes)
    {
        using var images = RowCodec.EncodePooled(changes);
        return images.Slice(..images.Length).ToArray();
    }
}
