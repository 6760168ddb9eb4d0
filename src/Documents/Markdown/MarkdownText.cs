using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Syntax;

namespace Casefile.Documents.Markdown;

/// <summary>
/// Parses the markdown of one document within bounds. The parser's time grows with the square of some texts' special characters, and its memory with columns times rows of
/// a table; text that would cost too much, alone or together with what came before, is not parsed but shown as it was written. The same document is always shown alike.
/// </summary>
internal sealed class MarkdownText
{
    // Some 0.3 s of a slow core: what it costs was measured at 1e9 a second.
    private const long MostCost = 300_000_000;
    private const long MostCostOfOne = 40_000_000;
    private const long CostOfTooDeep = 10_000_000;
    private const int LongestText = 128 * 1024;
    private const int MostColumns = 30;
    private static readonly MarkdownPipeline Plain = Builder().Build();
    private static readonly MarkdownPipeline WithTables = Builder().UsePipeTables().Build();
    private long _left = MostCost;

    /// <summary>The document that a text says; null where it is to be shown as it was written.</summary>
    public MarkdownDocument? Parse(string text)
    {
        var cost = CostOf(text, out var columns);
        if (text.Length > LongestText || cost > MostCostOfOne || cost > _left)
        {
            return null;
        }

        _left -= cost;
        try
        {
            return Markdig.Markdown.Parse(text, columns <= MostColumns ? WithTables : Plain);
        }
        catch (ArgumentException)
        {
            // How the parser says that it is nested more than 128 deep. An exception from so deep takes milliseconds.
            _left -= CostOfTooDeep;
            return null;
        }
    }

    private static MarkdownPipelineBuilder Builder()
        => new MarkdownPipelineBuilder().DisableHtml().UseAutoLinks().UseTaskLists().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough);

    private static long CostOf(string text, out int columns)
    {
        long special = 0;
        columns = 0;
        var bars = 0;
        foreach (var c in text)
        {
            switch (c)
            {
                case '[' or ']' or '(' or '!' or '*' or '_' or '~' or '<' or '`' or '>' or '&': special++; break;
                case '|': columns = Math.Max(columns, ++bars); break;
                case '\n': bars = 0; break;
            }
        }

        // The first few hundred are what people write; only beyond are they worth their square.
        return (40L * text.Length) + (special * special);
    }
}
