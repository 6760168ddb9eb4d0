namespace Casefile.Faults;

/// <summary>What happens in a type when it is full.</summary>
internal enum WhenFull
{
    /// <summary>It has no limit here.</summary>
    Grows,

    /// <summary>The oldest goes.</summary>
    Evicts,

    /// <summary>Creates are refused.</summary>
    Rejects,
}

/// <summary>A record type of the run: a name, a number, and notes that are an artifact.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The id of its field for the name.</param>
/// <param name="Notes">The id of its field for the notes.</param>
/// <param name="WhenFull">What happens at its limit.</param>
internal sealed record FaultType(long Id, long Name, long Notes, WhenFull WhenFull);
