using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.RecordTypes;

/// <summary>Creates, changes and deletes record types. A singleton.</summary>
public sealed class RecordTypeWriter(
    RecordTypeCatalog catalog,
    CatalogWork catalogWork,
    TenantDirectory tenant,
    PartitionSet partitions,
    RecordRoom room,
    TenancyOptions options,
    RecordLimits limits)
{
    private const string What = "Record type";

    /// <summary>
    /// Makes a record type. Its ids and its place in the catalog are one commit of the tenant's partition, which owes the making of
    /// the type's own partition; only then anybody sees it.
    /// </summary>
    /// <param name="caller">Who wants it; must administer the team.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="reading">What reading the request found wrong, to be answered together with what the rules find.</param>
    /// <param name="once">The idempotency key, or null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<Made<RecordType>>> CreateAsync(
        Caller caller, RecordTypeChange request, Problem? reading, Once? once, CancellationToken cancellationToken)
    {
        if (request.TeamId is { } teamId)
        {
            if (!caller.CanRead(teamId)) return NoTeam(teamId);
            if (!caller.CanAdminister(teamId)) return Refusals.AdminOnly();
        }

        var rules = new RecordTypeRules(limits);
        var wanted = rules.Create(request);
        if (rules.Refusal(reading) is { } refusal) return refusal;

        var committed = await tenant.CommitAsync((scope, token) => AllocateAsync(scope, wanted, once, token), cancellationToken);
        if (!committed.Try(out var made, out var problem)) return problem;

        var type = made.Value.Type ?? await FirstDefinitionAsync(made.Value, cancellationToken);
        if (type is null) return Refusals.KeyForgotten();
        if (!catalog.Knows(type.Id)) await catalogWork.OpenAsync(type.Id, cancellationToken);
        return new Made<RecordType>(type, made.Replayed);
    }

    /// <summary>Changes a definition; a request that changes nothing commits nothing.</summary>
    /// <param name="caller">Who wants it; must administer the type's team.</param>
    /// <param name="id">The type.</param>
    /// <param name="request">What is to change.</param>
    /// <param name="reading">What reading the request found wrong, to be answered together with what the rules find.</param>
    /// <param name="ifMatch">The versions under which it is wanted, or null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<RecordType>> UpdateAsync(
        Caller caller, long id, RecordTypeChange request, Problem? reading, IfMatch? ifMatch, CancellationToken cancellationToken)
        => (await ChangeAsync(caller, id, request, reading, ifMatch, null, cancellationToken)).Map(change => change.Type);

    /// <summary>Adds a part to a definition: a state, a property, an option.</summary>
    /// <param name="caller">Who wants it; must administer the type's team.</param>
    /// <param name="id">The type.</param>
    /// <param name="request">What is to be added.</param>
    /// <param name="reading">What reading the request found wrong, to be answered together with what the rules find.</param>
    /// <param name="partsOf">The ids of the parts of this kind that a definition has, of which the change adds one.</param>
    /// <param name="once">The idempotency key, or null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The definition that the (first such) request made, and the id of the new part.</returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<Made<(RecordType Type, long PartId)>>> ExtendAsync(
        Caller caller,
        long id,
        RecordTypeChange request,
        Problem? reading,
        Func<RecordType, IEnumerable<long>> partsOf,
        Once? once,
        CancellationToken cancellationToken)
    {
        var changed = await ChangeAsync(caller, id, request, reading, null, new Extension(partsOf, once), cancellationToken);
        return changed.Map(change => new Made<(RecordType, long)>((change.Type, change.PartId), change.Replayed));
    }

    /// <summary>Deletes a type with all that is in it: invisible at once, cleared in the background.</summary>
    /// <param name="caller">Who wants it; must administer the type's team.</param>
    /// <param name="id">The type.</param>
    /// <param name="ifMatch">The versions under which it is wanted, or null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The refusal, or null when it is done.</returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Problem?> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (!(await FindForWriteAsync(caller, id, cancellationToken)).Try(out _, out var problem)) return problem;

        var deleted = await partitions[RecordTypeRow.Address(id)].CommitAsync<bool>(
            (scope, _) =>
            {
                if (ifMatch?.Refuse(scope[RecordCounters.Schema]) is { } changed) return ValueTask.FromResult<Result<bool>>(changed);
                scope.DeletePartition();
                scope.Owe(CatalogWork.Remove(id));
                if (scope[RecordCounters.Linked] > 0) scope.Owe(new TypeCasesWork(id, caller.UserId, scope.Now).ToOwed());
                return ValueTask.FromResult<Result<bool>>(true);
            },
            cancellationToken);
        if (deleted.Problem is null) catalog.Forget(id);
        return deleted.Problem;
    }

    private async Task<Result<RecordType>> FindForWriteAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        var type = await catalog.FindFreshAsync(id, cancellationToken);
        if (type is null || !caller.CanRead(type.TeamId)) return Refusals.NotFound(What, id);
        return caller.CanAdminister(type.TeamId) ? type : Refusals.AdminOnly();
    }

    private async ValueTask<Result<Made<Allocated>>> AllocateAsync(
        OperationScope scope, RecordType wanted, Once? once, CancellationToken cancellationToken)
    {
        if (once is not null)
        {
            if (!(await once.FindAsync(scope, cancellationToken)).Try(out var before, out var conflict)) return conflict;
            if (before is not null)
                return new Made<Allocated>(new Allocated(long.Parse(before.Made, CultureInfo.InvariantCulture), before.Version, null), Replayed: true);
        }

        var teamKey = TenantRows.Team(wanted.TeamId);
        if (await scope.GetAsync(teamKey, cancellationToken) is not { } teamRow) return NoTeam(wanted.TeamId);
        if (scope[TenantCounters.Types] >= options.MaxRecordTypes)
            return Problem.Invalid("Too many record types", $"The tenant has {options.MaxRecordTypes} record types, which is its limit");

        var type = WithIds(wanted, scope);
        scope.Insert(TenantRows.Type(type.Id), TenantRows.Encode(new CatalogEntry(type, IsOpen: false)));
        scope[TenantCounters.Types]++;
        var team = TenantRows.ReadTeam(teamKey, teamRow.Properties);
        scope.Put(teamKey, TenantRows.Encode(team with { RecordTypes = team.RecordTypes + 1 }));
        once?.Remember(scope, type.Id.ToString(CultureInfo.InvariantCulture));
        scope.Owe(CatalogWork.Open(type.Id));
        return new Made<Allocated>(new Allocated(type.Id, scope.Version, type), Replayed: false);
    }

    /// <summary>The default fields take the first ids of the sequence, then the custom ones in order (common.md, "Ids").</summary>
    private static RecordType WithIds(RecordType wanted, OperationScope scope)
    {
        var firstField = scope[TenantCounters.Field] + 1;
        scope[TenantCounters.Field] += 2 + wanted.Fields.Count;
        return wanted with
        {
            Id = ++scope[TenantCounters.Type],
            StoryNameFieldId = firstField,
            TimestampFieldId = firstField + 1,
            Fields = [.. wanted.Fields.Select((field, i) => field with { Id = firstField + 2 + i })],
            SchemaVersion = 1,
        };
    }

    private async Task<Result<long>> TakeFieldIdsAsync(int count, CancellationToken cancellationToken)
        => await tenant.CommitAsync<long>(
            (scope, _) =>
            {
                var first = scope[TenantCounters.Field] + 1;
                scope[TenantCounters.Field] += count;
                return ValueTask.FromResult<Result<long>>(first);
            },
            cancellationToken);

    private async Task<Result<Change>> ChangeAsync(
        Caller caller, long id, RecordTypeChange request, Problem? reading, IfMatch? ifMatch, Extension? extension, CancellationToken cancellationToken)
    {
        if (!(await FindForWriteAsync(caller, id, cancellationToken)).Try(out var present, out var problem)) return problem;
        if (ifMatch?.Refuse(present.SchemaVersion) is { } changed) return changed;

        // Checked before the commit too, so that a refusal takes no field ids. A repeat may well be refused by what the first request made.
        var rules = new RecordTypeRules(limits);
        rules.Update(present, request);
        if ((extension?.Once is null ? rules.Refusal(reading) : reading) is { } refusal) return refusal;

        var newFields = request.Fields.Count(field => field.Id is null);
        long firstFieldId = 0;
        if (newFields > 0 && !(await TakeFieldIdsAsync(newFields, cancellationToken)).Try(out firstFieldId, out problem)) return problem;

        var committed = await partitions[RecordTypeRow.Address(id)].CommitAsync(
            (scope, token) => ChangeAsync(scope, request, firstFieldId, ifMatch, extension, token), cancellationToken);
        if (!committed.Try(out var change, out problem)) return problem;
        if (change.Earlier is { } earlier)
            return await catalog.AtCommitAsync(id, earlier.Version, cancellationToken) is { } first ? change with { Type = first } : Refusals.KeyForgotten();

        // What this request made is the answer, whatever another has made of it since.
        catalog.Remember(change.Type);
        return change;
    }

    private async ValueTask<Result<Change>> ChangeAsync(
        OperationScope scope, RecordTypeChange request, long firstFieldId, IfMatch? ifMatch, Extension? extension, CancellationToken cancellationToken)
    {
        scope.OncePerCommit(RecordTypeRow.Key);
        var present = await catalog.OfAsync(scope, RecordTypeRow.IdOf(scope.Address), cancellationToken);
        if (extension?.Once is { } once)
        {
            if (!(await once.FindAsync(scope, cancellationToken)).Try(out var earlier, out var conflict)) return conflict;
            if (earlier is not null) return new Change(present, long.Parse(earlier.Made, CultureInfo.InvariantCulture), earlier);
        }

        if (ifMatch?.Refuse(present.SchemaVersion) is { } changed) return changed;

        var rules = new RecordTypeRules(limits);
        var updated = rules.Update(present, request);
        if (rules.Refusal(reading: null) is { } refusal) return refusal;

        var nextFieldId = firstFieldId;
        updated = updated with { Fields = [.. updated.Fields.Select(field => field.Id == 0 ? field with { Id = nextFieldId++ } : field)] };
        if (RecordTypeRow.IsSame(present, updated)) return new Change(present);

        updated = updated with { SchemaVersion = scope.Version };
        scope.Put(RecordTypeRow.Key, RecordTypeRow.Encode(updated));
        scope[RecordCounters.Schema] = scope.Version;
        scope.Owe(CatalogWork.Bring(present.Id));
        OweConsequences(scope, present, updated);
        if (extension is null) return new Change(updated);

        var partId = extension.PartsOf(updated).Except(extension.PartsOf(present)).Single();
        extension.Once?.Remember(scope, partId.ToString(CultureInfo.InvariantCulture));
        return new Change(updated, partId);
    }

    /// <summary>What a changed definition means for the records that are there already.</summary>
    private void OweConsequences(OperationScope scope, RecordType before, RecordType after)
    {
        var records = scope[RecordCounters.Live] + scope[RecordCounters.Test];
        if (after.Retention != before.Retention && (records > 0 || scope[AgeOrder.Phase] != (long)AgePhase.Complete))
        {
            scope[AgeOrder.Phase] = (long)AgePhase.Clearing;
            scope.Owe(new OwedWork(AgeOrder.Work, ""));
        }

        var losesArtifacts = FieldCleanup.IsNeeded(before, after);
        if (losesArtifacts) scope[FieldCleanup.HadArtifacts] = 1;
        if (records == 0) return;

        if (losesArtifacts)
        {
            scope[FieldCleanup.From] = 1;
            scope.Owe(new OwedWork(FieldCleanup.Work, ""));
        }

        if (after.Ttl is not null && (after.TtlDays != before.TtlDays || after.Retention != before.Retention)
            || after.OnLimit == LimitBehaviour.EvictOldest && room.LimitOf(after) < records)
        {
            scope.DueBy(DueKind.Retention, scope.Now);
        }
    }

    /// <summary>The definition that an earlier request made: as its commit wrote it, whatever became of it since.</summary>
    private async Task<RecordType?> FirstDefinitionAsync(Allocated made, CancellationToken cancellationToken)
        => await tenant.ImageAsync(made.Version, TenantRows.Type(made.Id), cancellationToken) is { } image ? RecordTypeRow.Decode(image) : null;

    /// <summary>A change that adds a part.</summary>
    /// <param name="PartsOf">The ids of the parts of this kind that a definition has.</param>
    /// <param name="Once">The idempotency key, or null.</param>
    private sealed record Extension(Func<RecordType, IEnumerable<long>> PartsOf, Once? Once);

    /// <summary>A change of a definition.</summary>
    /// <param name="Type">The definition after it; as it was where nothing changed.</param>
    /// <param name="PartId">The part that it added, or 0.</param>
    /// <param name="Earlier">The earlier request with the same idempotency key that did it, or null.</param>
    private sealed record Change(RecordType Type, long PartId = 0, OnceMade? Earlier = null)
    {
        public bool Replayed => Earlier is not null;
    }

    private static Problem NoTeam(long id) => Problem.NotFound("Team", string.Create(CultureInfo.InvariantCulture, $"team_id: {id}"));

    /// <summary>A type's place in the catalog.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Version">The version of the tenant commit that made it.</param>
    /// <param name="Type">Its definition; null when an earlier request made it.</param>
    private sealed record Allocated(long Id, long Version, RecordType? Type);
}
