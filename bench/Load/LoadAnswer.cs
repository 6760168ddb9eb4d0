namespace Casefile.Load;

/// <summary>An answer.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Head">Status line and headers, up to and without the empty line; good until the client's next request.</param>
/// <param name="Body">Its body, chunks put together; good until the client's next request.</param>
public readonly record struct LoadAnswer(int Status, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether the status is 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;
}
