namespace Casefile.Core.Cases;

/// <summary>The properties of a sub-status' row, beside <see cref="CaseRow.Name"/>.</summary>
public static class SubStatusRow
{
    /// <summary>The name as programs look it up (<see cref="Cases.Slug"/>).</summary>
    public const string Slug = "slug";

    /// <summary>What it means; absent where nobody said.</summary>
    public const string Description = "desc";

    /// <summary>True below CLOSED, absent below OPEN.</summary>
    public const string Closed = "closed";

    /// <summary>True for the one that cases get by themselves; the head's counter says the same.</summary>
    public const string Default = "default";

    /// <summary>The counter with the id of the default below a status; 0 where the team has no sub-status there.</summary>
    internal static string DefaultCounter(bool closed) => closed ? CaseCounters.DefaultClosed : CaseCounters.DefaultOpen;

    /// <summary>Whether a sub-status is below CLOSED.</summary>
    public static bool IsClosed(IReadOnlyDictionary<string, object> image) => image.GetValueOrDefault(Closed) is true;
}
