using Casefile.Bench;
using Casefile.Load;

namespace Casefile.SideBySide;

/// <summary>A service that is asked for the same in its own words. It holds the first so many sample records for each size, and an empty set that is written to.</summary>
internal interface IContender
{
    /// <summary>As the tables name it.</summary>
    string Name { get; }

    /// <summary>Where it listens.</summary>
    Uri Url { get; }

    /// <summary>The processor time that it and its database have taken; null where it cannot be told.</summary>
    TimeSpan? ProcessorTime { get; }

    /// <summary>Creates a record, in the set of a size or, with 0, in the one that is written to.</summary>
    LoadRequest Create(int size, SampleRecord record);

    /// <summary>Creates several in the set that is written to.</summary>
    LoadRequest CreateMany(IReadOnlyList<SampleRecord> records);

    /// <summary>Asks for one of the records of a size.</summary>
    LoadRequest Get(int size, Random random);

    /// <summary>Asks for a page.</summary>
    LoadRequest List(int size, ListQuery query);

    /// <summary>Reads the answer to that.</summary>
    PageContent Read(ReadOnlyMemory<byte> body);

    /// <summary>Waits until it does nothing of its own any more.</summary>
    Task SettleAsync();
}
