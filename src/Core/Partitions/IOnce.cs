namespace Casefile.Core.Partitions;

/// <summary>What makes a request happen once (common.md, "Beyond the reference services").</summary>
public interface IOnce
{
    /// <summary>What the first such request made; null when this is the first; a conflict when that one had another body.</summary>
    ValueTask<Result<OnceMade?>> FindAsync(OperationScope scope, CancellationToken cancellationToken);

    /// <summary>Remembers, with this commit, what the request made.</summary>
    ValueTask RememberAsync(OperationScope scope, string made, CancellationToken cancellationToken);
}
