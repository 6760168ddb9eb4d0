using System.Globalization;
using System.Text;
using Casefile.Core.Cases;
using Casefile.Documents;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Cases;

/// <summary>Answers cases as PDFs, written while they are sent. A singleton.</summary>
public sealed class CasePdfRequests
{
    private const int LongestName = 80;
    private readonly CaseStore store;
    private readonly TimeProvider time;

    internal CasePdfRequests(CaseStore store, TimeProvider time)
    {
        this.store = store;
        this.time = time;
    }

    internal async Task<IResult> GetAsync(Call call, long id)
    {
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        var result = await store.GetWholeAsync(call.Caller, id, call.Cancelled);
        return call.Answer(result, view =>
        {
            var document = CaseDocuments.Of(view, call.Address.Host, call.Caller);
            call.Request.HttpContext.Response.Headers[HeaderNames.ContentDisposition] = Disposition(document);
            return new StreamedAnswer("application/pdf", async (to, cancelled) =>
            {
                await using var stream = to.AsStream(leaveOpen: true);
                await CasePdf.WriteAsync(document, time.GetUtcNow(), stream, cancelled);
            });
        });
    }

    // A name's characters other than letters, digits and a few more could mean something to a file system.
    private static string Disposition(CaseDocument document)
    {
        var name = new StringBuilder();
        foreach (var rune in document.Name.EnumerateRunes())
        {
            var kept = Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or '.';
            if (kept) name.Append(rune);
            else if (name.Length > 0 && name[^1] != ' ') name.Append(' ');
            if (name.Length >= LongestName) break;
        }

        var title = name.ToString().Trim(' ', '.');
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(string.Create(CultureInfo.InvariantCulture, $"Case {document.Id}{(title.Length > 0 ? " - " : "")}{title}.pdf"));
        return disposition.ToString();
    }
}
