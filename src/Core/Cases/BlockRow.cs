namespace Casefile.Core.Cases;

/// <summary>The properties of a block's row. Where it stands, its slug and its group are in the <see cref="CaseOutline"/>.</summary>
public static class BlockRow
{
    /// <summary>Text, 1..255 UTF-16 units.</summary>
    public const string Title = "title";

    /// <summary>A <see cref="BlockType"/>.</summary>
    public const string Type = "type";

    /// <summary>True where it is not shown.</summary>
    public const string Hidden = "hidden";

    /// <summary>Its elements in their order: ids as a JSON array, absent where there is none.</summary>
    public const string Elements = "elements";
}
