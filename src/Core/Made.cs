namespace Casefile.Core;

/// <summary>What a request made.</summary>
/// <param name="Value">The thing as it was when it was made.</param>
/// <param name="Replayed">True when an earlier request with the same idempotency key made it, and this one is a repeat.</param>
public sealed record Made<T>(T Value, bool Replayed);
