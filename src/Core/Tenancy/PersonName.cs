namespace Casefile.Core.Tenancy;

/// <summary>What a user is called: by two names, or by one that stands for both.</summary>
/// <param name="Full">The whole, as it was given or as both make it; 1..255 characters.</param>
/// <param name="First">The first name.</param>
/// <param name="Last">The last name; empty for whoever has none, such as a program.</param>
public sealed record PersonName(string Full, string First, string Last)
{
    /// <summary>A name given as a whole: what is before the first space is the first name.</summary>
    public static PersonName Of(string full)
    {
        var space = full.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? new PersonName(full, full, "") : new PersonName(full, full[..space], full[(space + 1)..]);
    }

    /// <summary>A name given as two.</summary>
    public static PersonName Of(string first, string last) => new(first.Length == 0 || last.Length == 0 ? first + last : $"{first} {last}", first, last);
}

/// <summary>What a request says of a user's name: the whole, or the first or the last name or both; what is null stays.</summary>
/// <param name="Full">The whole.</param>
/// <param name="First">The first name.</param>
/// <param name="Last">The last name.</param>
public sealed record NameChange(string? Full, string? First, string? Last)
{
    /// <summary>The name after the change.</summary>
    /// <param name="before">The name so far, or null for a new user.</param>
    internal PersonName Apply(PersonName? before)
    {
        if (Full is not null) return PersonName.Of(Full);
        return First is null && Last is null && before is not null ? before : PersonName.Of(First ?? before?.First ?? "", Last ?? before?.Last ?? "");
    }
}
