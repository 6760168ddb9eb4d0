using System.Buffers;

namespace Casefile.Core.Storage;

/// <summary>
/// What the real service refuses of an entity group transaction, found before anything is sent, so that every implementation of
/// <see cref="ITable"/> refuses the same (<see cref="StorageLimits"/>). Stricter than the service where that loses nothing:
/// property names are ASCII identifiers, numbers finite, and texts well-formed UTF-16, which the SDK would change silently.
/// </summary>
public static class TransactionRules
{
    private static readonly SearchValues<char> ForbiddenInKeys = SearchValues.Create(
        ['/', '\\', '#', '?', .. Enumerable.Range(0, 0x20).Select(unit => (char)unit), .. Enumerable.Range(0x7F, 0x21).Select(unit => (char)unit)]);

    private static readonly SearchValues<char> AllowedInNames = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>
    /// The refusal (<see cref="TransactionStatus.Rejected"/>) with the index of the action that is at fault, or without one where it is
    /// the whole: too many actions, too large a body. Null when nothing is wrong.
    /// </summary>
    public static TransactionOutcome? Refusal(string partitionKey, IReadOnlyList<RowAction> actions)
    {
        if (actions.Count is 0 or > StorageLimits.ActionsPerTransaction)
            return Rejected(null, $"{actions.Count} actions, 1 to {StorageLimits.ActionsPerTransaction} are possible");

        var rows = new HashSet<string>(actions.Count, StringComparer.Ordinal);
        long bytes = StorageSizes.TransactionFrame;
        for (var index = 0; index < actions.Count; index++)
        {
            var action = actions[index];
            if (!string.Equals(action.Row.PartitionKey, partitionKey, StringComparison.Ordinal))
                return Rejected(index, "another partition than the transaction's");
            if (!rows.Add(action.Row.RowKey))
                return Rejected(index, "a row twice in a transaction");
            if (FaultOf(action) is { } fault)
                return Rejected(index, fault);
            bytes += StorageSizes.ActionBytes(action);
        }

        return bytes > StorageLimits.TransactionBytes
            ? Rejected(null, $"a body of up to {bytes} bytes, {StorageLimits.TransactionBytes} are possible")
            : null;
    }

    /// <summary>Whether a text can be a partition or row key: at most 512 UTF-16 units, none of <c>/ \ # ?</c>, no control characters, no lone surrogates.</summary>
    public static bool IsKey(string key)
        => 2 * key.Length <= StorageLimits.KeyBytes && !key.AsSpan().ContainsAny(ForbiddenInKeys) && IsWellFormed(key);

    private static string? FaultOf(RowAction action)
    {
        if (!IsKey(action.Row.PartitionKey))
            return "a partition key that the service refuses";
        if (!IsKey(action.Row.RowKey))
            return "a row key that the service refuses";
        if (action.Kind is RowActionKind.Replace or RowActionKind.Delete && string.IsNullOrEmpty(action.ETag))
            return "no ETag";
        return action.Kind == RowActionKind.Delete ? null : FaultOf(action.Row);
    }

    private static string? FaultOf(Row row)
    {
        if (row.Properties.Count > StorageLimits.Properties)
            return $"{row.Properties.Count} properties, {StorageLimits.Properties} are possible";
        foreach (var (name, value) in row.Properties.Each())
        {
            if (!IsName(name))
                return "a property name that the service refuses";
            if (FaultOf(value) is { } fault)
                return $"property {name}: {fault}";
        }

        return StorageSizes.EntityBytes(row) is var bytes and > StorageLimits.EntityBytes
            ? $"an entity of {bytes} bytes, {StorageLimits.EntityBytes} are possible"
            : null;
    }

    private static string? FaultOf(object value) => value switch
    {
        string or byte[] when StorageSizes.PropertyBytes(value) is var bytes and > StorageLimits.PropertyBytes
            => $"{bytes} bytes, {StorageLimits.PropertyBytes} are possible",
        string text when !IsWellFormed(text) => "a lone surrogate",
        double number when !double.IsFinite(number) => "not a finite number",
        DateTimeOffset date when date < StorageLimits.EarliestDate => "a date before 1601",
        string or byte[] or long or double or bool or DateTimeOffset => null,
        _ => "a type that is not kept",
    };

    private static bool IsName(string name)
        => name.Length is > 0 and <= StorageLimits.PropertyNameLength
            && !char.IsAsciiDigit(name[0])
            && !name.AsSpan().ContainsAnyExcept(AllowedInNames)
            && name is not ("PartitionKey" or "RowKey" or "Timestamp");

    private static bool IsWellFormed(string text)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAnyInRange('\uD800', '\uDFFF') is var at and >= 0)
        {
            if (!char.IsHighSurrogate(rest[at]) || at + 1 == rest.Length || !char.IsLowSurrogate(rest[at + 1]))
                return false;
            rest = rest[(at + 2)..];
        }

        return true;
    }

    private static TransactionOutcome Rejected(int? action, string reason) => TransactionOutcome.Of(TransactionStatus.Rejected, action, reason);
}
