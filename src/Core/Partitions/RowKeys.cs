using System.Globalization;

namespace Casefile.Core.Partitions;

/// <summary>The row keys that every partition has. Numbers are written with 19 digits, so that keys sort as numbers do.</summary>
public static class RowKeys
{
    /// <summary>The head row.</summary>
    public const string Head = "head";

    /// <summary>Begins the rows of the commit log.</summary>
    public const string LogPrefix = "log-";

    /// <summary>Begins the rows of remembered idempotency keys.</summary>
    public const string OncePrefix = "once-";

    /// <summary>Begins the rows of work owed to another partition.</summary>
    public const string OwedPrefix = "out-";

    /// <summary>The first row of a commit's log entry; further rows have <c>-0001</c>, <c>-0002</c>… behind it.</summary>
    public static string Log(long version) => LogPrefix + Number(version);

    /// <summary>The row of the work that a commit owes; a commit that owes much has further rows behind it.</summary>
    public static string Owed(long version) => OwedPrefix + Number(version);

    /// <summary>The row of an idempotency key, by the hash of caller, endpoint and key.</summary>
    public static string Once(string hash) => OncePrefix + hash;

    /// <summary>A number as it stands in a row key.</summary>
    public static string Number(long value) => value.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>The number at the end of a row key.</summary>
    public static long LastNumber(string rowKey) => long.Parse(rowKey.AsSpan(rowKey.Length - 19), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The number behind a prefix.</summary>
    public static long FirstNumber(string rowKey, string prefix) => long.Parse(rowKey.AsSpan(prefix.Length, 19), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Whether rows under this key are data that the commit log carries, rather than the protocol's own rows.</summary>
    public static bool IsProtocol(string rowKey)
        => rowKey == Head
            || rowKey.StartsWith(LogPrefix, StringComparison.Ordinal)
            || rowKey.StartsWith(OncePrefix, StringComparison.Ordinal)
            || rowKey.StartsWith(OwedPrefix, StringComparison.Ordinal);
}
