using Casefile.Core.Storage;

namespace Casefile.Testing.Simulation;

/// <summary>A transaction as the simulated storage saw it.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="PartitionKey">The partition.</param>
/// <param name="Actions">What was asked for.</param>
/// <param name="Effect">What came of it in the storage; null before it arrived, and where it never did or is still under way.</param>
/// <param name="Answer">What the sender was told; null before it was.</param>
public sealed record SimulatedTransaction(
    string Table,
    string PartitionKey,
    IReadOnlyList<RowAction> Actions,
    TransactionOutcome? Effect = null,
    TransactionOutcome? Answer = null);
