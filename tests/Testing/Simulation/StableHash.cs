namespace Casefile.Testing.Simulation;

/// <summary>A number from several that is the same in every process, as <see cref="HashCode"/> is not: what a seed is made of must replay.</summary>
public static class StableHash
{
    /// <summary>Mixes the numbers (FNV-1a over their bytes, with a last stir, since neighbours make poor seeds).</summary>
    public static int Of(params ReadOnlySpan<int> numbers)
    {
        unchecked
        {
            var hash = 2_166_136_261u;
            foreach (var number in numbers)
            {
                for (var shift = 0; shift < 32; shift += 8) hash = (hash ^ (byte)(number >> shift)) * 16_777_619u;
            }

            hash = (hash ^ (hash >> 16)) * 0x7feb352du;
            hash = (hash ^ (hash >> 15)) * 0x846ca68bu;
            return (int)(hash ^ (hash >> 16));
        }
    }
}
