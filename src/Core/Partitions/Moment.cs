namespace Casefile.Core.Partitions;

/// <summary>The order in which things happen in this process, without a clock: no two moments are the same.</summary>
internal static class Moment
{
    private static long last;

    public static long Next() => Interlocked.Increment(ref last);
}
