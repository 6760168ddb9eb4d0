namespace Casefile.Core.Cases;

/// <summary>The properties of a part that stands for something outside the case: a linked record, a linked case. One side of a link owns it; the other side's row is a copy.</summary>
public static class CopyRow
{
    /// <summary>The version of the link, by its owner: only a newer one is taken.</summary>
    public const string Version = "version";

    /// <summary>True for a link that was removed: the row stays for a day, unseen, so that what comes late does not bring it back.</summary>
    public const string Gone = "gone";

    /// <summary>The record type of a linked record.</summary>
    public const string RecordType = "type";
}
