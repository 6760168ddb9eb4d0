using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Casefile.Functions.Tests;

/// <summary>The README's table of endpoints: all there are, no others, and each with a class of tests that there is.</summary>
public sealed partial class EndpointTableTests
{
    [Fact]
    public void The_table_has_every_endpoint_once_and_no_other()
    {
        var declared = DeclaredEndpoint.All.Values.Select(endpoint => $"{endpoint.Method} {Constraint().Replace(endpoint.Route, "}")}");

        Assert.Equal(declared.Order(StringComparer.Ordinal), Rows().Select(row => row.Endpoint).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_names_tests_that_there_are()
    {
        var classes = typeof(EndpointTableTests).Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(method => method.GetCustomAttributes<FactAttribute>().Any()))
            .Select(type => type.Name)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Rows().Where(row => !classes.Contains(row.Tests)).Select(row => $"{row.Endpoint}: {row.Tests}"));
    }

    private static IEnumerable<(string Endpoint, string Tests)> Rows()
        => Row().Matches(File.ReadAllText(Path.Combine(Root(), "README.md"))).Select(row => (row.Groups["endpoint"].Value, row.Groups["tests"].Value));

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    [GeneratedRegex("^\\| `(?<endpoint>[A-Z]+ /[^`]*)` \\|.*\\| (?<tests>[A-Za-z0-9]+) \\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(":[a-z]+\\}")]
    private static partial Regex Constraint();
}
