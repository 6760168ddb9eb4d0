using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Tokens;

namespace Casefile.Documents.Tests;

/// <summary>A document made from a case, and read back by a library that had no part in writing it.</summary>
internal sealed class Made : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private Made(byte[] bytes)
    {
        Bytes = bytes;
        Pdf = PdfDocument.Open(bytes);
        Pages = [.. Pdf.GetPages()];
    }

    public byte[] Bytes { get; }

    public PdfDocument Pdf { get; }

    public IReadOnlyList<Page> Pages { get; }

    /// <summary>All characters in the order in which they are drawn, without blanks: where lines end is not what a test of content is about.</summary>
    public string Text => string.Concat(Pages.SelectMany(page => page.Letters).Select(letter => letter.Value)).Replace(" ", "", StringComparison.Ordinal);

    public static async Task<byte[]> BytesAsync(CaseDocument document)
    {
        using var stream = new MemoryStream();
        await CasePdf.WriteAsync(document, Now, stream, CancellationToken.None);
        return stream.ToArray();
    }

    public static async Task<Made> OfAsync(CaseDocument document) => new(await BytesAsync(document));

    public static Task<Made> DescribedAsync(string markdown) => OfAsync(new CaseDocument(42, "A case") { Description = markdown });

    public void Shows(params string[] inOrder)
    {
        var (text, from) = (Text, 0);
        foreach (var piece in inOrder.Select(piece => piece.Replace(" ", "", StringComparison.Ordinal)))
        {
            var at = text.IndexOf(piece, from, StringComparison.Ordinal);
            Assert.True(at >= 0, $"'{piece}' is not found after {(from == 0 ? "the start" : "what was to come before it")}: {text}");
            from = at + piece.Length;
        }
    }

    public void ShowsNot(string piece) => Assert.DoesNotContain(piece.Replace(" ", "", StringComparison.Ordinal), Text, StringComparison.Ordinal);

    /// <summary>The name of the font that a piece of text is set in.</summary>
    public string FontOf(string piece)
    {
        var letters = Pages.SelectMany(page => page.Letters).Where(letter => letter.Value != " ").ToList();
        var at = string.Concat(letters.Select(letter => letter.Value)).IndexOf(piece.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(at >= 0, $"'{piece}' is not found");
        return letters[at].FontName!;
    }

    /// <summary>The addresses that clicks open.</summary>
    public IReadOnlyList<string> Links => [.. Pages.SelectMany(page => page.GetAnnotations())
        .Select(annotation => annotation.Action).OfType<UglyToad.PdfPig.Actions.UriAction>().Select(action => action.Uri)];

    /// <summary>Every font file in the document, as its descriptors have them.</summary>
    public IReadOnlyList<DictionaryToken> FontDescriptors => [.. Pdf.Structure.CrossReferenceTable.ObjectOffsets.Keys
        .Select(reference => Pdf.Structure.GetObject(reference).Data).OfType<DictionaryToken>()
        .Where(token => token.TryGet(NameToken.Type, out NameToken type) && type.Data == "FontDescriptor")];

    public void Dispose() => Pdf.Dispose();
}
