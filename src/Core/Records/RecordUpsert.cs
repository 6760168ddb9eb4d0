using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>
/// Changes the record whose fields have given values, or creates it (records.md, "Beyond"), in one commit. Which record matches is asked within
/// the operation: of the replica at the version before the commit, and of what operations before it in the same commit have changed. So two
/// upserts of one new key make one record, in whatever processes they run.
/// </summary>
internal sealed class RecordUpsert(
    PartitionSet partitions,
    ReplicaSet replicas,
    RecordTypeCatalog catalog,
    RecordAccess access,
    RecordDrafting drafting,
    RecordCreation creation,
    RecordUpdating updating,
    CaseLinks cases)
{
    /// <summary>The most fields that a record is matched by.</summary>
    public const int MostFields = 2;

    /// <summary>How often a definition may change under one request.</summary>
    private const int Attempts = 5;

    /// <summary>How many of several matching records a refusal names.</summary>
    private const int Named = 5;

    /// <summary>Changes or creates a record.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="input">The record; where there is one already its values are written, and nothing else.</param>
    /// <param name="matchFieldIds">One or two fields whose values in <paramref name="input"/> say which record it is.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The record; Conflict when several match.</returns>
    public async Task<Result<UpsertedRecord>> UpsertAsync(
        Caller caller, NewRecord input, IReadOnlyList<long> matchFieldIds, CancellationToken cancellationToken)
    {
        if (!(await access.TypeToWriteAsync(caller, input.RecordTypeId, cancellationToken)).Try(out var type, out var problem)) return problem;
        var address = RecordTypeRow.Address(type.Id);

        // A replica that has to be built is waited for here, where nobody else waits.
        if (!(await replicas.OpenAsync(address, cancellationToken)).Try(out var warm, out problem))
            return problem.Kind == ProblemKind.NotFound ? RecordAccess.NoSuchType(type.Id) : problem;
        warm.Dispose();

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var faults = new List<Fault>();
            await cases.CheckAsync(caller, input.CaseIds, atCreation: true, "case_ids", faults, cancellationToken);
            var parent = await creation.FindParentAsync(caller, type, input.ParentId, faults, cancellationToken);
            if (!(await drafting.CheckAsync(caller, type, input.Content, isNew: true, faults, cancellationToken)).Try(out var draft, out problem)) return problem;
            if (!RecordKey.Read(draft, matchFieldIds, input.IsTest).Try(out var key, out problem))
            {
                await drafting.DiscardAsync(draft);
                return problem;
            }

            var committed = await partitions[address].CommitAsync<Upsert>(
                async (scope, token) =>
                {
                    if ((await catalog.OfAsync(scope, type.Id, token)).SchemaVersion != draft.Type.SchemaVersion) return new Upsert(null, false);
                    if (!(await FindAsync(scope, key, token)).Try(out var found, out var refused)) return refused;
                    return found.Count switch
                    {
                        0 => (await creation.AddAsync(scope, caller.UserId, input, draft, parent, token)).Map(record => new Upsert(record.Read(), IsNew: true)),
                        1 => (await updating.ChangeAsync(scope, caller.UserId, found[0], new RecordChanges { Content = input.Content }, draft, token)).Map(record => new Upsert(record, IsNew: false)),
                        _ => Ambiguous(found),
                    };
                },
                cancellationToken);

            if (!committed.Try(out var upsert, out problem))
            {
                if (problem.Kind != ProblemKind.Unavailable) await drafting.DiscardAsync(draft);
                return problem.Kind == ProblemKind.NotFound ? RecordAccess.NoSuchType(type.Id) : problem;
            }

            if (upsert.Record is { } record) return new UpsertedRecord(record, draft.Contents, upsert.IsNew);

            await drafting.DiscardAsync(draft);
            if (await catalog.FindFreshAsync(type.Id, cancellationToken) is not { } fresh) return RecordAccess.NoSuchType(type.Id);
            type = fresh;
        }

        return Problem.Of(ProblemKind.Unavailable, "Record type keeps changing", "Nothing was written.", TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// The ids of the records that match, ascending, as many as tell one from several. The replica may be ahead of the operation: then another
    /// process has written, the commit loses its race, and this runs again.
    /// </summary>
    private async ValueTask<Result<IReadOnlyList<long>>> FindAsync(OperationScope scope, RecordKey key, CancellationToken cancellationToken)
    {
        var changed = scope.ChangedBefore(RecordRow.Prefix).ToArray();
        if (!(await replicas.OpenAtAsync(scope.Address, scope.Head, cancellationToken)).Try(out var lease, out var problem)) return problem;

        IReadOnlyList<long> stored;
        using (lease)
        {
            var queries = new RecordQueries(lease);
            var expiredBefore = key.Type.Ttl is { } ttl ? scope.Now - ttl : (DateTimeOffset?)null;
            if (!queries.FindIds(key.Selection, Named + changed.Length, expiredBefore, cancellationToken).Try(out stored!, out problem)) return problem;
        }

        var matching = new SortedSet<long>(stored);
        foreach (var (rowKey, row) in changed)
        {
            var id = RowKeys.LastNumber(rowKey);
            matching.Remove(id);
            if (row is not null && !RecordRows.IsExpired(key.Type, row.Properties, scope.Now) && key.Matches(row.Properties)) matching.Add(id);
        }

        return matching.ToArray();
    }

    private static Problem Ambiguous(IReadOnlyList<long> found) => Problem.Of(
        ProblemKind.Conflict,
        "Several records match",
        string.Create(CultureInfo.InvariantCulture, $"match_field_ids: records {string.Join(", ", found.Take(Named))}{(found.Count > Named ? "…" : "")} have these values"));

    /// <summary>What came of the operation; nothing where the definition is not the one that was checked.</summary>
    private sealed record Upsert(RecordSnapshot? Record, bool IsNew);

    /// <summary>The values that say which record is meant.</summary>
    private sealed record RecordKey(RecordType Type, IReadOnlyList<(RecordField Field, object Value)> Values, bool IsTest)
    {
        public RecordSelection Selection { get; } = new(
            new Filter.All([.. Values.Select(each => new Filter.Comparison(each.Field, FilterOperator.Equal, [each.Value]))]), IsTest);

        public static Result<RecordKey> Read(RecordDraft draft, IReadOnlyList<long> fieldIds, bool isTest)
        {
            const string message = "Parameter is invalid";
            var faults = new List<Fault>();
            var values = new List<(RecordField, object)>(fieldIds.Count);
            for (var i = 0; i < fieldIds.Count; i++)
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"match_field_ids[{i}]");
                var (field, value) = draft.Values.FirstOrDefault(each => each.Field.Id == fieldIds[i]);
                if (field is { Type: FieldType.Artifact or FieldType.Json })
                    faults.Add(new Fault(message, $"{place}: records cannot be matched by a field of type {RecordTypeNames.Of(field.Type)}"));
                else if (field is null || value is null or "")
                    faults.Add(new Fault(message, $"{place}: field_values must have a value for field {fieldIds[i]}"));
                else
                    values.Add((field, value));
            }

            return faults.Count > 0 ? new Problem(ProblemKind.Invalid, faults) : new RecordKey(draft.Type, values, isTest);
        }

        public bool Matches(IReadOnlyDictionary<string, object> image)
            => (image.GetValueOrDefault(RecordRow.Test) is true) == IsTest
                && Values.All(each => each.Value.Equals(image.GetValueOrDefault(RecordRow.Field(each.Field.Id))));
    }
}

/// <summary>A record that was changed or created.</summary>
/// <param name="Record">The record after it.</param>
/// <param name="Contents">The large values that came with the request, by field.</param>
/// <param name="IsNew">Whether it was created.</param>
public sealed record UpsertedRecord(RecordSnapshot Record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Contents, bool IsNew);
