using System.Text;

namespace Casefile.Load;

/// <summary>A request, encoded once: sending the same instance again costs a copy of its bytes.</summary>
public sealed class LoadRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="method">GET, POST and so on.</param>
    /// <param name="target">Path and query, escaped as they are to be sent.</param>
    /// <param name="headers">Headers beside <c>Host</c> and <c>Content-Length</c>, which are added.</param>
    /// <param name="body">The body; empty for none.</param>
    public LoadRequest(string method, string target, IEnumerable<KeyValuePair<string, string>>? headers = null, ReadOnlyMemory<byte> body = default)
    {
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        foreach (var (name, value) in headers ?? []) head.Append($"{name}: {value}\r\n");
        if (body.Length > 0 || method is "POST" or "PUT" or "PATCH") head.Append($"Content-Length: {body.Length}\r\n");
        (Method, Target, Head, Body) = (method, target, Encoding.UTF8.GetBytes(head.ToString()), body);
    }

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>Path and query.</summary>
    public string Target { get; }

    /// <summary>The body; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Request line and headers, without <c>Host</c> and the empty line.</summary>
    internal ReadOnlyMemory<byte> Head { get; }
}
