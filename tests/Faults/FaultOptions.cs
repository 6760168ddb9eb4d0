using System.Globalization;

namespace Casefile.Faults;

/// <summary>What a run is made of.</summary>
public sealed record FaultOptions
{
    /// <summary>How many records clients ask for.</summary>
    public int Creates { get; init; } = 10_000;

    /// <summary>How many clients ask at once, spread over the processes.</summary>
    public int Clients { get; init; } = 32;

    /// <summary>How many processes of the service work on the storage at once; one on the embedded storage.</summary>
    public int Processes { get; init; } = 2;

    /// <summary>Whether the storage is embedded in the one process, rather than Azurite behind a proxy.</summary>
    public bool Embedded { get; init; }

    /// <summary>How often a process of the service is killed with SIGKILL and started again.</summary>
    public int Kills { get; init; } = 12;

    /// <summary>How often Azurite is ended with SIGTERM and started again.</summary>
    public int Outages { get; init; } = 4;

    /// <summary>What decides what is asked and when something fails; the order in which threads and processes run is not in its hands.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many records the type that evicts holds at most.</summary>
    public int EvictLimit { get; init; } = 200;

    /// <summary>How many records the type that rejects holds at most.</summary>
    public int RejectLimit { get; init; } = 200;

    /// <summary>Reads <c>--creates 10000 --clients 32 --processes 1,2,4 --storage azurite,embedded --kills 12 --outages 4 --seed 1</c>: a run for each storage and number of processes.</summary>
    /// <exception cref="FormatException">An option is not known, or not what it should be.</exception>
    public static IReadOnlyList<FaultOptions> Parse(IReadOnlyList<string> arguments)
    {
        var one = new FaultOptions();
        int[] processes = [1, 2, 4];
        string[] storages = ["azurite", "embedded"];
        foreach (var pair in arguments.Chunk(2))
        {
            if (pair.Length != 2) throw new FormatException($"{pair[0]} needs a value");
            switch (pair[0])
            {
                case "--creates": one = one with { Creates = Number(pair[1]) }; break;
                case "--clients": one = one with { Clients = Number(pair[1]) }; break;
                case "--kills": one = one with { Kills = Number(pair[1]) }; break;
                case "--outages": one = one with { Outages = Number(pair[1]) }; break;
                case "--seed": one = one with { Seed = Number(pair[1]) }; break;
                case "--processes": processes = [.. pair[1].Split(',').Select(Number)]; break;
                case "--storage": storages = pair[1].Split(','); break;
                default: throw new FormatException($"unknown option {pair[0]}");
            }
        }

        return [.. storages.SelectMany(storage => storage switch
        {
            "azurite" => processes.Select(count => one with { Processes = count }),
            "embedded" => [one with { Embedded = true, Processes = 1, Outages = 0 }],
            _ => throw new FormatException($"unknown storage {storage}"),
        })];
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
