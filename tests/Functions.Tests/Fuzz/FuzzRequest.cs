using System.Globalization;
using System.Text;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>A request as it is sent.</summary>
/// <param name="Endpoint">The function that it was made for.</param>
/// <param name="Method">Its method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Headers">Its headers, the key among them.</param>
/// <param name="Body">Its body, or nothing.</param>
internal sealed record FuzzRequest(string Endpoint, string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    /// <summary>Whether it asks for something in the other team, so that it must not succeed.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Whether it is sent byte for byte, by rules that no client keeps.</summary>
    public bool OnTheWire { get; init; }

    /// <summary>A line for a shell that sends it again.</summary>
    public string Curl(Uri service)
    {
        var line = new StringBuilder();
        if (Body is not null) line.Append("printf '%b' ").Append(Quoted(Escaped(Body))).Append(" | ");
        line.Append(CultureInfo.InvariantCulture, $"curl -g --path-as-is -X {Method} {Quoted(service.GetLeftPart(UriPartial.Authority) + Target)}");
        foreach (var (name, value) in Headers) line.Append(" -H ").Append(Quoted($"{name}: {value}"));
        if (Body is not null) line.Append(" --data-binary @-");
        return line.ToString();
    }

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string Escaped(byte[] bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var each in bytes)
        {
            if (each is >= (byte)' ' and <= (byte)'~' and not (byte)'\\') text.Append((char)each);
            else text.Append(CultureInfo.InvariantCulture, $"\\0{Convert.ToString(each, 8).PadLeft(3, '0')}");
        }

        return text.ToString();
    }
}

/// <summary>What a request was answered.</summary>
/// <param name="Status">The status; 0 when the server closed the connection without an answer.</param>
/// <param name="Head">All headers.</param>
/// <param name="Text">The body.</param>
/// <param name="Took">How long it took.</param>
internal sealed record FuzzAnswer(int Status, string Head, string Text, TimeSpan Took);
