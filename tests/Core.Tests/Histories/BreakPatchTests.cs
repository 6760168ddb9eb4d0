using Casefile.Testing;

namespace Casefile.Core.Tests.Histories;

/// <summary>The breaks that <c>eng/breaks/run</c> shows to be found (docs/reliability.md).</summary>
public sealed class BreakPatchTests
{
    public static TheoryData<string> Patches { get; } = [.. Directory.EnumerateFiles(Folder, "*.patch").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Repository.Folder, "eng", "breaks");

    [Theory]
    [MemberData(nameof(Patches))]
    public void A_break_says_what_it_breaks_and_applies_to_the_tree(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, name));
        Assert.EndsWith(".", lines[0]);

        var source = Array.Empty<string>();
        var hunks = 0;
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("+++ b/", StringComparison.Ordinal)) source = File.ReadAllLines(Path.Combine(Repository.Folder, lines[i][6..]));
            if (!lines[i].StartsWith("@@ ", StringComparison.Ordinal)) continue;
            hunks++;
            string[] before = [.. lines.Skip(i + 1).TakeWhile(line => line.Length > 0 && line[0] is ' ' or '+' or '-' && !line.StartsWith("---", StringComparison.Ordinal)).Where(line => line[0] != '+').Select(line => line[1..])];
            var places = Enumerable.Range(0, Math.Max(0, source.Length - before.Length + 1)).Count(start => source.AsSpan(start, before.Length).SequenceEqual(before));
            Assert.True(places == 1, $"{name}: its part {hunks} applies at {places} places");
        }

        Assert.True(hunks > 0);
    }
}
