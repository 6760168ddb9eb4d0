namespace Casefile.Testing.Simulation;

/// <summary>Ranges of a list that is sorted by ordinal keys.</summary>
public static class OrderedKeys
{
    /// <summary>The place of the first key that is not below this one; the count where there is none.</summary>
    public static int PlaceOf<T>(this SortedList<string, T> sorted, string key)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(sorted.GetKeyAtIndex(middle), key) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>What begins with a prefix, in order.</summary>
    public static IEnumerable<KeyValuePair<string, T>> Under<T>(this SortedList<string, T> sorted, string prefix)
    {
        for (var place = sorted.PlaceOf(prefix); place < sorted.Count && sorted.GetKeyAtIndex(place).StartsWith(prefix, StringComparison.Ordinal); place++)
            yield return KeyValuePair.Create(sorted.GetKeyAtIndex(place), sorted.GetValueAtIndex(place));
    }

    /// <summary>How many begin with a prefix.</summary>
    public static int CountUnder<T>(this SortedList<string, T> sorted, string prefix)
    {
        // No key goes on with a character above this one.
        return sorted.PlaceOf(prefix + "\uffff") - sorted.PlaceOf(prefix);
    }
}
