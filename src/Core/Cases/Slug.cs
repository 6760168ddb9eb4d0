using System.Text;

namespace Casefile.Core.Cases;

/// <summary>A name in the form in which programs look things up: <c>In triage</c> is <c>in_triage</c>.</summary>
internal static class Slug
{
    /// <summary>Letters and digits in lower case, with one underscore for all between them; empty for a name without any.</summary>
    public static string Of(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            if (char.IsLetterOrDigit(letter)) slug.Append(char.ToLowerInvariant(letter));
            else if (slug is { Length: > 0 } && slug[^1] != '_') slug.Append('_');
        }

        return slug.ToString().TrimEnd('_');
    }
}
