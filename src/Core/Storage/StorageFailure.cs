using Azure;

namespace Casefile.Core.Storage;

/// <summary>Failures of the SDK in the wrapper's words, without what may hold a key: the SDK's messages quote addresses and answers.</summary>
internal static class StorageFailure
{
    /// <summary>Status and error code, fit for a log.</summary>
    public static string Reason(Exception failure) => failure switch
    {
        RequestFailedException { Status: > 0 } refusal => $"{refusal.Status} {refusal.ErrorCode}".TrimEnd(),
        AggregateException { InnerException: { } last } => Reason(last),
        OperationCanceledException => "timeout",
        _ => failure.GetType().Name,
    };

    /// <summary>
    /// Runs a request that the SDK retries. What still fails is <see cref="StorageUnavailableException"/>; only the caller's own
    /// cancellation stays one.
    /// </summary>
    public static async Task<T> ThrowingUnavailable<T>(
        Func<CancellationToken, Task<T>> request, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await request(either.Token);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && failure is not StorageUnavailableException)
        {
            throw Unavailable(failure);
        }
    }

    public static StorageUnavailableException Unavailable(Exception failure) => new($"Storage is unavailable: {Reason(failure)}");
}
