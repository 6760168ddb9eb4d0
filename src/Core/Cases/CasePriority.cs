namespace Casefile.Core.Cases;

/// <summary>How urgent a case is (cases.md, "Common objects"), lowest first.</summary>
public enum CasePriority
{
    /// <summary>For information.</summary>
    Info,

    /// <summary>The default.</summary>
    Low,

    /// <summary>In between.</summary>
    Medium,

    /// <summary>Urgent.</summary>
    High,

    /// <summary>The most urgent.</summary>
    Critical,
}
