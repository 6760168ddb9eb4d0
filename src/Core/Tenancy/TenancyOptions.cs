namespace Casefile.Core.Tenancy;

/// <summary>What a deployment says about keys and limits.</summary>
public sealed record TenancyOptions
{
    /// <summary>The key that may do everything (<c>RECORDS_OWNER_KEY</c>); without one, only stored keys are known. Never stored.</summary>
    public string? OwnerKey { get; init; }

    /// <summary>
    /// What keys are hashed with (<c>RECORDS_PEPPER</c>), so that a copy of the table is no use for recognising a key. Without one they are
    /// hashed all the same: a key has 256 random bits.
    /// </summary>
    public string Pepper { get; init; } = "";

    /// <summary>The pepper before this one (<c>RECORDS_PREVIOUS_PEPPER</c>), while keys made under it are being replaced.</summary>
    public string? PreviousPepper { get; init; }

    /// <summary>How old the copy of teams and keys may be that authentication goes by: so long a revoked key reads on.</summary>
    public TimeSpan RefreshAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often at most unknown keys make the process look at the stored ones anew.</summary>
    public TimeSpan UnknownKeyRefreshAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many record types the tenant may have (records.md, "Tenant limits").</summary>
    public long MaxRecordTypes { get; init; } = 1_000;
}
