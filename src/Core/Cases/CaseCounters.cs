namespace Casefile.Core.Cases;

/// <summary>The counters in the head of a team's partition of cases.</summary>
internal static class CaseCounters
{
    /// <summary>Cases that are there; those that have moved to another team are not.</summary>
    public const string Cases = "cases";

    /// <summary>Rows that a replica takes, so that one can be told to be whole.</summary>
    public const string Rows = "rows";

    /// <summary>The version of the tenant's commit for which the partition is closed (<see cref="Tenancy.TeamRemoval"/>): nothing is made in it. 0 while it is open.</summary>
    public const string Closed = "closed";

    /// <summary>The sub-status that open cases get by themselves; 0 for none.</summary>
    public const string DefaultOpen = "subopen";

    /// <summary>The sub-status that closed cases get by themselves; 0 for none.</summary>
    public const string DefaultClosed = "subclosed";

    public const string NextCase = "case";
    public const string CaseBlockEnd = "casend";
    public const string CaseBlockSize = "casesize";
    public const string NextPart = "part";
    public const string PartBlockEnd = "partend";
    public const string PartBlockSize = "partsize";
}
