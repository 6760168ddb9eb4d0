using System.Collections;

namespace Casefile.Functions.Http;

/// <summary>What every line that a request leaves in the log carries: <c>request_id</c>.</summary>
internal sealed class RequestScope(string requestId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Name = "request_id";

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index]
        => index == 0 ? new KeyValuePair<string, object?>(Name, requestId) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}:{requestId}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
