using System.Globalization;

namespace Casefile.SideBySide;

/// <summary>What is compared, and for how long.</summary>
internal sealed record SideBySideOptions(
    IReadOnlyList<string> Systems, IReadOnlyList<int> Sizes, TimeSpan Time, int Clients, bool Write, string Peers, string? PostgresBinaries)
{
    public const string Embedded = "embedded";
    public const string Azurite = "azurite";
    public const string Directus = "directus";
    public const string Bare = "bare";
    public const string Storage = "storage";

    /// <summary>The emulator walks a partition's rows for each operation; above this it is no fair opponent of anything.</summary>
    public const int LargestOverAzurite = 20_000;

    public const string Help = """
        dotnet run --project bench/SideBySide -c Release -- [options]

          --systems LIST   of embedded, azurite, directus, bare, storage (all): this service over the embedded storage and over Azurite, Directus, the bare
                           program, and bare storage transactions
          --sizes LIST     records to list from (1000,20000,100000,1000000); Azurite gets those up to 20,000
          --seconds N      how long each figure is measured (3)
          --clients N      connections at once (16)
          --peers DIR      where Directus is installed, or is to be (bench/SideBySide/.peers)
          --postgres DIR   where initdb and postgres are (the PATH, then /usr/lib/postgresql/15/bin)
          --write          puts the outcome into docs/side-by-side.md and docs/side-by-side.svg
        """;

    public static SideBySideOptions Parse(string[] args)
    {
        var write = args.Contains("--write");
        var named = args.Where(each => each != "--write").Chunk(2).Select(pair => pair.Length == 2 ? pair : throw new ArgumentException(Help)).ToDictionary(pair => pair[0], pair => pair[1]);
        string Text(string name, string usual) => named.Remove(name, out var given) ? given : usual;
        var options = new SideBySideOptions(
            Text("--systems", string.Join(',', Embedded, Azurite, Directus, Bare, Storage)).Split(','),
            [.. Text("--sizes", "1000,20000,100000,1000000").Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture)).Order()],
            TimeSpan.FromSeconds(double.Parse(Text("--seconds", "3"), CultureInfo.InvariantCulture)),
            int.Parse(Text("--clients", "16"), CultureInfo.InvariantCulture),
            write,
            Path.GetFullPath(Text("--peers", Path.Combine(Repository.Root, "bench", "SideBySide", ".peers"))),
            named.Remove("--postgres", out var binaries) ? binaries : null);
        return named.Count == 0 ? options : throw new ArgumentException($"Unknown: {string.Join(' ', named.Keys)}\n{Help}");
    }
}
