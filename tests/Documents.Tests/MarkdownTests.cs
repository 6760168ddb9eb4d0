using System.Diagnostics;
using System.Text;
using CsCheck;

namespace Casefile.Documents.Tests;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("# A heading", "A heading", "IBMPlexSans-SemiBold")]
    [InlineData("plain words", "plain words", "IBMPlexSans-Regular")]
    [InlineData("some *slanted* words", "slanted", "IBMPlexSans-Italic")]
    [InlineData("some **strong** words", "strong", "IBMPlexSans-SemiBold")]
    [InlineData("some ***strong and slanted*** words", "strong and slanted", "IBMPlexSans-SemiBoldItalic")]
    [InlineData("some `code` there", "code", "DejaVuSansMono")]
    [InlineData("```\nvar x = *1*;\n```", "var x = *1*;", "DejaVuSansMono")]
    [InlineData("    indented(code)", "indented(code)", "DejaVuSansMono")]
    public async Task What_it_marks_is_set_in_its_own_face(string markdown, string text, string font)
    {
        using var made = await Made.DescribedAsync(markdown);

        Assert.EndsWith($"+{font}", made.FontOf(text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_have_their_markers()
    {
        using var made = await Made.DescribedAsync("7. seven\n8. eight\n   - inner\n\n- [x] done\n- [ ] open");

        made.Shows("7.seven", "8.eight", "\u2022inner", "\u2611done", "\u2610open");
    }

    [Fact]
    public async Task A_table_shows_its_cells_row_by_row()
    {
        using var made = await Made.DescribedAsync("| a | b |\n|:--|--:|\n| c **d** | e |\n| f |\n");

        made.Shows("ab", "cd", "e", "f");
        made.ShowsNot("|");
    }

    [Fact]
    public async Task A_table_too_wide_for_the_page_shows_each_cell_after_its_title()
    {
        var columns = Enumerable.Range(0, 28).ToArray();
        using var made = await Made.DescribedAsync(
            $"|{string.Join('|', columns.Select(i => $"t{i}"))}|\n|{string.Join('|', columns.Select(_ => "-"))}|\n|{string.Join('|', columns.Select(i => $"value{i}"))}|\n");

        made.Shows([.. columns.SelectMany(i => (string[])[$"t{i}", $"value{i}"])]);
    }

    [Fact]
    public async Task A_quote_and_code_are_shown_over_pages()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 200).Select(i => $"line {i};"));
        using var made = await Made.DescribedAsync($"> ```\n> {lines.Replace("\n", "\n> ", StringComparison.Ordinal)}\n> ```");

        Assert.True(made.Pages.Count > 2);
        made.Shows([.. Enumerable.Range(0, 200).Select(i => $"line {i};")]);
    }

    [Fact]
    public async Task A_link_shows_its_text_and_where_it_goes()
    {
        using var made = await Made.DescribedAsync("See [the log](https://logs.example/q?a=1&b=\u00E9) and <https://plain.example/> or www.auto.example now");

        made.Shows("the log", "(https://logs.example/q?a=1&b=", "https://plain.example/", "www.auto.example");
        made.ShowsNot("(https://plain");
        Assert.Equal(["https://logs.example/q?a=1&b=%C3%A9", "https://plain.example/", "http://www.auto.example/"], made.Links);
    }

    [Theory]
    [InlineData("[click](javascript:alert(1))")]
    [InlineData("[click](file:///etc/passwd)")]
    [InlineData("[click](data:text/html,hello)")]
    [InlineData("[click](//host/share)")]
    [InlineData("[click](/relative)")]
    [InlineData("<a href=\"https://html.example\">click</a>")]
    public async Task A_link_to_anything_but_the_web_or_mail_does_not_open(string markdown)
    {
        using var made = await Made.DescribedAsync(markdown);

        made.Shows("click");
        Assert.Empty(made.Links);
    }

    [Fact]
    public async Task An_image_is_its_text_and_its_address()
    {
        using var made = await Made.DescribedAsync("![The screen](http://127.0.0.1:1/latest/meta-data)");

        made.Shows("[Image: The screen]", "http://127.0.0.1:1/latest/meta-data");
        Assert.Empty(made.Pages.SelectMany(page => page.GetImages()));
    }

    [Fact]
    public async Task Html_is_shown_as_it_was_written()
    {
        using var made = await Made.DescribedAsync("<script>alert('x')</script>\n\nand <b>this</b> &amp; that &lt;");

        made.Shows("<script>alert('x')</script>", "and <b>this</b> & that <");
    }

    [Theory]
    [InlineData("\u039A\u03B1\u03BB\u03B7\u03BC\u03AD\u03C1\u03B1 \u03BA\u03CC\u03C3\u03BC\u03B5")]
    [InlineData("\u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439 \u043C\u0438\u0440")]
    [InlineData("Gr\u00FC\u00DFe, Vi\u1EC7t Nam, \u0141\u00F3d\u017A")]
    [InlineData("e\u0301 combining")]
    [InlineData("\u6F22\u5B57\u304B\u306A")]
    [InlineData("\u05E9\u05DC\u05D5\u05DD")]
    [InlineData("\u0645\u0631\u062D\u0628\u0627")]
    [InlineData("\U0001F600\U0001F680")]
    [InlineData("\u2713 \u2192 \u2264")]
    public async Task What_is_written_in_any_script_is_found_again(string text)
    {
        using var made = await Made.DescribedAsync($"{text} `{text}`");

        made.Shows(text, text);
    }

    [Fact]
    public async Task Half_a_character_and_control_characters_are_shown_as_unknown()
    {
        using var made = await Made.DescribedAsync("a\uD83D b\uDE00 c\u0007d e\u202Ef g\u200Bh");

        made.Shows("a\uFFFDb\uFFFDc\uFFFDd", "ef", "gh");
    }

    [Theory]
    [InlineData(">", 32_000)]
    [InlineData("> ", 32_000)]
    [InlineData("- ", 32_000)]
    [InlineData("1. ", 32_000)]
    [InlineData("[", 32_000)]
    [InlineData("![", 32_000)]
    [InlineData("[](", 32_000)]
    [InlineData("[a](", 32_000)]
    [InlineData("[[]", 32_000)]
    [InlineData("*a_ ", 32_000)]
    [InlineData("a**b", 32_000)]
    [InlineData("~~a~", 32_000)]
    [InlineData("`a``", 32_000)]
    [InlineData("<!--", 32_000)]
    [InlineData("[a]: b\n", 32_000)]
    [InlineData("| a", 32_000)]
    [InlineData("|a|b|\n|-|-|\n", 32_000)]
    [InlineData("# a\n", 32_000)]
    [InlineData("```\na\n```\n", 32_000)]
    [InlineData("\u0301", 32_000)]
    [InlineData("> - > 1. ", 32_000)]
    public async Task Hostile_markdown_is_set_in_bounded_time(string piece, int length)
    {
        var text = new StringBuilder().Insert(0, piece, length / piece.Length).ToString();
        var watch = Stopwatch.StartNew();

        var bytes = await Made.BytesAsync(new CaseDocument(1, "x") { Description = text, Comments = [.. Enumerable.Repeat(new CommentEntry("u", Made.Now, text[..2_000]), 50)] });

        // A tenth of a second on a quiet machine.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        using var pdf = UglyToad.PdfPig.PdfDocument.Open(bytes);
        Assert.InRange(pdf.NumberOfPages, 1, 2_000);
    }

    [Fact]
    public async Task A_table_of_thousands_of_columns_takes_no_more_memory_than_its_text_is_worth()
    {
        var text = $"{Repeated("|a", 7_000)}|\n{Repeated("|-", 7_000)}|\n{Repeated("|\n", 2_000)}";
        var before = GC.GetAllocatedBytesForCurrentThread();

        await Made.BytesAsync(new CaseDocument(1, "x") { Description = text });

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void No_markdown_fails()
    {
        string[] pieces =
        [
            "a", "word ", "\n", "\n\n", "\n    ", "\n- ", "\n1. ", "\n  * ", "\n> ", "\n| ", " | ", "|\n|-|-|\n|", "\n```\n", "`", "**", "*", "_", "~~", "[", "](", ")", "![", "<", ">", "<b>", "http://x.y/",
            "[a]: b\n", "# ", "\n---\n", "\n===\n", "\\", "&amp;", "- [x] ", "\t", "\u0301", "\u202E", "\uD800", "\u6F22", "\0", "  \n", "[x](javascript:a)", "<mailto:a@b.c>",
        ];
        Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).List[0, 60].Sample(list =>
        {
            var bytes = Made.BytesAsync(new CaseDocument(1, "x") { Description = string.Concat(list) }).GetAwaiter().GetResult();
            using var pdf = UglyToad.PdfPig.PdfDocument.Open(bytes);
            Assert.NotEmpty(pdf.GetPage(1).Letters);
        }, iter: 600, threads: 1);
    }

    private static string Repeated(string piece, int times) => new StringBuilder().Insert(0, piece, times).ToString();
}
