using System.Diagnostics.Metrics;
using Casefile.Core;

namespace Casefile.Functions.Http;

/// <summary>The instruments of the HTTP side (OpenTelemetry semantic conventions for HTTP servers).</summary>
internal static class HttpDiagnostics
{
    private static readonly Histogram<double> RequestDuration = Diagnostics.Meter.CreateHistogram<double>(
        "casefile.request.duration", "s", "How long requests take, from the function's start to its answer.");

    /// <summary>A request was answered.</summary>
    public static void Requested(string method, int status, TimeSpan duration) => RequestDuration.Record(
        duration.TotalSeconds,
        new KeyValuePair<string, object?>("http.request.method", method),
        new KeyValuePair<string, object?>("http.response.status_code", status));
}
