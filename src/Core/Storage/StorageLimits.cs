namespace Casefile.Core.Storage;

/// <summary>
/// Limits of Azure Table Storage ("Understanding the Table service data model", "Performing entity group transactions").
/// The emulator lets some of them pass; every implementation of <see cref="ITable"/> enforces all.
/// </summary>
public static class StorageLimits
{
    /// <summary>Actions in an entity group transaction.</summary>
    public const int ActionsPerTransaction = 100;

    /// <summary>Bytes of a transaction's body that the wrapper sends at most; the service takes 4 MiB.</summary>
    public const int TransactionBytes = 3_670_016;

    /// <summary>Bytes of an entity: names and strings at two bytes a UTF-16 unit.</summary>
    public const int EntityBytes = 1_048_576;

    /// <summary>Bytes of a property's value: 32 Ki UTF-16 units of text, or 64 KiB of binary.</summary>
    public const int PropertyBytes = 65_536;

    /// <summary>Properties of an entity beside its keys and timestamp.</summary>
    public const int Properties = 252;

    /// <summary>Bytes of a partition or row key (two a UTF-16 unit).</summary>
    public const int KeyBytes = 1_024;

    /// <summary>UTF-16 units of a property's name.</summary>
    public const int PropertyNameLength = 255;

    /// <summary>Rows of a page.</summary>
    public const int RowsPerPage = 1_000;

    /// <summary>The earliest date that a property holds.</summary>
    public static readonly DateTimeOffset EarliestDate = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
