using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Casefile.Load;

/// <summary>
/// Drives a server by a fixed number of clients, each with a thread and a connection of its own, each sending its next request when the last is answered.
/// </summary>
/// <param name="Server">The server: <c>http://</c>, an IP address, a port.</param>
/// <param name="Clients">How many, from 1.</param>
/// <param name="Requests">How many requests they send together.</param>
/// <param name="Longest">When no further one is sent, whatever is left.</param>
public sealed record LoadRun(Uri Server, int Clients, long Requests, TimeSpan Longest)
{
    private const int ShownOfAnError = 1_000;

    /// <summary>The one status that counts as a good answer; null for any 2xx.</summary>
    public int? Expected { get; init; }

    /// <summary>Sends the same request again and again.</summary>
    public LoadResult Send(LoadRequest request) => Send(_ => _ => request);

    /// <summary>Sends what the clients' factories make.</summary>
    /// <param name="factoryOf">
    /// A client's factory, asked for once by its number from 0. The factory gets the number of the request among all, from 0, and is called on the client's own thread;
    /// its time counts as the client's, not as the server's latency.
    /// </param>
    public LoadResult Send(Func<int, Func<long, LoadRequest>> factoryOf)
    {
        var tally = new Tally(Requests);
        using var start = new Barrier(Clients + 1);
        var threads = Enumerable.Range(0, Clients)
            .Select(client => new Thread(() => Drive(factoryOf(client), start, tally)) { IsBackground = true, Name = $"client {client}" })
            .ToArray();
        foreach (var thread in threads) thread.Start();
        start.SignalAndWait();
        var started = Stopwatch.GetTimestamp();
        foreach (var thread in threads) thread.Join();
        return tally.ToResult(Stopwatch.GetElapsedTime(started));
    }

    private void Drive(Func<long, LoadRequest> next, Barrier start, Tally tally)
    {
        var latencies = new List<double>();
        using var connection = new LoadConnection(Server);
        var connected = TryOpen(connection, tally);
        start.SignalAndWait();
        var started = Stopwatch.GetTimestamp();
        while (connected && tally.Take() is { } number && Stopwatch.GetElapsedTime(started) < Longest)
        {
            var request = next(number);
            var sent = Stopwatch.GetTimestamp();
            try
            {
                var answer = connection.Send(request);
                if (Expected is { } expected ? answer.Status == expected : answer.IsSuccess) latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                else tally.Fail(answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), request, Encoding.UTF8.GetString(answer.Body.Span));
            }
            catch (Exception cut) when (cut is IOException or SocketException)
            {
                tally.Fail(cut.GetType().Name, request, cut.Message);
            }
        }

        tally.Add(latencies);
    }

    private static bool TryOpen(LoadConnection connection, Tally tally)
    {
        try
        {
            connection.Open();
            return true;
        }
        catch (SocketException refused)
        {
            tally.Fail(nameof(SocketException), null, refused.Message);
            return false;
        }
    }

    /// <summary>What all clients of a run share.</summary>
    private sealed class Tally(long requests)
    {
        private readonly Lock gate = new();
        private readonly List<double> latencies = [];
        private readonly SortedDictionary<string, long> errors = new(StringComparer.Ordinal);
        private string? firstError;
        private long taken;

        /// <summary>The number of the next request; null where enough are sent.</summary>
        public long? Take() => Interlocked.Increment(ref taken) is var number && number <= requests ? number - 1 : null;

        public void Add(List<double> ofClient)
        {
            lock (gate) latencies.AddRange(ofClient);
        }

        public void Fail(string kind, LoadRequest? request, string text)
        {
            lock (gate)
            {
                errors[kind] = errors.GetValueOrDefault(kind) + 1;
                firstError ??= $"{request?.Method} {request?.Target}: {kind} {text[..Math.Min(text.Length, ShownOfAnError)]}";
            }
        }

        public LoadResult ToResult(TimeSpan elapsed)
        {
            latencies.Sort();
            return new LoadResult(latencies.Count, elapsed, latencies, errors, firstError);
        }
    }
}
