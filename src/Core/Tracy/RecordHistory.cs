using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;

namespace Casefile.Core.Tracy;

/// <summary>
/// What happened to a record (tracy.md, "Semantics" 4). Its creation is told by the record itself as long as it has not changed, so that a create stores
/// nothing beside the record. Its first change writes that down, and every change what it did: a row <c>event-{record:D19}-{n:D19}</c> each, in the
/// commit of the change.
/// </summary>
internal static class RecordHistory
{
    /// <summary>Changes of one record that are kept: the newest, and its creation.</summary>
    private const int MostRows = 500;

    /// <summary>Events that one row keeps.</summary>
    private const int MostEvents = 1_000;

    /// <summary>Characters of a text that an event keeps, where a row has few events and where it has many: a row takes 1 MiB.</summary>
    private const int LongText = 1_000;

    private const int ShortText = 100;
    private const int FewEvents = 100;

    private const string AtProperty = "at";
    private const string UserProperty = "by";
    private const string FirstProperty = "first";

    /// <summary>Begins the rows of a record's history.</summary>
    public static string PrefixOf(long recordId) => $"event-{RowKeys.Number(recordId)}-";

    /// <summary>The events of a record that has not changed since its creation, in order.</summary>
    public static IReadOnlyList<RecordEvent> OfCreation(RecordSnapshot record)
    {
        var traits = RecordTraits.Decode(record.Record.Traits);
        var (id, at, author) = (record.Record.Id, record.Record.Created, traits.AuthorId);
        var kind = traits.OriginalId is null ? RecordEventKind.Created : RecordEventKind.Duplicated;
        return
        [
            new RecordEvent(InnerIds.Of(id, 0), kind, at, author) { NewState = record.Type.StateOf(record.Record.StateId) },
            .. Values(record).Select((datum, index) => new RecordEvent(InnerIds.Of(id, index + 1), RecordEventKind.DatumChanged, at, author) { NewValue = datum }),
        ];
    }

    /// <summary>Writes down what a change of a record did, if it did anything that is told.</summary>
    /// <param name="scope">The operation's scope.</param>
    /// <param name="before">The record before it.</param>
    /// <param name="image">The record's image after it, which takes the count of rows.</param>
    /// <param name="userId">Who did it.</param>
    public static void Append(OperationScope scope, RecordSnapshot before, Dictionary<string, object> image, long userId)
    {
        var after = RecordSnapshot.Read(before.Type, RecordRow.Key(before.Record.Id), image);
        var now = scope.Now.ToUnixTimeMilliseconds();
        var changes = Changes(before, after, now, userId);
        if (changes.Count == 0) return;

        var (id, rows) = (before.Record.Id, before.EventRows);
        var traits = RecordTraits.Decode(image.GetValueOrDefault(RecordRow.Traits) as string);
        var next = traits.NextEvent;
        if (rows == 0)
        {
            var creation = OfCreation(before);
            Insert(scope, id, rows++, 0, creation);
            next = creation.Count;
        }

        Insert(scope, id, rows++, next, changes);
        image[RecordRow.Events] = rows;
        image[RecordRow.Traits] = (traits with { NextEvent = next + changes.Count }).Encode()!;
        if (rows > MostRows) scope.Delete(KeyOf(id, rows - MostRows));
    }

    /// <summary>The events of a record, in order: from its rows, or of its creation where it has none.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public static async Task<IReadOnlyList<RecordEvent>> ReadAsync(IStorage storage, RecordSnapshot record, CancellationToken cancellationToken)
    {
        if (record.EventRows == 0) return OfCreation(record);

        var events = new List<RecordEvent>();
        var address = RecordTypeRow.Address(record.Type.Id);
        var range = RowRange.Prefix(address.Key, PrefixOf(record.Record.Id));
        while (true)
        {
            var page = await storage.Table(address.Table).ReadAsync(range, cancellationToken);
            foreach (var row in page.Rows) Read(row, record, events);
            if (page.Continuation is null) return events;
            range = range with { Continuation = page.Continuation };
        }
    }

    private static List<RecordEvent> Changes(RecordSnapshot before, RecordSnapshot after, long now, long userId)
    {
        var changes = new List<RecordEvent>();
        var (oldState, newState) = (before.Type.StateOf(before.Record.StateId), after.Type.StateOf(after.Record.StateId));
        if (oldState != newState) changes.Add(new RecordEvent(0, RecordEventKind.StateChanged, now, userId) { OldState = oldState, NewState = newState });

        var (old, current) = (Values(before).ToLookup(datum => datum.Field.Id), Values(after).ToLookup(datum => datum.Field.Id));
        for (var i = 0; i < before.Type.Fields.Count; i++)
        {
            var field = before.Type.Fields[i];
            var (gone, come) = (Without(old[field.Id], current[field.Id]), Without(current[field.Id], old[field.Id]));

            // An artifact keeps its id when its text is replaced; what tells is when that was.
            if (field.Type is FieldType.Artifact or FieldType.Json && gone.Count + come.Count == 0 && WasReplaced(before, after, field.Id))
                (gone, come) = ([.. old[field.Id]], [.. current[field.Id]]);
            for (var each = 0; each < Math.Max(gone.Count, come.Count); each++)
            {
                changes.Add(new RecordEvent(0, RecordEventKind.DatumChanged, now, userId)
                {
                    OldValue = gone.ElementAtOrDefault(each),
                    NewValue = come.ElementAtOrDefault(each),
                });
            }
        }

        return changes;
    }

    private static bool WasReplaced(RecordSnapshot before, RecordSnapshot after, long fieldId)
        => BlobOf(before, fieldId) != BlobOf(after, fieldId);

    private static string? BlobOf(RecordSnapshot record, long fieldId)
        => ArtifactReferences.Decode(record.Record.Artifacts).FirstOrDefault(reference => reference.FieldId == fieldId)?.Blob;

    private static IEnumerable<Datum> Values(RecordSnapshot record) => Datum.Of(record, contents: null).Where(datum => !datum.Field.PropertyType.IsAutomatic);

    /// <summary>The values that are not among the others, each of those counting once.</summary>
    private static List<Datum> Without(IEnumerable<Datum> values, IEnumerable<Datum> others)
    {
        var left = others.ToList();
        return [.. values.Where(value => !TakeFrom(left, value))];
    }

    private static bool TakeFrom(List<Datum> values, Datum value)
    {
        var at = values.FindIndex(each => IsSame(each, value));
        if (at >= 0) values.RemoveAt(at);
        return at >= 0;
    }

    private static bool IsSame(Datum one, Datum other)
        => Equals(one.Value, other.Value) && one.ReferenceId == other.ReferenceId && one.Option?.Text == other.Option?.Text;

    private static string KeyOf(long recordId, long number) => PrefixOf(recordId) + RowKeys.Number(number);

    private static void Insert(OperationScope scope, long recordId, long number, long first, IReadOnlyList<RecordEvent> events)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { [AtProperty] = events[0].At, [FirstProperty] = first };
        if (events[0].UserId is { } user) properties[UserProperty] = user;
        var json = Encode(events).WrittenMemory;
        for (var part = 0; part * StorageLimits.PropertyBytes < json.Length; part++)
        {
            var start = part * StorageLimits.PropertyBytes;
            properties[Part(part)] = json.Slice(start, Math.Min(StorageLimits.PropertyBytes, json.Length - start)).ToArray();
        }

        scope.Insert(KeyOf(recordId, number), properties);
    }

    private static ArrayBufferWriter<byte> Encode(IReadOnlyList<RecordEvent> events)
    {
        var most = events.Count <= FewEvents ? LongText : ShortText;
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, JsonText.Compact);
        json.WriteStartArray();
        foreach (var each in events.Take(MostEvents))
        {
            json.WriteStartObject();
            json.WriteNumber("k", (int)each.Kind);
            if (each.OldState is { } oldState) json.WriteNumber("os", oldState.Ordinal);
            if (each.NewState is { } newState) json.WriteNumber("ns", newState.Ordinal);
            if (each.Field is { } field) json.WriteNumber("f", field.Id);
            Write(json, "o", each.OldValue, most);
            Write(json, "n", each.NewValue, most);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        return buffer;
    }

    private static void Write(Utf8JsonWriter json, string name, Datum? datum, int most)
    {
        if (datum is null) return;
        json.WriteStartObject(name);
        if (datum.ReferenceId is { } reference) json.WriteNumber("r", reference);
        switch (datum.Option?.Text ?? datum.Value)
        {
            case string text: json.WriteString("s", text.Length <= most ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…")); break;
            case long integer: json.WriteNumber("i", integer); break;
            case double number: json.WriteNumber("d", number); break;
            default: break;
        }

        json.WriteEndObject();
    }

    private static void Read(Row row, RecordSnapshot record, List<RecordEvent> events)
    {
        var bytes = new ArrayBufferWriter<byte>();
        for (var part = 0; row.Properties.GetValueOrDefault(Part(part)) is byte[] some; part++) bytes.Write(some);
        using var json = JsonDocument.Parse(bytes.WrittenMemory);
        var first = row.Integer(FirstProperty) ?? 0;
        foreach (var each in json.RootElement.EnumerateArray())
        {
            var read = new RecordEvent(InnerIds.Of(record.Record.Id, first++), (RecordEventKind)each.GetProperty("k").GetInt32(), row.Integer(AtProperty) ?? 0, row.Integer(UserProperty));
            if (each.TryGetProperty("f", out var fieldId))
            {
                // Of a property that was deleted nothing is told any more.
                if (record.Type.Field(fieldId.GetInt64()) is not { } field) continue;
                read = read with { OldValue = ReadValue(each, "o", field), NewValue = ReadValue(each, "n", field) };
            }

            events.Add(read with { OldState = ReadState(each, "os", record.Type), NewState = ReadState(each, "ns", record.Type) });
        }
    }

    private static Datum? ReadValue(JsonElement each, string name, RecordField field)
    {
        if (!each.TryGetProperty(name, out var value)) return null;
        var text = value.TryGetProperty("s", out var given) ? given.GetString() : null;
        if (value.TryGetProperty("r", out var reference))
        {
            var option = field.PropertyType.HasOptions ? field.Options.FirstOrDefault(each => each.IdIn(field.Id) == reference.GetInt64()) ?? new FieldOption(0, text ?? "", null, []) : null;
            return new Datum(0, field, null, reference.GetInt64(), option);
        }

        return new Datum(0, field, value.TryGetProperty("i", out var integer) ? integer.GetInt64() : value.TryGetProperty("d", out var number) ? number.GetDouble() : text);
    }

    private static RecordState? ReadState(JsonElement each, string name, RecordType type)
        => each.TryGetProperty(name, out var ordinal) ? type.StateOf(PartIds.Of(type.Id, ordinal.GetInt32())) : null;

    private static string Part(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number}");
}
