using Casefile.Core.Records;

namespace Casefile.Functions.Records;

/// <summary>
/// The lists of records of this process (records.md, "List"): an answer is a function of the question, of the type's version and of the next expiry, so it is kept, and
/// sent again for as long as these stand.
/// </summary>
public sealed class RecordLists
{
    internal RecordLists(RecordStore store, KeptLists kept, ListTags tags) => (Store, Kept, Tags) = (store, kept, tags);

    internal RecordStore Store { get; }

    internal KeptLists Kept { get; }

    internal ListTags Tags { get; }

    /// <summary>A request for a list.</summary>
    internal RecordListRequest Begin() => new(this);
}
