using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Casefile.Core.Storage.Embedded;

/// <summary>
/// The one thread that writes. It takes all transactions that wait, runs each by itself (one that is refused leaves nothing and hinders no other),
/// writes them to disk with one commit, and only then answers: while the disk is busy with one commit the next one gathers.
/// </summary>
internal sealed partial class TransactionWriter : IDisposable
{
    // Bound how long the first of a batch waits for the last, and what a batch holds in memory.
    private const int BatchTransactions = 256;
    private const int BatchBytes = 8 * 1024 * 1024;

    // An opening gives up to 2^36 ETags; there may be 2^27 openings.
    private const int EpochShift = 36;

    private readonly BlockingCollection<EncodedTransaction> waiting = [];
    private readonly SqliteConnection connection;
    private readonly FrozenDictionary<string, TableWriter> tables;
    private readonly Statement begin, commit, rollback, mark, undo, release;
    private readonly ILogger<TransactionWriter> logger;
    private readonly Thread thread;
    private readonly List<(EncodedTransaction Transaction, TransactionOutcome Outcome)> batch = [];
    private long lastETag;

    public TransactionWriter(DatabaseFile file, ILogger<TransactionWriter> logger)
    {
        this.logger = logger;
        connection = file.OpenWriter();
        lastETag = DatabaseFile.NextEpoch(connection) << EpochShift;
        tables = TableNames.All.ToFrozenDictionary(name => name, name => new TableWriter(connection, name), StringComparer.Ordinal);
        (begin, commit, rollback) = (new(connection, "BEGIN IMMEDIATE"), new(connection, "COMMIT"), new(connection, "ROLLBACK"));
        (mark, undo, release) = (new(connection, "SAVEPOINT one"), new(connection, "ROLLBACK TO one"), new(connection, "RELEASE one"));
        thread = new Thread(Run) { IsBackground = true, Name = "Casefile storage writer" };
        thread.Start();
    }

    /// <summary>Hands a transaction over; its outcome comes when it is on disk.</summary>
    /// <returns>False when the writer has ended.</returns>
    public bool TrySend(EncodedTransaction transaction)
    {
        try
        {
            waiting.Add(transaction);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join();
        foreach (var table in tables.Values) table.Dispose();
        foreach (var statement in (ReadOnlySpan<Statement>)[begin, commit, rollback, mark, undo, release]) statement.Dispose();
        connection.Dispose();
        waiting.Dispose();
    }

    private void Run()
    {
        foreach (var first in waiting.GetConsumingEnumerable())
        {
            try
            {
                WriteBatch(first);
            }
#pragma warning disable CA1031 // Whatever goes wrong, those who wait must hear of it, and the thread goes on.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                GiveUp(failure);
            }

            foreach (var (transaction, outcome) in batch)
            {
                transaction.Answer(outcome);
                transaction.Dispose();
            }

            batch.Clear();
        }
    }

    private void WriteBatch(EncodedTransaction first)
    {
        var bytes = first.Bytes;
        Enter(first);
        begin.Run();
        Apply(0);
        while (batch.Count < BatchTransactions && bytes < BatchBytes && waiting.TryTake(out var next))
        {
            bytes += next.Bytes;
            Enter(next);
            Apply(batch.Count - 1);
        }

        commit.Run();
    }

    private void Enter(EncodedTransaction transaction) => batch.Add((transaction, TransactionOutcome.Of(TransactionStatus.Unknown)));

    private void Apply(int index)
    {
        var transaction = batch[index].Transaction;
        mark.Run();
        var outcome = Apply(transaction);
        if (outcome.Status != TransactionStatus.Committed) undo.Run();
        release.Run();
        batch[index] = (transaction, outcome);
    }

    private TransactionOutcome Apply(EncodedTransaction transaction)
    {
        var table = tables[transaction.Table];
        var first = lastETag + 1;
        for (var i = 0; i < transaction.Actions.Length; i++)
        {
            if (table.Apply(transaction, transaction.Actions[i], ++lastETag) is { } refused) return TransactionOutcome.Of(refused, i, refused.ToString());
        }

        return new TransactionOutcome(TransactionStatus.Committed, new GivenETags(first, transaction));
    }

    // A commit that failed may be in the log all the same, and turn up after a restart: nobody is told more than is known.
    private void GiveUp(Exception failure)
    {
        var reason = failure is SqliteException refusal ? $"sqlite {refusal.SqliteExtendedErrorCode}" : failure.GetType().Name;
        LogFailed(batch.Count, reason);
        for (var i = 0; i < batch.Count; i++)
            batch[i] = (batch[i].Transaction, TransactionOutcome.Of(TransactionStatus.Unknown, reason: reason));
        try
        {
            rollback.Run();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself.
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The disk did not take {Transactions} transactions: {Reason}")]
    private partial void LogFailed(int transactions, string reason);
}
