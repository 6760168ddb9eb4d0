namespace Casefile.SideBySide;

/// <summary>What a list's answer says, whatever it looks like.</summary>
/// <param name="Count">All that match.</param>
/// <param name="Names">The names of those on the page, in order.</param>
internal sealed record PageContent(long Count, IReadOnlyList<string> Names)
{
    public bool Same(PageContent other) => Count == other.Count && Names.SequenceEqual(other.Names);
}
