using Casefile.Core.Storage;

namespace Casefile.Core.Tests.Storage;

public sealed class SimulatedBlobConformance(OverSimulation under) : BlobConformance<OverSimulation>(under);

public sealed class EmbeddedBlobConformance(OverFolder under) : BlobConformance<OverFolder>(under);

public sealed class AzureBlobConformance(OverAzure under) : BlobConformance<OverAzure>(under);

/// <summary>What every blob store promises, whichever implementation is behind it.</summary>
public abstract class BlobConformance<TStorage>(TStorage under) : IClassFixture<TStorage>
    where TStorage : class, IStorageUnderTest
{
    private readonly string folder = $"artifacts/{Guid.NewGuid():N}/";

    [Fact]
    public async Task A_blob_that_was_never_written_reads_as_null() => Assert.Null(await ReadAsync("none"));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4 * 1024 * 1024)]
    [InlineData((9 * 1024 * 1024) + 7)]
    public async Task Content_of_any_size_comes_back_as_it_went_in(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);

        await WriteAsync("a", content);

        Assert.True((await ReadAsync("a"))!.SequenceEqual(content));
    }

    [Fact]
    public async Task Content_that_cannot_be_read_twice_is_streamed()
    {
        var content = new byte[6 * 1024 * 1024];
        Random.Shared.NextBytes(content);

        await Blobs.WriteAsync(folder + "a", new ForwardOnly(content), null, default);

        Assert.True((await ReadAsync("a"))!.SequenceEqual(content));
    }

    [Fact]
    public async Task Content_that_is_compressed_already_comes_back_compressed()
    {
        byte[] content = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0];
        await Blobs.WriteAsync(folder + "a", new MemoryStream(content), "gzip", default);

        Assert.Equal(content, await ReadAsync("a"));
    }

    [Fact]
    public async Task A_blob_is_written_again_on_a_repeat()
    {
        await WriteAsync("a", [1]);
        await WriteAsync("a", [1]);

        Assert.Equal([1], await ReadAsync("a"));
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_and_deleting_it_again_is_no_error()
    {
        await WriteAsync("a", [1]);

        await Blobs.DeleteAsync(folder + "a", default);
        await Blobs.DeleteAsync(folder + "a", default);

        Assert.Null(await ReadAsync("a"));
    }

    [Fact]
    public async Task Names_are_listed_by_prefix_in_ordinal_order()
    {
        foreach (var name in new[] { "2026010203-b", "2026010203-a", "2026010204-a", "x/2026010203-a" })
            await WriteAsync(name, [1]);

        Assert.Equal(["2026010203-a", "2026010203-b"], await NamesAsync("2026010203"));
        Assert.Equal(["2026010203-a", "2026010203-b", "2026010204-a", "x/2026010203-a"], await NamesAsync(""));
        Assert.Empty(await NamesAsync("none"));
    }

    private IBlobStore Blobs => under.Storage.Blobs;

    private Task WriteAsync(string name, byte[] content) => Blobs.WriteAsync(folder + name, new MemoryStream(content), null, default);

    private async Task<byte[]?> ReadAsync(string name)
    {
        await using var stream = await Blobs.OpenReadAsync(folder + name, default);
        if (stream is null)
            return null;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<List<string>> NamesAsync(string prefix)
    {
        List<string> names = [];
        await foreach (var name in Blobs.ListAsync(folder + prefix, default))
            names.Add(name[folder.Length..]);
        return names;
    }

    private sealed class ForwardOnly(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    }
}
