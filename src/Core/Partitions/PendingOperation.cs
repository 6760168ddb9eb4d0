using Casefile.Core.Storage;

namespace Casefile.Core.Partitions;

/// <summary>Where an operation stands on its way through the committer.</summary>
internal enum OperationStage
{
    Waiting = 0,
    Sent = 1,
    Abandoned = 2,
}

/// <summary>An operation that waits for its commit, with its answer once it ran.</summary>
/// <param name="runsAhead">Whether it may run while the commit before its own is under way.</param>
internal abstract class PendingOperation(bool runsAhead)
{
    private int stage;

    public bool RunsAhead => runsAhead;

    /// <summary>When it was handed in: what it is refused for must be true at a later moment.</summary>
    public long ArrivedAt { get; } = Moment.Next();

    public bool IsAbandoned => Volatile.Read(ref stage) == (int)OperationStage.Abandoned;

    /// <summary>What this operation owes, once it is accepted.</summary>
    public IReadOnlyList<OwedWork> Owed { get; set; } = [];

    /// <summary>Takes it for sending; false when its caller has gone.</summary>
    public bool TrySend() => Interlocked.CompareExchange(ref stage, (int)OperationStage.Sent, (int)OperationStage.Waiting) != (int)OperationStage.Abandoned;

    /// <summary>Puts it back after a commit that certainly did not happen.</summary>
    public void Unsend() => Interlocked.CompareExchange(ref stage, (int)OperationStage.Waiting, (int)OperationStage.Sent);

    /// <summary>Gives it up, if it was not sent; true when it certainly will not happen.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref stage, (int)OperationStage.Abandoned, (int)OperationStage.Waiting) != (int)OperationStage.Sent;

    /// <summary>Runs it against a scope and keeps its answer; true when it is accepted.</summary>
    public abstract ValueTask<bool> RunAsync(OperationScope scope, CancellationToken cancellationToken);

    /// <summary>Answers the caller with what the last run came to.</summary>
    public abstract void Answer();

    public abstract void Refuse(Problem problem);

    public abstract void Fail(Exception exception);
}

/// <inheritdoc/>
internal sealed class PendingOperation<T>(Operation<T> operation, bool runsAhead) : PendingOperation(runsAhead)
{
    private readonly TaskCompletionSource<Result<T>> completion = Partitions.Completion.New<Result<T>>();
    private Result<T> answer;
    private Exception? fault;

    public Task<Result<T>> Completion => completion.Task;

    public override async ValueTask<bool> RunAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        try
        {
            (answer, fault) = (await operation(scope, cancellationToken), null);
            return answer.Problem is null;
        }
#pragma warning disable CA1031 // It is its caller's, unless it comes of rows and a head of different versions and goes away with them.
        catch (Exception exception) when (exception is not StorageUnavailableException)
#pragma warning restore CA1031
        {
            fault = exception;
            return false;
        }
    }

    public override void Answer()
    {
        if (fault is null) completion.TrySetResult(answer);
        else Fail(fault);
    }

    public override void Refuse(Problem problem) => completion.TrySetResult(problem);

    /// <summary>The caller has waited long enough: tells it whether anything may come of this yet.</summary>
    public void GiveUp()
        => Refuse(TryAbandon()
            ? Partition.Unavailable("Storage is slow to answer", "Nothing was written.")
            : Partition.Unavailable("The outcome is unknown", "Storage has not confirmed the write yet; it may still take effect."));

    /// <summary>The caller no longer waits.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        TryAbandon();
        completion.TrySetCanceled(cancellationToken);
    }

    public override void Fail(Exception exception)
    {
        completion.TrySetException(exception);
        // Its caller may have given up on it, and then nobody looks.
        _ = completion.Task.Exception;
    }
}
