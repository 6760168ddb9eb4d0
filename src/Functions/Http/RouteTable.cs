using System.Globalization;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Http;

/// <summary>Which methods each path takes, read from the functions' own attributes, so that none can be forgotten.</summary>
internal sealed class RouteTable
{
    private readonly List<Entry> entries = [];

    private RouteTable()
    {
    }

    /// <summary>The routes of an assembly's functions.</summary>
    /// <param name="assembly">Where the functions are.</param>
    /// <param name="except">The name of the function that takes what is left.</param>
    public static RouteTable Of(Assembly assembly, string except)
    {
        var table = new RouteTable();
        foreach (var method in assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } function || function.Name == except) continue;
            var trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(found => found is not null);
            if (trigger is not null) table.Add(trigger.Route ?? function.Name, trigger.Methods ?? []);
        }

        return table;
    }

    /// <summary>The methods that a path takes, in upper case and ordinal order; none when no function has the path.</summary>
    public IReadOnlyList<string> MethodsOf(string path)
    {
        var segments = Segments(path);
        return [.. entries.Where(entry => entry.Matches(segments)).SelectMany(entry => entry.Methods).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    internal void Add(string route, IEnumerable<string> methods)
        => entries.Add(new Entry(Segments(route), [.. methods.Select(method => method.ToUpperInvariant())]));

    private static string[] Segments(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private sealed record Entry(string[] Route, string[] Methods)
    {
        public bool Matches(string[] segments)
            => segments.Length == Route.Length && segments.Zip(Route).All(pair => Matches(pair.Second, pair.First));

        private static bool Matches(string template, string segment) => template switch
        {
            ['{', .. var name, '}'] => !name.EndsWith(":long", StringComparison.Ordinal)
                || long.TryParse(segment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            _ => template.Equals(segment, StringComparison.OrdinalIgnoreCase),
        };
    }
}
