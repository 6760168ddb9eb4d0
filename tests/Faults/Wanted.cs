namespace Casefile.Faults;

/// <summary>A record that a client asked for, and what it was told of it.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Name">Its first name, which no other has.</param>
/// <param name="Key">The idempotency key; null where the client does not repeat.</param>
internal sealed record Wanted(FaultType Type, string Name, string? Key)
{
    private const int NoteWords = 400;

    /// <summary>Its id, once its create was acknowledged.</summary>
    public long? Id { get; set; }

    /// <summary>Whether the client was told that it is not there, and never will be.</summary>
    public bool WasRefused { get; set; }

    /// <summary>The name that it has now: the first, or that of an acknowledged change.</summary>
    public string Current { get; set; } = Name;

    /// <summary>Whether its deletion was acknowledged.</summary>
    public bool WasDeleted { get; set; }

    /// <summary>Its notes: one in eight has some, which tell whose they are.</summary>
    public string? Notes { get; } = Name[^1] == '7' ? string.Concat(Enumerable.Repeat($"Notes of {Name}. ", NoteWords)) : null;
}
