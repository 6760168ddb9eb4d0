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
        var options = new PartitionOptions
        {
            Delay = (span, token) => Task.Delay(span, time, token),
            Random = new Random(1),
            ReadSpacing = TimeSpan.Zero,
        };
        return new PartitionSet(storage, dueTable, owedWork, options, time, NullLogger<Partition>.Instance);
    }
}
