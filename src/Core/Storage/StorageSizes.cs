namespace Casefile.Core.Storage;

/// <summary>How large rows are in a transaction's body, by upper bounds.</summary>
public static class StorageSizes
{
    /// <summary>Bytes of an action's part of the serialized body at most: frame, headers, and the row's JSON.</summary>
    public static long ActionBytes(RowAction action)
    {
        var bytes = 1_024L + Json(action.Row.PartitionKey) + 2 * Json(action.Row.RowKey);
        foreach (var (name, value) in action.Row.Properties)
        {
            bytes += 2 * name.Length + 40 + value switch
            {
                string text => Json(text),
                byte[] binary => binary.Length * 4L / 3 + 4,
                _ => 40,
            };
        }

        return bytes;
    }

    /// <summary>The SDK's JSON escapes what is not ASCII, and some of what is, sixfold.</summary>
    private static long Json(string text)
    {
        var bytes = 0L;
        foreach (var c in text) bytes += c is >= ' ' and < '\u007f' and not ('"' or '\\' or '<' or '>' or '&' or '\'' or '+' or '`') ? 1 : 6;
        return bytes;
    }
}
