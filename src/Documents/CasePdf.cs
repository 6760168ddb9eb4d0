using System.Globalization;
using Casefile.Documents.Layout;
using Casefile.Documents.Pdf;

namespace Casefile.Documents;

/// <summary>
/// A case as a PDF: A4, searchable, its fonts embedded, with an outline. It fetches nothing and looks at no font of the machine. The same case and time give the same bytes.
/// Bounds: at most 2,000 pages; time and memory are linear in the text, and markdown that would cost the parser more is shown as it was written.
/// </summary>
public static class CasePdf
{
    private const int MostInMemory = 64 * 1024;

    /// <summary>Writes the document to a stream, which is left open.</summary>
    /// <param name="document">What is to be shown.</param>
    /// <param name="now">The time that the document says it was made at.</param>
    /// <param name="target">Where it is written, page by page.</param>
    /// <param name="cancellationToken">Looked at between the parts of the document.</param>
    public static async Task WriteAsync(CaseDocument document, DateTimeOffset now, Stream target, CancellationToken cancellationToken)
    {
        using var file = new PdfFile();
        var flow = new Flow(file);
        var title = string.Create(CultureInfo.InvariantCulture, $"Case {document.Id} \u00B7 {document.Name}");
        foreach (var part in new CaseSetter(document, flow).Parts())
        {
            cancellationToken.ThrowIfCancellationRequested();
            part();
            if (file.Pending > MostInMemory)
            {
                await file.DrainAsync(target, cancellationToken);
            }

            if (flow.IsFull)
            {
                break;
            }
        }

        var catalog = flow.End(title, $"Casefile \u00B7 made {Times.Of(now)}", "en");
        var made = now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        file.End(catalog, file.Write($"<</Title{PdfFile.Text(title)}/Author(Casefile)/Creator(Casefile)/Producer(Casefile)/CreationDate(D:{made}Z)/ModDate(D:{made}Z)>>"));
        await file.DrainAsync(target, cancellationToken);
    }
}
