using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Partitions;

/// <summary>A process of the service, as far as partitions go.</summary>
internal static class PartitionFixture
{
    public static PartitionSet Process(IStorage storage, TimeProvider time, params IOwedWorkHandler[] handlers)
        => Process(storage, time, out _, out _, handlers);

    public static PartitionSet Process(
        IStorage storage, TimeProvider time, out DueTable dueTable, out OwedWorkHandlers owedWork, params IOwedWorkHandler[] handlers)
    {
        dueTable = new DueTable(storage);
        owedWork = new OwedWorkHandlers(storage, NullLogger<OwedWorkHandlers>.Instance);
        foreach (var handler in handlers) owedWork.Add(handler);
        return new PartitionSet(storage, dueTable, owedWork, Options(time), time, NullLogger<Partition>.Instance);
    }

    /// <summary>A process that owes nothing, with options of its own.</summary>
    public static PartitionSet Process(IStorage storage, TimeProvider time, PartitionOptions options)
        => new(storage, new DueTable(storage), new OwedWorkHandlers(storage, NullLogger<OwedWorkHandlers>.Instance), options, time, NullLogger<Partition>.Instance);

    /// <summary>By this clock, the same each time.</summary>
    public static PartitionOptions Options(TimeProvider time) => new()
    {
        Delay = (span, token) => Task.Delay(span, time, token),
        Random = new Random(1),
        ReadSpacing = TimeSpan.Zero,
    };
}
