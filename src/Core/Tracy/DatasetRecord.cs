using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Tracy;

/// <summary>A record with all that it shows as a record of a dataset.</summary>
/// <param name="Snapshot">The record.</param>
/// <param name="Datums">Its values.</param>
/// <param name="Events">What happened to it, in order; null where that was not asked for.</param>
/// <param name="Users">The users among its values and events that the caller may know of, by id.</param>
public sealed record DatasetRecord(
    RecordSnapshot Snapshot, IReadOnlyList<Datum> Datums, IReadOnlyList<RecordEvent>? Events, IReadOnlyDictionary<long, User> Users)
{
    /// <summary>What it has beyond values.</summary>
    public RecordTraits Traits { get; } = RecordTraits.Decode(Snapshot.Record.Traits);

    /// <summary>Its id.</summary>
    public long Id => Snapshot.Record.Id;

    /// <summary>Its type.</summary>
    public RecordType Type => Snapshot.Type;

    /// <summary>The state that it is in.</summary>
    public RecordState State => Type.StateOf(Snapshot.Record.StateId);

    /// <summary>Its system values: those that were sent, or its rank, which is its id.</summary>
    public IReadOnlyList<Metadatum> Metadatums => Traits.Metadatums.Count > 0 ? Traits.Metadatums : [new Metadatum(Type.Id, Id, null)];
}
