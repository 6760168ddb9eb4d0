using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Http;

/// <summary>The media types that JSON is answered as where a client may choose (tracy.md, "Facts").</summary>
internal static class AnswerTypes
{
    private static readonly MediaTypeHeaderValue[] Known = [new("application/json"), new("text/json"), new("text/plain")];

    /// <summary>The Content-Type that the client likes best; JSON's own where it likes several or none.</summary>
    public static string For(HttpRequest request)
    {
        string[] header = [.. request.Headers.Accept.OfType<string>()];
        if (header.Length == 0 || !MediaTypeHeaderValue.TryParseList(header, out var accepted)) return JsonAnswer.MediaType;
        return $"{Known.MaxBy(type => QualityOf(type, accepted))!.MediaType}; charset=utf-8";
    }

    /// <summary>The quality that the most specific range gives a type (RFC 9110, section 12.5.1), 0 where none has it.</summary>
    private static double QualityOf(MediaTypeHeaderValue type, IList<MediaTypeHeaderValue> accepted)
        => accepted.Where(type.IsSubsetOf).OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0).Select(range => range.Quality ?? 1).FirstOrDefault();
}
