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
    private readonly TaskCompletionSource grave = new();
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
    public Task<T> AliveAsync<T>(Func<Task<T>> request) => TryStep() ? HearAsync(request()) : RestAsync<T>();

    /// <summary>Lets what a dead process was about come to its end, by a failure: what it holds on this machine is given back.</summary>
    public void Bury() => grave.TrySetException(new ProcessDiedException());

    private bool TryStep()
    {
        if (!death.Task.IsCompleted && (stepsLeft == int.MaxValue || --stepsLeft > 0)) return true;
        death.TrySetResult();
        return false;
    }

    private async Task<T> HearAsync<T>(Task<T> request)
    {
        // Not thrown here: a failure that nobody lives to hear of is none.
        await ((Task)request).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return TryStep() ? await request : await RestAsync<T>();
    }

    private async Task<T> RestAsync<T>()
    {
        await grave.Task;
        throw new ProcessDiedException();
    }

    private sealed class MortalTable(MortalStorage process, ITable table) : ITable
    {
        public string Name => table.Name;

        public Task<Row?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
            => process.TryStep() ? process.HearAsync(table.GetAsync(partitionKey, rowKey, cancellationToken)) : process.RestAsync<Row?>();

        public Task<RowPage> ReadAsync(RowRange range, CancellationToken cancellationToken)
            => process.TryStep() ? process.HearAsync(table.ReadAsync(range, cancellationToken)) : process.RestAsync<RowPage>();

        public Task<TransactionOutcome> TransactAsync(string partitionKey, IReadOnlyList<RowAction> actions, CancellationToken cancellationToken)
            => process.TryStep() ? process.HearAsync(table.TransactAsync(partitionKey, actions, cancellationToken)) : process.RestAsync<TransactionOutcome>();
    }

    private sealed class MortalBlobs(MortalStorage process, IBlobStore blobs) : IBlobStore
    {
        public Task WriteAsync(string name, Stream content, string? contentEncoding, CancellationToken cancellationToken)
            => process.TryStep() ? process.HearAsync(WrittenAsync(name, content, contentEncoding, cancellationToken)) : process.RestAsync<bool>();

        public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
            => process.TryStep() ? process.HearAsync(blobs.OpenReadAsync(name, cancellationToken)) : process.RestAsync<Stream?>();

        public Task DeleteAsync(string name, CancellationToken cancellationToken)
            => process.TryStep() ? process.HearAsync(DeletedAsync(name, cancellationToken)) : process.RestAsync<bool>();

        public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (!process.TryStep()) await process.RestAsync<bool>();
            await foreach (var name in blobs.ListAsync(prefix, cancellationToken)) yield return name;
            if (!process.TryStep()) await process.RestAsync<bool>();
        }

        private async Task<bool> WrittenAsync(string name, Stream content, string? contentEncoding, CancellationToken cancellationToken)
        {
            await blobs.WriteAsync(name, content, contentEncoding, cancellationToken);
            return true;
        }

        private async Task<bool> DeletedAsync(string name, CancellationToken cancellationToken)
        {
            await blobs.DeleteAsync(name, cancellationToken);
            return true;
        }
    }

    private sealed class ProcessDiedException : Exception;
}
