using System.Collections.Concurrent;
using Casefile.Core.Partitions;

namespace Casefile.Core.Tests.Partitions;

public sealed class SharedReadTests
{
    private readonly Queue<TaskCompletionSource<int>> reads = new();
    private int started;

    private SharedRead<int> Shared(int crowd = int.MaxValue, Func<TimeSpan, Task>? delay = null)
        => new(
            () =>
            {
                lock (reads)
                {
                    started++;
                    var read = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
                    reads.Enqueue(read);
                    return read.Task;
                }
            },
            TimeSpan.FromHours(1),
            crowd,
            delay ?? (_ => Task.CompletedTask));

    [Fact]
    public async Task A_request_that_arrives_while_a_read_is_under_way_is_served_by_the_next_one()
    {
        var shared = Shared();
        var first = shared.ReadAsync(default);
        await StartedAsync(1);
        var second = shared.ReadAsync(default);
        var third = shared.ReadAsync(default);

        Finish(1);
        Assert.Equal(1, await first);
        Assert.False(second.IsCompleted);

        await StartedAsync(2);
        Finish(2);
        Assert.Equal(2, await second);
        Assert.Equal(2, await third);
        Assert.Equal(2, started);
    }

    [Fact]
    public async Task Requests_one_after_another_never_share_a_read()
    {
        var shared = Shared();
        for (var i = 1; i <= 5; i++)
        {
            var request = shared.ReadAsync(default);
            await StartedAsync(i);
            Finish(i);
            Assert.Equal(i, await request);
        }

        Assert.Equal(5, started);
    }

    [Fact]
    public async Task Every_read_starts_after_each_request_that_it_serves_arrived_so_it_serves_no_more_of_them_than_there_are_clients()
    {
        const int clients = 16, requests = 300;
        var reading = 0;
        var shared = new SharedRead<int>(
            async () =>
            {
                var number = Interlocked.Increment(ref reading);
                for (var i = 0; i < number % 4; i++) await Task.Yield();
                return number;
            },
            TimeSpan.Zero,
            int.MaxValue,
            _ => Task.CompletedTask);
        var served = new ConcurrentDictionary<int, int>();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < requests; i++)
            {
                var startedBefore = Volatile.Read(ref reading);
                var read = await shared.ReadAsync(default);
                Assert.True(read > startedBefore, $"read {read} had started when the request arrived, as had {startedBefore}");
                served.AddOrUpdate(read, 1, (_, count) => count + 1);
            }
        })));

        Assert.All(served, read => Assert.InRange(read.Value, 1, clients));
        Assert.Equal(clients * requests, served.Values.Sum());
    }

    [Fact]
    public async Task Requests_that_give_up_leave_the_others_to_a_read_that_starts_after_them()
    {
        const int clients = 8, requests = 200;
        var reading = 0;
        var shared = new SharedRead<int>(
            async () =>
            {
                var number = Interlocked.Increment(ref reading);
                await Task.Yield();
                return number;
            },
            TimeSpan.Zero,
            int.MaxValue,
            _ => Task.CompletedTask);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < requests; i++)
            {
                using var leaving = new CancellationTokenSource();
                var startedBefore = Volatile.Read(ref reading);
                var request = shared.ReadAsync(leaving.Token);
                if (client % 2 == 0) await leaving.CancelAsync();
                try
                {
                    Assert.True(await request > startedBefore);
                }
                catch (OperationCanceledException)
                {
                    Assert.True(leaving.IsCancellationRequested);
                }
            }
        })));
    }

    [Fact]
    public async Task A_failed_read_fails_those_that_waited_for_it_and_nobody_after()
    {
        var shared = Shared();
        var first = shared.ReadAsync(default);
        await StartedAsync(1);
        lock (reads) reads.Dequeue().SetException(new InvalidOperationException("once"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);

        var second = shared.ReadAsync(default);
        await StartedAsync(2);
        Finish(2);
        Assert.Equal(2, await second);
    }

    [Fact]
    public async Task After_a_crowded_read_the_next_one_is_held_back()
    {
        var held = new TaskCompletionSource();
        var shared = Shared(crowd: 2, delay: _ => held.Task);
        var first = shared.ReadAsync(default);
        await StartedAsync(1);
        var crowd = new[] { shared.ReadAsync(default), shared.ReadAsync(default) };
        Finish(1);
        await first;
        await StartedAsync(2);
        var late = shared.ReadAsync(default);
        Finish(2);
        await Task.WhenAll(crowd);
        Assert.Equal(2, started);

        held.SetResult();
        await StartedAsync(3);
        Finish(3);
        Assert.Equal(3, await late);
    }

    [Fact]
    public async Task A_request_that_gives_up_does_not_hold_the_others()
    {
        using var cancellation = new CancellationTokenSource();
        var shared = Shared();
        var leaving = shared.ReadAsync(cancellation.Token);
        await StartedAsync(1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        var staying = shared.ReadAsync(default);
        Finish(1);
        await StartedAsync(2);
        Finish(2);
        Assert.Equal(2, await staying);
    }

    private void Finish(int answer)
    {
        lock (reads) reads.Dequeue().SetResult(answer);
    }

    private async Task StartedAsync(int count)
    {
        while (true)
        {
            lock (reads)
            {
                if (started >= count) return;
            }

            await Task.Yield();
        }
    }
}
