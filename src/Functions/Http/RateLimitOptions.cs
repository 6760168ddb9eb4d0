namespace Casefile.Functions.Http;

/// <summary>Requests per minute, counted per key and client address (common.md, "Rate limits"); the configuration section <c>RateLimits</c>. 0: no limit.</summary>
public sealed class RateLimitOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "RateLimits";

    /// <summary>Everything that has no limit of its own.</summary>
    public int Default { get; set; } = 5_000;

    /// <summary>Records v1.</summary>
    public int Records { get; set; } = 400;

    /// <summary>Query, aggregate and search of records.</summary>
    public int Queries { get; set; } = 200;

    /// <summary>The endpoints of keys.</summary>
    public int Tokens { get; set; } = 2_500;
}

/// <summary>Which limit a request counts against.</summary>
internal enum RateClass
{
    /// <summary>5,000 a minute unless configured.</summary>
    Default,

    /// <summary>400 a minute unless configured.</summary>
    Records,

    /// <summary>200 a minute unless configured.</summary>
    Queries,

    /// <summary>2,500 a minute unless configured.</summary>
    Tokens,
}
