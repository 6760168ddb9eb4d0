using System.Text.Encodings.Web;
using System.Text.Json;

namespace Casefile.Core;

/// <summary>How the service writes JSON.</summary>
public static class JsonText
{
    /// <summary>
    /// Without white space, and text as it is rather than escaped for HTML: it is only ever sent as <c>application/json</c> or stored.
    /// Lone surrogates do not get this far.
    /// </summary>
    public static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
