namespace Casefile.Core.Partitions;

/// <summary>Does one kind of owed work. It may be called several times for the same work, late and out of order, and must do no harm then.</summary>
public interface IOwedWorkHandler
{
    /// <summary>The kinds of <see cref="OwedWork"/> that this handler does.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Does the work. Returning means it is done for good; an exception means that it is to be tried again.</summary>
    /// <param name="owner">The partition whose commit owed it.</param>
    /// <param name="version">That commit's version.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Stops the try.</param>
    Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken);
}
