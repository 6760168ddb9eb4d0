using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tracy;

namespace Casefile.Core.Records;

/// <summary>What a record has beyond its values, its state and whether it is archived (tracy.md): one property of its row, as JSON.</summary>
public sealed record RecordTraits
{
    /// <summary>State changes that are kept: the newest.</summary>
    private const int MostMoves = 200;

    /// <summary>A record of which nothing is known but its values.</summary>
    public static readonly RecordTraits None = new();

    /// <summary>The user who created it, or null.</summary>
    public long? AuthorId { get; init; }

    /// <summary>The record that it was made as a duplicate of, or null.</summary>
    public long? OriginalId { get; init; }

    /// <summary>Milliseconds of TIMESTAMP values beyond the second that the field shows, by field.</summary>
    public IReadOnlyDictionary<long, int> Milliseconds { get; init; } = new Dictionary<long, int>();

    /// <summary>Its system values, as they were sent; none where the server ranks it by its id.</summary>
    public IReadOnlyList<Metadatum> Metadatums { get; init; } = [];

    /// <summary>The states that it left, in order.</summary>
    public IReadOnlyList<StateMove> Moves { get; init; } = [];

    /// <summary>The number of the next event; 0 while nothing but its creation has happened.</summary>
    public long NextEvent { get; init; }

    /// <summary>The traits in a stored text; <see cref="None"/> in null.</summary>
    public static RecordTraits Decode(string? text)
    {
        if (text is null) return None;
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        return new RecordTraits
        {
            AuthorId = Number(root, "by"),
            OriginalId = Number(root, "of"),
            NextEvent = Number(root, "ev") ?? 0,
            Milliseconds = root.TryGetProperty("ms", out var fractions)
                ? fractions.EnumerateObject().ToDictionary(each => long.Parse(each.Name, CultureInfo.InvariantCulture), each => each.Value.GetInt32())
                : None.Milliseconds,
            Metadatums = root.TryGetProperty("meta", out var metadatums) ? [.. metadatums.EnumerateArray().Select(Metadatum.Read)] : [],
            Moves = root.TryGetProperty("moves", out var moves)
                ? [.. moves.EnumerateArray().Select(move => new StateMove(move[0].GetInt64(), move[1].GetInt64()))]
                : [],
        };
    }

    /// <summary>The text to store, or null where there is nothing to say.</summary>
    public string? Encode()
    {
        if (AuthorId is null && OriginalId is null && Milliseconds.Count + Metadatums.Count + Moves.Count + NextEvent == 0) return null;

        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, JsonText.Compact))
        {
            json.WriteStartObject();
            if (AuthorId is { } author) json.WriteNumber("by", author);
            if (OriginalId is { } original) json.WriteNumber("of", original);
            if (NextEvent > 0) json.WriteNumber("ev", NextEvent);
            if (Milliseconds.Count > 0)
            {
                json.WriteStartObject("ms");
                foreach (var (field, milliseconds) in Milliseconds) json.WriteNumber(field.ToString(CultureInfo.InvariantCulture), milliseconds);
                json.WriteEndObject();
            }

            if (Metadatums.Count > 0)
            {
                json.WriteStartArray("meta");
                foreach (var metadatum in Metadatums) metadatum.Write(json);
                json.WriteEndArray();
            }

            if (Moves.Count > 0)
            {
                json.WriteStartArray("moves");
                foreach (var move in Moves)
                {
                    json.WriteStartArray();
                    json.WriteNumberValue(move.OldStateId);
                    json.WriteNumberValue(move.At);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Gives a new record's image its traits, its state and what the server fills.</summary>
    internal static void Begin(OperationScope scope, RecordDraft draft, long id, Dictionary<string, object> image)
    {
        var type = draft.Type;
        if (draft.Traits is null && type.Dataset is null) return;

        var change = draft.Traits ?? new TraitsChange();
        RecordDraft.Set(image, RecordRow.State, change.StateId ?? (type.Dataset is { States.Count: > 0 } ? type.States[0].IdIn(type.Id) : null));
        RecordDraft.Set(image, RecordRow.Archived, change.Archived.Or(null));
        var traits = Decode(image.GetValueOrDefault(RecordRow.Traits) as string) with
        {
            AuthorId = draft.UserId,
            OriginalId = change.OriginalId,
            Metadatums = Rank(scope, type, id, change.Metadatums),
        };
        RecordDraft.Set(image, RecordRow.Traits, traits.Encode());
        FillAutomatic(scope, draft, image, isNew: true);
    }

    /// <summary>Changes a record's image by what is sent beside values, and fills what the server fills.</summary>
    internal static void Continue(OperationScope scope, RecordDraft draft, RecordSnapshot before, Dictionary<string, object> image)
    {
        var (type, id) = (draft.Type, before.Record.Id);
        if (draft.Traits is { } change)
        {
            var traits = Decode(image.GetValueOrDefault(RecordRow.Traits) as string);
            var left = type.StateOf(before.Record.StateId).IdIn(type.Id);
            if (change.StateId is { } state && state != left)
            {
                image[RecordRow.State] = state;
                traits = traits with { Moves = [.. traits.Moves.Append(new StateMove(left, scope.Now.ToUnixTimeMilliseconds())).TakeLast(MostMoves)] };
            }

            if (change.Archived.IsGiven) RecordDraft.Set(image, RecordRow.Archived, change.Archived.Value);
            if (change.Metadatums is not null) traits = traits with { Metadatums = Rank(scope, type, id, change.Metadatums) };
            RecordDraft.Set(image, RecordRow.Traits, traits.Encode());
        }

        if (type.Dataset is null && before.Record.Traits is null && !image.ContainsKey(RecordRow.Traits)) return;
        RecordHistory.Append(scope, before, image, draft.UserId);
        FillAutomatic(scope, draft, image, isNew: false);
    }

    /// <summary>
    /// The system values to keep. A record without any is ranked last: by its id, which is higher than any before, unless a client has
    /// ranked a record still higher.
    /// </summary>
    private static IReadOnlyList<Metadatum> Rank(OperationScope scope, RecordType type, long id, IReadOnlyList<Metadatum>? sent)
    {
        if (sent is not { Count: > 0 })
            return scope[RecordCounters.Rank] < id ? [] : [new Metadatum(type.Id, ++scope[RecordCounters.Rank], null)];

        foreach (var rank in sent.Where(each => each.RepresentationId == type.Id).Select(each => each.Decimal ?? 0))
            scope[RecordCounters.Rank] = Math.Max(scope[RecordCounters.Rank], (long)Math.Clamp(Math.Ceiling(rank), 0, 1L << 53));
        return sent;
    }

    private static void FillAutomatic(OperationScope scope, RecordDraft draft, Dictionary<string, object> image, bool isNew)
    {
        foreach (var field in draft.Type.Fields)
        {
            var type = field.PropertyType;
            if (!type.IsAutomatic || (!isNew && type != PropertyType.Changed)) continue;
            image[field.RowProperty] =
                type == PropertyType.Author ? draft.UserId.ToString(CultureInfo.InvariantCulture)
                : type == PropertyType.Number ? (++scope[RecordCounters.Number]).ToString(CultureInfo.InvariantCulture)
                : Timestamps.Moment(scope.Now.ToUnixTimeMilliseconds());
        }
    }

    private static long? Number(JsonElement root, string name) => root.TryGetProperty(name, out var number) ? number.GetInt64() : null;
}

/// <summary>A system value of a record, such as its rank in a representation.</summary>
/// <param name="RepresentationId">The representation; a type's own has the type's id.</param>
/// <param name="Decimal">A number, or null.</param>
/// <param name="RecordId">A record, or null.</param>
public sealed record Metadatum(long RepresentationId, double? Decimal, long? RecordId)
{
    internal static Metadatum Read(JsonElement json) => new(
        json[0].GetInt64(),
        json[1].ValueKind == JsonValueKind.Null ? null : json[1].GetDouble(),
        json[2].ValueKind == JsonValueKind.Null ? null : json[2].GetInt64());

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteNumberValue(RepresentationId);
        if (Decimal is { } number) json.WriteNumberValue(number);
        else json.WriteNullValue();
        if (RecordId is { } record) json.WriteNumberValue(record);
        else json.WriteNullValue();
        json.WriteEndArray();
    }
}

/// <summary>A record left a state.</summary>
/// <param name="OldStateId">The state that it left.</param>
/// <param name="At">When, Unix milliseconds.</param>
public sealed record StateMove(long OldStateId, long At);

/// <summary>What a request says of a record beside its values, checked.</summary>
internal sealed record TraitsChange
{
    /// <summary>The state, or null to leave it; a new record's is the first.</summary>
    public long? StateId { get; init; }

    /// <summary>When it was archived, Unix milliseconds; given as null, it is not.</summary>
    public Setting<long?> Archived { get; init; }

    /// <summary>Its system values, or null to leave them.</summary>
    public IReadOnlyList<Metadatum>? Metadatums { get; init; }

    /// <summary>The record that it is made as a duplicate of, or null.</summary>
    public long? OriginalId { get; init; }
}
