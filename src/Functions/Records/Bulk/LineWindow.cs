using System.IO.Pipelines;
using System.Text.Json;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records.Bulk;

/// <summary>
/// Takes rows as they come, has a bounded number of them worked on at the same time, and answers them in their order. More are under way than one
/// commit holds, so that each commit is full while the rows of the next are read; a client that does not read its answers is not read from.
/// </summary>
/// <param name="to">Where answers go, a line each.</param>
/// <param name="onlyFailures">Whether rows that succeeded are counted and not answered.</param>
internal sealed class LineWindow(PipeWriter to, bool onlyFailures) : IDisposable
{
    /// <summary>Rows under way: those of a commit, those of the next, and some whose answers are being written.</summary>
    private const int MostRows = 320;

    /// <summary>Bytes of rows under way, but for one that is larger.</summary>
    private const long MostBytes = 32 * 1024 * 1024;

    private const int FlushAt = 16 * 1024;

    private readonly Queue<(Task<LineAnswer> Answer, int Bytes)> pending = new();
    private readonly Utf8JsonWriter json = new(to, JsonAnswer.Options);
    private long bytes;
    private long succeeded;
    private long failed;

    private bool HasRoom => pending.Count == 0 || (pending.Count < MostRows && bytes < MostBytes);

    /// <summary>Runs to the end of the rows. The last line counts them: without it, the answer is not whole.</summary>
    /// <param name="rows">The rows; disposed when all went well.</param>
    /// <param name="take">Begins the work on a row; what it needs of the row's bytes it has read when it returns.</param>
    /// <param name="cancellationToken">The client has gone away.</param>
    public async Task RunAsync(BodyLines rows, Func<BodyRow, Task<LineAnswer>> take, CancellationToken cancellationToken)
    {
        var reading = rows.NextAsync(cancellationToken).AsTask();
        var ended = false;
        while (!ended || pending.Count > 0)
        {
            if (!ended && HasRoom && reading.IsCompleted)
            {
                if (await reading is { } row)
                {
                    pending.Enqueue((take(row), row.Utf8.Length));
                    bytes += row.Utf8.Length;
                    reading = rows.NextAsync(cancellationToken).AsTask();
                }
                else
                {
                    ended = true;
                }
            }
            else if (pending.TryPeek(out var first) && first.Answer.IsCompleted)
            {
                pending.Dequeue();
                bytes -= first.Bytes;
                await AnswerAsync(await first.Answer, cancellationToken);
            }
            else
            {
                await FlushAsync(cancellationToken);
                if (pending.Count == 0) await reading;
                else if (ended || !HasRoom) await first.Answer;
                else await Task.WhenAny(reading, first.Answer);
            }
        }

        rows.Dispose();
        json.WriteStartObject();
        json.WriteNumber("succeeded"u8, succeeded);
        json.WriteNumber("failed"u8, failed);
        json.WriteEndObject();
        EndLine();
        await FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => json.Dispose();

    private async ValueTask AnswerAsync(LineAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Problem is null) succeeded++;
        else failed++;
        if (onlyFailures && answer.Problem is null) return;
        answer.Write(json, "line"u8);
        EndLine();
        if (to.UnflushedBytes >= FlushAt) await FlushAsync(cancellationToken);
    }

    private void EndLine()
    {
        json.Flush();
        json.Reset();
        to.GetSpan(1)[0] = (byte)'\n';
        to.Advance(1);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (to.UnflushedBytes == 0) return;
        if ((await to.FlushAsync(cancellationToken)).IsCompleted) throw new OperationCanceledException("The client no longer reads.");
    }
}
