namespace Casefile.Core.Cases;

/// <summary>Something around the cases of a team: a tag, a sub-status, a case input.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Image">The properties of its row.</param>
public sealed record CaseThing(long Id, IReadOnlyDictionary<string, object> Image)
{
    /// <summary>How often it has been written: what its ETag says.</summary>
    public long Revision => Image.GetValueOrDefault(CaseRow.Revision) as long? ?? 1;
}
