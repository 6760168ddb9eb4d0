using System.Globalization;

namespace Casefile.Faults;

/// <summary>What a run without storage is made of.</summary>
/// <param name="Clients">How many clients keep asking.</param>
/// <param name="Seconds">How long storage is away.</param>
internal sealed record AwayOptions(int Clients, int Seconds)
{
    /// <summary>Reads <c>--clients 64 --seconds 60</c>.</summary>
    /// <exception cref="FormatException">An option is not known, or not a number.</exception>
    public static AwayOptions Parse(IReadOnlyList<string> arguments) => arguments.Chunk(2).Aggregate(new AwayOptions(64, 60), (options, pair) => pair switch
    {
        ["--clients", var count] => options with { Clients = int.Parse(count, CultureInfo.InvariantCulture) },
        ["--seconds", var count] => options with { Seconds = int.Parse(count, CultureInfo.InvariantCulture) },
        _ => throw new FormatException($"unknown option {pair[0]}"),
    });
}
