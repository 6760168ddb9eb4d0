namespace Casefile.Core.Cases;

/// <summary>Does something for several things abreast, on whatever scheduler the caller is on.</summary>
internal static class Abreast
{
    /// <summary>Runs it for all, so many at once.</summary>
    public static async Task RunAsync<T>(IEnumerable<T> things, int atOnce, Func<T, Task> run)
    {
        foreach (var some in things.Chunk(atOnce)) await Task.WhenAll(some.Select(run));
    }
}
