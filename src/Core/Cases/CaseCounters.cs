namespace Casefile.Core.Cases;

/// <summary>The counters in the head of a team's partition of cases.</summary>
internal static class CaseCounters
{
    /// <summary>Cases that are there; those that have moved to another team are not.</summary>
    public const string Cases = "cases";

    /// <summary>Rows that a replica takes, so that one can be told to be whole.</summary>
    public const string Rows = "rows";

    public const string NextCase = "case";
    public const string CaseBlockEnd = "casend";
    public const string CaseBlockSize = "casesize";
    public const string NextPart = "part";
    public const string PartBlockEnd = "partend";
    public const string PartBlockSize = "partsize";
}
