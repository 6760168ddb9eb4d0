using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>Every text of the service's code that could be a parameter's name, taken from the compiled code, so that a new one cannot be forgotten.</summary>
internal static partial class Vocabulary
{
    /// <summary>The texts, in ordinal order.</summary>
    public static IReadOnlyList<string> Names { get; } = Read(typeof(Fallthrough).Assembly.Location);

    private static string[] Read(string file)
    {
        using var code = new PEReader(File.OpenRead(file));
        var metadata = code.GetMetadataReader();
        var names = new SortedSet<string>(StringComparer.Ordinal);
        for (var at = metadata.GetNextHandle(default(UserStringHandle)); !at.IsNil; at = metadata.GetNextHandle(at))
        {
            if (metadata.GetUserString(at) is var text && Name().IsMatch(text)) names.Add(text);
        }

        return [.. names];
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9_]{1,40}$")]
    private static partial Regex Name();
}
