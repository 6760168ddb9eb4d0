using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Tracy;

/// <summary>Records as records of datasets (tracy.md, "Semantics"): what they refer to is looked up, and the rest is <see cref="RecordStore"/>'s. A singleton.</summary>
public sealed class DatasetRecords(RecordStore records, TenantDirectory tenant, IStorage storage)
{
    /// <summary>Other records that one request may refer to: each is a read.</summary>
    private const int MostReferences = 100;

    /// <summary>Creates a record, or a duplicate of one; or answers what the first request of this idempotency key made.</summary>
    /// <param name="caller">Who wants it.</param>
    /// <param name="datasetId">The dataset; null for the original's.</param>
    /// <param name="originalId">The record to duplicate, or null.</param>
    /// <param name="content">What it holds, or what differs from the original.</param>
    /// <param name="once">The idempotency key by the dataset, or null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<CreatedRecord>> CreateAsync(
        Caller caller, long? datasetId, long? originalId, DatasetContent content, Func<long, Once?> once, CancellationToken cancellationToken)
    {
        OriginalRecord? original = null;
        if (originalId is { } id && !(await FindOriginalAsync(caller, id, cancellationToken)).Try(out original, out var problem)) return problem;
        if (original is not null && datasetId is { } other && other != original.Record.Type.Id)
            return Problem.Malformed("Dataset does not match", string.Create(CultureInfo.InvariantCulture, $"dataset.id: record {originalId} is of dataset {original.Record.Type.Id}"));

        var typeId = datasetId ?? original?.Record.Type.Id ?? 0;
        if (!(await records.TypeToCreateInAsync(caller, typeId, cancellationToken)).Try(out var type, out problem))
            return problem.Kind == ProblemKind.NotFound ? NoDataset(typeId) : problem;

        var known = await FindAsync(caller, caller.CanCreate, content, cancellationToken);
        if (!known.Try(out var references, out problem)) return problem;
        var record = new NewRecord(type.Id, content with { Known = references, Original = original });
        var created = await records.CreateAsync(caller, record, once(type.Id), cancellationToken);
        return created.Problem is { Kind: ProblemKind.NotFound } ? NoDataset(typeId) : created;
    }

    /// <summary>Changes a record: all of it or nothing.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<UpdatedRecord>> UpdateAsync(
        Caller caller, long id, long? datasetId, DatasetContent content, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (datasetId is { } dataset)
        {
            if (!(await records.GetAsync(caller, id, cancellationToken)).Try(out var present, out var missing)) return missing;
            if (present.Type.Id != dataset) return Problem.Malformed("Dataset does not match", "dataset.id: a record stays in its dataset");
        }

        var known = await FindAsync(caller, caller.CanRead, content, cancellationToken);
        return known.Try(out var references, out var problem)
            ? await records.UpdateAsync(caller, id, new RecordChanges { Content = content with { Known = references } }, ifMatch, cancellationToken)
            : problem;
    }

    /// <summary>A record with all that it shows; NotFound where there is none that the caller may read.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<DatasetRecord>> GetAsync(Caller caller, long id, CancellationToken cancellationToken)
        => (await records.GetAsync(caller, id, cancellationToken)).Try(out var record, out var problem)
            ? await ShowAsync(caller, record, known: null, cancellationToken)
            : problem;

    /// <summary>A page of a dataset's live records in the order of their creation, without their events.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="stateId">The state that they are in; null for any.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="take">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<DatasetPage>> ListAsync(Caller caller, long datasetId, long? stateId, long skip, int take, CancellationToken cancellationToken)
    {
        var request = new ListRequest
        {
            RecordTypeId = datasetId,
            Selection = new RecordSelection(StateId: stateId),
            Descending = false,
            Skip = skip,
            Take = take,
        };
        if (!(await records.ListAsync(caller, request, cancellationToken)).Try(out var list, out var problem))
            return problem.Kind == ProblemKind.NotFound ? NoDataset(datasetId, "datasetId") : problem;
        if (stateId is { } state && list.Type.States.All(each => each.IdIn(datasetId) != state))
            return Problem.Malformed("State not found", string.Create(CultureInfo.InvariantCulture, $"stateId: dataset {datasetId} has no state {state}"));
        if (list.Records.Sum(record => ArtifactReferences.Decode(record.Record.Artifacts).Sum(reference => reference.Bytes)) > records.InlinedBytes)
            return Problem.Invalid("Records are too large for one answer", "perPage: ask for fewer at once");

        var shown = new List<DatasetRecord>(list.Records.Count);
        foreach (var record in list.Records)
        {
            var contents = (await records.ContentsAsync(record, known: null, cancellationToken)).Value;
            Datum[] datums = [.. Datum.Of(record, contents)];
            shown.Add(new DatasetRecord(record, datums, null, await UsersAsync(caller, datums, [], cancellationToken)));
        }

        return new DatasetPage(shown, list.Total);
    }

    /// <summary>Deletes a record; answers its id.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<long>> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => records.DeleteAsync(caller, id, ifMatch, cancellationToken);

    /// <summary>A record as it was read or written, with all that it shows. What is too long for one answer is left out.</summary>
    /// <param name="caller">Who sees it.</param>
    /// <param name="record">The record.</param>
    /// <param name="known">Large values that need not be read; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<DatasetRecord> ShowAsync(
        Caller caller, RecordSnapshot record, IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? known, CancellationToken cancellationToken)
    {
        var contents = (await records.ContentsAsync(record, known, cancellationToken)).Value;
        Datum[] datums = [.. Datum.Of(record, contents)];
        var events = await RecordHistory.ReadAsync(storage, record, cancellationToken);
        return new DatasetRecord(record, datums, events, await UsersAsync(caller, datums, events, cancellationToken));
    }

    private async ValueTask<IReadOnlyDictionary<long, User>> UsersAsync(
        Caller caller, IReadOnlyList<Datum> datums, IReadOnlyList<RecordEvent> events, CancellationToken cancellationToken)
    {
        var ids = datums.Where(datum => datum.Field.PropertyType.Member == ValueMember.User).Select(datum => datum.ReferenceId)
            .Concat(events.Select(each => each.UserId))
            .OfType<long>()
            .ToHashSet();
        if (ids.Count == 0) return new Dictionary<long, User>();

        var snapshot = await tenant.CurrentAsync(cancellationToken);
        return ids.Where(id => snapshot.Users.ContainsKey(id) && Users.Sees(caller, snapshot, id)).ToDictionary(id => id, id => snapshot.Users[id]);
    }

    private async Task<Result<OriginalRecord>> FindOriginalAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (!(await records.GetAsync(caller, id, cancellationToken)).Try(out var record, out var problem))
        {
            return problem.Kind == ProblemKind.NotFound
                ? Problem.Malformed("Record not found", string.Create(CultureInfo.InvariantCulture, $"original.id: there is no record {id}"))
                : problem;
        }

        return (await records.ContentsAsync(record, known: null, cancellationToken)).Map(contents => new OriginalRecord(record, contents));
    }

    /// <summary>Looks up the users and records that content refers to.</summary>
    private async Task<Result<KnownReferences>> FindAsync(Caller caller, Func<long, bool> isOpen, DatasetContent content, CancellationToken cancellationToken)
    {
        var userIds = Referred(content, ValueMember.User);
        var recordIds = Referred(content, ValueMember.Record).Union((content.Metadatums ?? []).Select(each => each.RecordId).OfType<long>()).ToArray();
        if (recordIds.Length > MostReferences)
            return Problem.Malformed("Too many references", $"datums: at most {MostReferences} other records may be referred to at once");

        var users = new HashSet<long>();
        if (userIds.Length > 0)
        {
            var snapshot = await tenant.CurrentAsync(cancellationToken);
            if (userIds.Any(id => !snapshot.Users.ContainsKey(id))) snapshot = await tenant.FreshAsync(cancellationToken);
            users.UnionWith(userIds.Where(id => snapshot.Users.ContainsKey(id) && Users.Sees(caller, isOpen, snapshot, id)));
        }

        var found = new HashSet<long>();
        foreach (var id in recordIds)
        {
            if (await records.ExistsAsync(isOpen, id, cancellationToken)) found.Add(id);
        }

        return new KnownReferences(users, found);
    }

    private static long[] Referred(DatasetContent content, ValueMember member)
        => [.. content.Datums.Where(datum => datum.Member == member).Select(datum => datum.ReferenceId).Distinct()];

    private static Problem NoDataset(long id, string place = "dataset.id")
        => Problem.Malformed("Dataset not found", string.Create(CultureInfo.InvariantCulture, $"{place}: there is no dataset {id}"));
}

/// <summary>A page of a dataset's records.</summary>
/// <param name="Records">The records.</param>
/// <param name="Total">How many there are, on this page or not.</param>
public sealed record DatasetPage(IReadOnlyList<DatasetRecord> Records, long Total);
