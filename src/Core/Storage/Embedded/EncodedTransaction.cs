namespace Casefile.Core.Storage.Embedded;

/// <summary>
/// A transaction as the writer takes it: encoded by its sender, on the sender's thread, into one rented array. The writer disposes of it,
/// since a sender may have given up long before.
/// </summary>
internal sealed class EncodedTransaction : IDisposable
{
    private const int UsualRowBytes = 512;

    private readonly PooledBytes bytes;
    private readonly Range partition;
    private readonly EncodedAction[] actions;
    private readonly TaskCompletionSource<TransactionOutcome> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EncodedTransaction(string table, string partitionKey, IReadOnlyList<RowAction> rowActions)
    {
        Table = table;
        bytes = new PooledBytes(UsualRowBytes * (rowActions.Count + 1));
        partition = Key(partitionKey);
        actions = new EncodedAction[rowActions.Count];
        for (var i = 0; i < actions.Length; i++) actions[i] = Encode(rowActions[i]);
    }

    public string Table { get; }

    public ReadOnlySpan<EncodedAction> Actions => actions;

    public ReadOnlySpan<byte> Partition => bytes.Slice(partition);

    public int Bytes => bytes.Length;

    public Task<TransactionOutcome> Outcome => outcome.Task;

    public ReadOnlySpan<byte> RowKey(in EncodedAction action) => bytes.Slice(action.RowKey);

    public ReadOnlySpan<byte> Properties(in EncodedAction action) => bytes.Slice(action.Properties);

    public void Answer(TransactionOutcome answer) => outcome.TrySetResult(answer);

    public void Dispose() => bytes.Dispose();

    private EncodedAction Encode(RowAction action)
    {
        var rowKey = Key(action.Row.RowKey);
        var start = bytes.Length;
        if (action.Kind != RowActionKind.Delete) RowBytes.Encode(action.Row.Properties, bytes);
        var any = action.ETag is null or RowAction.AnyETag;
        return new EncodedAction(action.Kind, rowKey, start..bytes.Length, any ? null : ETags.Number(action.ETag!));
    }

    private Range Key(string key)
    {
        var start = bytes.Length;
        bytes.Advance(OrdinalKey.Encode(key, bytes.Room(OrdinalKey.MaxBytes(key))));
        return start..bytes.Length;
    }
}

/// <summary>One action, its key and properties as ranges of the transaction's bytes.</summary>
/// <param name="Kind">What happens to the row.</param>
/// <param name="RowKey">Where its key is.</param>
/// <param name="Properties">Where its properties are; empty for a deletion.</param>
/// <param name="ETag">The ETag that the row must have; null for any.</param>
internal readonly record struct EncodedAction(RowActionKind Kind, Range RowKey, Range Properties, long? ETag);
