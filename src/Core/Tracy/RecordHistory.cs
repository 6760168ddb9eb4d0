using Casefile.Core.Records;

namespace Casefile.Core.Tracy;

/// <summary>
/// What happened to a record (tracy.md, "Semantics" 4). Its creation is told by the record itself as long as it has not changed, so that nothing is stored
/// for it beside the record.
/// </summary>
internal static class RecordHistory
{
    /// <summary>The events of a record, in order.</summary>
    public static IReadOnlyList<RecordEvent> Events(RecordSnapshot record, IReadOnlyList<Datum> datums)
    {
        var traits = RecordTraits.Decode(record.Record.Traits);
        var stateId = traits.Moves.Count > 0 ? traits.Moves[0].OldStateId : record.Record.StateId;
        var (id, at, author) = (record.Record.Id, record.Record.Created, traits.AuthorId);
        var kind = traits.OriginalId is null ? RecordEventKind.Created : RecordEventKind.Duplicated;
        return
        [
            new RecordEvent(InnerIds.Of(id, 0), kind, at, author) { NewState = record.Type.StateOf(stateId) },
            .. datums
                .Where(datum => !datum.Field.PropertyType.IsAutomatic)
                .Select((datum, index) => new RecordEvent(InnerIds.Of(id, index + 1), RecordEventKind.DatumChanged, at, author) { NewValue = datum }),
        ];
    }
}
