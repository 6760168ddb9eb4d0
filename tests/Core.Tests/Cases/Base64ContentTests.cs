using System.Text;
using System.Text.Json;
using Casefile.Core.Cases.Files;

namespace Casefile.Core.Tests.Cases;

/// <summary>Base64 in a request's JSON, decoded as it is read.</summary>
public sealed class Base64ContentTests
{
    [Fact]
    public void Any_text_of_base64_is_read_as_its_bytes_from_wherever_one_starts()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(4) == 0 ? random.Next(8) : random.Next(60_000)];
            random.NextBytes(bytes);
            var (read, content) = Read(Spell(Convert.ToBase64String(bytes), random));
            Assert.True(bytes.AsSpan().SequenceEqual(read), $"seed {seed}");
            Assert.Equal(bytes.Length, content!.Length);

            // As a write does that is tried again: from the start, or from a block on.
            using var model = new MemoryStream(bytes);
            for (var step = 0; step < 12; step++)
            {
                if (random.Next(2) == 0) content.Position = model.Position = random.Next(bytes.Length + 1);
                var (ours, theirs) = (new byte[random.Next(1, 20_000)], new byte[20_000]);
                var count = content.ReadAtLeast(ours, ours.Length, throwOnEndOfStream: false);
                Assert.Equal(model.Read(theirs, 0, ours.Length), count);
                Assert.True(ours.AsSpan(0, count).SequenceEqual(theirs.AsSpan(0, count)), $"seed {seed}, step {step}");
                Assert.Equal(model.Position, content.Position);
            }
        }
    }

    [Fact]
    public void A_foreign_character_is_found_where_it_is()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder(Convert.ToBase64String(new byte[random.Next(3, 40_000) / 3 * 3]));
            var place = random.Next(text.Length);
            text[place] = "*-_.é"[random.Next(5)];
            using var document = JsonDocument.Parse(JsonSerializer.Serialize(text.ToString()));
            var refused = Base64Content.Read(document.RootElement, "contents", long.MaxValue, _ => { });
            Assert.Equal($"contents: is not base64 at character {place + 1}", refused.Problem?.Faults[0].Details);
        }
    }

    [Fact]
    public void More_than_the_limit_is_refused_and_the_limit_itself_is_not()
    {
        using var document = JsonDocument.Parse($"\"{Convert.ToBase64String(new byte[30_000])}\"");
        Assert.Equal(ProblemKind.TooLarge, Base64Content.Read(document.RootElement, "contents", 29_999, _ => { }).Problem?.Kind);
        Assert.Null(Base64Content.Read(document.RootElement, "contents", 30_000, _ => { }).Problem);
    }

    private static (byte[] Read, Base64Content? Content) Read(string json)
    {
        var read = new MemoryStream();
        var result = Base64Content.Read(JsonElement.Parse(json), "contents", long.MaxValue, bytes => read.Write(bytes));
        Assert.Null(result.Problem);
        return (read.ToArray(), result.Value);
    }

    /// <summary>The text in JSON, with escapes, line breaks and blanks as encoders put them there.</summary>
    private static string Spell(string base64, Random random)
    {
        var oddities = random.Next(3);
        var json = new StringBuilder("\"");
        foreach (var each in base64)
        {
            if (oddities > 0 && random.Next(oddities == 1 ? 76 : 5) == 0) json.Append(random.GetItems([" ", "\\n", "\\r\\n", "\\t"], 1)[0]);
            json.Append(oddities == 0 ? each.ToString() : random.Next(9) switch
            {
                0 => $"\\u{(int)each:x4}",
                1 => $"\\u{(int)each:X4}",
                _ when each == '/' => random.Next(2) == 0 ? "/" : "\\/",
                _ => each.ToString(),
            });
        }

        return json.Append(oddities > 1 ? " \\n\"" : "\"").ToString();
    }
}
