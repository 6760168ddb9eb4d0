using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Records.Bulk;

/// <summary>The kinds of streams.</summary>
internal static class MediaTypes
{
    /// <summary>A JSON value a line.</summary>
    public const string Ndjson = "application/x-ndjson";

    /// <summary>RFC 4180.</summary>
    public const string Csv = "text/csv";

    /// <summary>Whether the body is NDJSON, by any of the names that it goes under.</summary>
    public static bool IsNdjson(HttpRequest request) => Of(request) is Ndjson or "application/ndjson" or "application/jsonl" or "application/x-jsonlines";

    /// <summary>Whether the body is CSV.</summary>
    public static bool IsCsv(HttpRequest request) => Of(request) is Csv;

    private static string? Of(HttpRequest request)
        => MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value?.ToLowerInvariant() : null;
}
