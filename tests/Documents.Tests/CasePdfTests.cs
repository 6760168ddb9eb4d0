using System.Diagnostics;
using CsCheck;
using UglyToad.PdfPig.Tokens;

namespace Casefile.Documents.Tests;

public sealed class CasePdfTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly CaseDocument Whole = new(42, "Suspicious login")
    {
        Url = "https://casefile.example/team/2/cases/42",
        Status = "CLOSED",
        SubStatus = "Done well",
        Priority = "HIGH",
        Team = "Response",
        Author = "Ann Author",
        OpenedBy = "Olga Opener",
        ResolvedBy = "Rita Resolver",
        Assignees = ["Jane", "Joe"],
        Tags = ["login", "phishing"],
        OpenedAt = At,
        ResolvedAt = At.AddDays(3),
        CreatedAt = At.AddSeconds(1),
        UpdatedAt = At.AddSeconds(2),
        Description = "What **happened**.",
        Fields = [new("Impact", "Large")],
        Metadata = [new("alert", "a-1"), new("source", "proxy")],
        ClosureConditions = [new("Needs an assignee", "=SIZE(team_case.assignees) > 0")],
        Tasks = [new("Revoke", true, ["Jane"]), new("Call back", false, ["Joe"])],
        Notes = [new("Timeline", "First *this*, then that", "gold", "Nina", At)],
        Blocks = [new("Enrichment", [new(ElementKind.Note, "Seen **twice**"), new(ElementKind.Html, "<b>bold?</b>"), new(ElementKind.File, "whois.txt")])],
        LinkedCases = [new(17, "Password spray")],
        Records =
        [
            new("Alert", ["Rule", "Host"], [new(1001, ["Travel", "laptop-1"]), new(1002, ["Travel", "laptop-2"])]),
            new("Asset", ["A", "B", "C", "D", "E", "F", "G"], [new(7, ["a1", "b1", "c1", "d1", "e1", "f1", "g1"])]),
        ],
        Files = [new("shot.png", 2048, "Fay", At, "9f86d081")],
        Comments = [new("Carl", At, "I **agree**", ["heart: Jane"]), new("Cora", At.AddMinutes(1), "Me too")],
        Activities = [new("STATUS_UPDATED", "Abe", At, "CLOSED")],
    };

    [Fact]
    public async Task Everything_of_a_case_is_shown_in_order()
    {
        using var made = await Made.OfAsync(Whole);

        made.Shows(
            "CASE 42", "Suspicious login", "CLOSED", "Done well", "HIGH", "Response", "2026-01-02 03:04:05 UTC", "Ann Author", "2026-01-05 03:04:05 UTC",
            "Olga Opener", "2026-01-02 03:04:06 UTC", "Rita Resolver", "2026-01-02 03:04:07 UTC", "Jane, Joe", "login, phishing", "https://casefile.example/team/2/cases/42",
            "Description", "What happened.", "Fields", "Impact", "Large", "Metadata", "alert", "a-1", "source", "proxy",
            "Closure conditions", "Needs an assignee", "=SIZE(team_case.assignees) > 0", "Tasks", "Done", "Revoke", "Jane", "Open", "Call back", "Joe",
            "Notes", "Timeline", "Nina", "First this, then that", "Blocks", "Enrichment", "Seen twice", "<b>bold?</b>", "whois.txt",
            "Linked cases", "17", "Password spray", "Records", "Alert", "Record", "Rule", "Host", "1001", "Travel", "laptop-1", "1002", "laptop-2",
            "Asset \u00B7 record 7", "A", "a1", "G", "g1", "Files", "shot.png", "2 KiB", "Fay", "9f86d081",
            "Comments", "Carl", "I agree", "heart: Jane", "Cora", "Me too", "Activity", "Abe", "Status updated", "CLOSED");
    }

    [Fact]
    public async Task Each_page_has_the_case_at_its_head_and_its_number_at_its_foot()
    {
        using var made = await Made.OfAsync(Whole with { Description = string.Join("\n\n", Enumerable.Range(0, 150).Select(i => $"Paragraph {i}")) });

        Assert.True(made.Pages.Count > 2);
        foreach (var page in made.Pages)
        {
            Assert.Equal((595.28, 841.89), (Math.Round(page.Width, 2), Math.Round(page.Height, 2)));
            var text = string.Concat(page.Letters.Select(letter => letter.Value));
            Assert.Contains("Case 42 \u00B7 Suspicious login", text, StringComparison.Ordinal);
            Assert.Contains("made 2026-03-04 05:06:07 UTC", text, StringComparison.Ordinal);
            Assert.Contains($"Page {page.Number} of {made.Pages.Count}", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Title_author_and_outline_are_in_the_file()
    {
        using var made = await Made.OfAsync(Whole);

        Assert.Equal("Case 42 \u00B7 Suspicious login", made.Pdf.Information.Title);
        Assert.Equal("Casefile", made.Pdf.Information.Author);
        Assert.Equal("D:20260304050607Z", made.Pdf.Information.CreationDate);
        Assert.True(made.Pdf.TryGetBookmarks(out var bookmarks));
        Assert.Equal(["Description", "Fields", "Metadata (2)", "Closure conditions", "Tasks (2)", "Notes", "Blocks", "Linked cases", "Records", "Files", "Comments (2)", "Activity"],
            bookmarks.GetNodes().Select(node => node.Title));
    }

    [Fact]
    public async Task Every_font_is_embedded()
    {
        using var made = await Made.OfAsync(Whole with { Description = "a *b* **c** ***d*** `e` \u05D0" });

        Assert.Equal(6, made.FontDescriptors.Count);
        Assert.All(made.FontDescriptors, descriptor => Assert.True(descriptor.ContainsKey(NameToken.Create("FontFile2"))));
        Assert.All(made.Pages.SelectMany(page => page.Letters), letter => Assert.Matches("^[A-Z]{6}\\+(IBMPlexSans|DejaVuSans)", letter.FontName));
        Assert.InRange(made.Bytes.Length, 1, 200 * 1024);
    }

    [Fact]
    public async Task The_same_case_and_time_give_the_same_bytes()
        => Assert.Equal(await Made.BytesAsync(Whole), await Made.BytesAsync(Whole with { }));

    [Fact]
    public async Task What_is_empty_is_left_out()
    {
        using var made = await Made.OfAsync(new CaseDocument(1, ""));

        Assert.Single(made.Pages);
        made.Shows("CASE 1", "(no name)", "Description", "No description.");
        foreach (var section in (string[])["Metadata", "Tasks", "Notes", "Comments", "Activity", "Assignees", "Records"])
        {
            made.ShowsNot(section);
        }
    }

    [Fact]
    public async Task A_long_table_is_broken_over_pages_and_its_head_repeated()
    {
        using var made = await Made.OfAsync(new CaseDocument(1, "x") { Metadata = [.. Enumerable.Range(0, 200).Select(i => KeyValuePair.Create($"key-{i + 1000}.", $"value-{i + 1000}."))] });

        made.Shows([.. Enumerable.Range(0, 200).SelectMany(i => (string[])[$"key-{i + 1000}.", $"value-{i + 1000}."])]);
        Assert.True(made.Pages.Count > 3);
        Assert.All(made.Pages, page => Assert.Contains("KeyValue", string.Concat(page.Letters.Select(letter => letter.Value)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_set_outside_the_margins()
    {
        var word = new string('W', 3_000);
        var deep = string.Concat(Enumerable.Range(0, 40).Select(i => $"{new string(' ', 2 * i)}- {word[..100]}\n"));
        using var made = await Made.OfAsync(Whole with
        {
            Name = word,
            Description = $"{word}\n\n`{word}`\n\n```\n{word}\n```\n\n> > > {word}\n\n| a | b |\n|---|---|\n| {word} | c |\n\n{deep}",
            Metadata = [new(word, word)],
            SubStatus = word,
            Tags = [word],
        });

        Assert.All(made.Pages.SelectMany(page => page.Letters), letter =>
        {
            Assert.InRange(letter.StartBaseLine.X, 53, 595.28 - 53);
            Assert.InRange(letter.EndBaseLine.X, 53, 595.28 - 53);
            Assert.InRange(letter.StartBaseLine.Y, 30, 841.89 - 30);
        });
    }

    [Fact]
    public async Task A_very_large_case_is_made_within_bounds()
    {
        var text = string.Concat(Enumerable.Repeat("Lorem ipsum *dolor* sit `amet`, [consectetur](https://example.com).\n\n- eiusmod\n- tempor\n\n", 20));
        var watch = Stopwatch.StartNew();

        var bytes = await Made.BytesAsync(Whole with
        {
            Comments = [.. Enumerable.Range(0, 1000).Select(i => new CommentEntry("Carl", At, $"Comment {i}. {text[..600]}"))],
            Metadata = [new("large", string.Concat(Enumerable.Repeat("abcdefg ", 32 * 1024)))],
        });

        // About a second on a quiet machine; the bound is for a busy one.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        using var pdf = UglyToad.PdfPig.PdfDocument.Open(bytes);
        var end = Enumerable.Range(pdf.NumberOfPages - 2, 3).SelectMany(page => pdf.GetPage(page).Letters).Select(letter => letter.Value);
        Assert.Contains("Comment 999.", string.Concat(end), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_longer_than_a_document_may_be_is_cut_off_and_says_so()
    {
        var bytes = await Made.BytesAsync(new CaseDocument(1, "x") { Description = string.Concat(Enumerable.Repeat("a\n", 150_000)) + "the end" });

        using var pdf = UglyToad.PdfPig.PdfDocument.Open(bytes);
        Assert.Equal(2_000, pdf.NumberOfPages);
        Assert.Contains("cut off here", string.Concat(pdf.GetPage(2_000).Letters.Select(letter => letter.Value)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_is_handed_on_while_it_is_made()
    {
        using var target = new CountingStream();

        await CasePdf.WriteAsync(Whole with { Comments = [.. Enumerable.Range(0, 2000).Select(i => new CommentEntry("Carl", At, string.Concat(Enumerable.Range(i, 100).Select(n => n * 7919))))] }, Made.Now, target, CancellationToken.None);

        Assert.True(target.Writes > 2);
        Assert.InRange(target.Largest, 1, 512 * 1024);
    }

    [Fact]
    public async Task A_caller_who_has_left_ends_it()
        => await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CasePdf.WriteAsync(Whole, Made.Now, Stream.Null, new CancellationToken(canceled: true)));

    [Fact]
    public void No_text_in_any_place_fails()
    {
        var text = Gen.OneOf(Gen.String, Gen.String[Gen.Char["\0\t\r\n \u00A0\u00AD\u0301\u05D0\u0627\u200D\u202E\u2028\uD83D\uDE00\uFE0F\uFFFF\u6F22aW-/|*_`[]()<>#"], 0, 200]);
        Gen.Select(text, text, text, Gen.Int[0, 8]).Sample((a, b, c, n) =>
        {
            var many = Enumerable.Repeat(b, n).ToList();
            var bytes = Made.BytesAsync(new CaseDocument(n, a)
            {
                Url = b,
                Status = c,
                SubStatus = a,
                Priority = b,
                Team = a,
                Author = b,
                Assignees = many,
                Tags = many,
                Description = c,
                Fields = [new(a, b)],
                Metadata = [new(b, c)],
                ClosureConditions = [new(a, c)],
                Tasks = [new(a, true, many)],
                Notes = [new(a, b, c, a, At)],
                Blocks = [new(a, [new(ElementKind.Note, b, c), new(ElementKind.Html, b), new(ElementKind.File, c)])],
                LinkedCases = [new(n, a)],
                Records = [new(a, many, [new(n, many), new(n, [])])],
                Files = [new(a, n, b, At, c)],
                Comments = [new(a, At, b, many)],
                Activities = [new(a, b, At, c)],
            }).GetAwaiter().GetResult();
            using var pdf = UglyToad.PdfPig.PdfDocument.Open(bytes);
            Assert.All(pdf.GetPages(), page => Assert.NotEmpty(page.Letters));
        }, iter: 100, threads: 1);
    }

    private sealed class CountingStream : MemoryStream
    {
        public int Writes { get; private set; }

        public int Largest { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes++;
            Largest = Math.Max(Largest, buffer.Length);
            return ValueTask.CompletedTask;
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("A server's response takes no synchronous writes.");
    }
}
