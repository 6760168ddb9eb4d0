using System.Runtime.CompilerServices;
using Casefile.Core.Storage;

namespace Casefile.Core.Tests.Histories;

/// <summary>
/// Storage as one process reaches it, until the process dies: from then on none of its requests is sent and none of its answers arrives, so whatever it was
/// doing stops where it stood. What was on its way still arrives.
/// </summary>
internal sealed class MortalStorage(IStorage storage) : IStorage
{
    private readonly TaskCompletionSource death = new();
    private int stepsLeft = int.MaxValue;

    /// <summary>Completes when the process dies.</summary>
    public Task Death => death.Task;

    public TimeSpan? ClockAhead => storage.ClockAhead;

    public IBlobStore Blobs => new MortalBlobs(this, storage.Blobs);

    /// <summary>Lets the process die at that many of its requests and answers from now.</summary>
    public void DieAfter(int steps) => stepsLeft = steps;

    /// <summary>Takes a death back that has not come yet.</summary>
    public void Live() => stepsLeft = int.MaxValue;

    public ITable Table(string name) => new MortalTable(this, storage.Table(name));

    public Task CreateIfMissingAsync(CancellationToken cancellationToken) => storage.CreateIfMissingAsync(cancellationToken);

    /// <summary>A request of the process to somebody else, which it sends and hears of only while it lives.</summary>
    public Task<T> AliveAsync<T>(Func<Task<T>> request) => AskAsync(request);

    private async Task<T> AskAsync<T>(Func<Task<T>> request)
    {
        await StepAsync();
        try
        {
            return await request();
        }
        finally
        {
            await StepAsync();
        }
    }

    private Task StepAsync()
    {
        if (!death.Task.IsCompleted && (stepsLeft == int.MaxValue || --stepsLeft > 0)) return Task.CompletedTask;
        death.TrySetResult();
        return new TaskCompletionSource().Task;
    }

    private sealed class MortalTable(MortalStorage process, ITable table) : ITable
    {
        public string Name => table.Name;

        public Task<Row?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
            => process.AskAsync(() => table.GetAsync(partitionKey, rowKey, cancellationToken));

        public Task<RowPage> ReadAsync(RowRange range, CancellationToken cancellationToken)
            => process.AskAsync(() => table.ReadAsync(range, cancellationToken));

        public Task<TransactionOutcome> TransactAsync(string partitionKey, IReadOnlyList<RowAction> actions, CancellationToken cancellationToken)
            => process.AskAsync(() => table.TransactAsync(partitionKey, actions, cancellationToken));
    }

    private sealed class MortalBlobs(MortalStorage process, IBlobStore blobs) : IBlobStore
    {
        public Task WriteAsync(string name, Stream content, string? contentEncoding, CancellationToken cancellationToken)
            => process.AskAsync(async () =>
            {
                await blobs.WriteAsync(name, content, contentEncoding, cancellationToken);
                return true;
            });

        public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
            => process.AskAsync(() => blobs.OpenReadAsync(name, cancellationToken));

        public Task DeleteAsync(string name, CancellationToken cancellationToken)
            => process.AskAsync(async () =>
            {
                await blobs.DeleteAsync(name, cancellationToken);
                return true;
            });

        public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await process.StepAsync();
            await foreach (var name in blobs.ListAsync(prefix, cancellationToken)) yield return name;
            await process.StepAsync();
        }
    }
}
