using Casefile.Bench;
using Casefile.Load;

namespace Casefile.SideBySide;

/// <summary>A kind of request that is measured.</summary>
/// <param name="Name">As the tables name it.</param>
/// <param name="Make">Makes a client's requests, by contender, size, and the client's own randomness.</param>
internal sealed record Operation(string Name, Func<IContender, int, Random, Func<LoadRequest>> Make)
{
    private const int Bodies = 64;
    private const int Deep = 10_000;

    /// <summary>No two alike, so that an answer that is kept helps nobody.</summary>
    public static readonly Operation List = new("list: filter, sort, count; each another", (contender, size, random) => () => contender.List(size, NewQuery(random)));

    public static readonly Operation SameList = new("the same list again and again", (contender, size, _) =>
    {
        var request = contender.List(size, new ListQuery("source", "source-42", 2_500, 1));
        return () => request;
    });

    public static readonly Operation DeepPage = new("page 10,000, or the last there is", (contender, size, random) => () => contender.List(size, DeepQuery(size, random)));

    public static readonly Operation Get = new("get", (contender, size, random) => () => contender.Get(size, random));

    public static readonly Operation Create = new("create one", (contender, size, random) => Cycle(random, () => contender.Create(size, Other(random))));

    public static readonly Operation CreateMany = new("create 100", (contender, _, random) => Cycle(random, () => contender.CreateMany([.. Enumerable.Range(0, 100).Select(_ => Other(random))])));

    /// <summary>A list that hardly anyone has asked for before.</summary>
    public static ListQuery NewQuery(Random random)
        => new("source", SampleRecord.Sources[random.Next(SampleRecord.Sources.Count)], Math.Round(random.NextDouble() * 5_000, 6), 1);

    /// <summary>One of the thousand pages up to the one that is meant, or of the last tenth.</summary>
    public static ListQuery DeepQuery(int size, Random random)
    {
        var last = Math.Min(Deep, size / SampleRecord.Kinds.Count / ListQuery.PerPage);
        return new ListQuery("kind", SampleRecord.Kinds[random.Next(SampleRecord.Kinds.Count)], null, last - random.Next(Math.Max(1, last / 10)), random.NextInt64());
    }

    private static SampleRecord Other(Random random) => SampleRecord.Of(random.Next(10_000_000, 100_000_000));

    /// <summary>Bodies are made before the run: making them would weigh on the server's processors.</summary>
    private static Func<LoadRequest> Cycle(Random random, Func<LoadRequest> make)
    {
        var made = Enumerable.Range(0, Bodies).Select(_ => make()).ToArray();
        return () => made[random.Next(made.Length)];
    }
}
