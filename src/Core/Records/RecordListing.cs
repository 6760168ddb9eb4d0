using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>What a list is asked (records.md, "List").</summary>
public sealed record ListRequest
{
    /// <summary>The type; null where <see cref="FieldIds"/> say it.</summary>
    public long? RecordTypeId { get; init; }

    /// <summary>The fields to show; null for all.</summary>
    public IReadOnlyList<long>? FieldIds { get; init; }

    /// <summary>What is asked of the records, beside the filters.</summary>
    public RecordSelection Selection { get; init; } = new();

    /// <summary>The filters as the client sent them.</summary>
    public IReadOnlyList<JsonElement> Filters { get; init; } = [];

    /// <summary>The field to order by; null for creation.</summary>
    public long? OrderFieldId { get; init; }

    /// <summary>Whether the highest comes first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>How many records to pass over, where there is no cursor.</summary>
    public long Skip { get; init; }

    /// <summary>How many records at most.</summary>
    public int Take { get; init; } = 20;

    /// <summary>A cursor to go on from, or null.</summary>
    public string? After { get; init; }
}

/// <summary>A page of a list.</summary>
/// <param name="Type">The definition.</param>
/// <param name="Fields">The fields to show, default ones included, in their order.</param>
/// <param name="Records">The records; their values are those of all the type's custom fields.</param>
/// <param name="Total">How many records match, on this page or not.</param>
/// <param name="Next">The cursor to go on from behind this page; null where nothing follows.</param>
public sealed record RecordList(RecordType Type, IReadOnlyList<RecordField> Fields, IReadOnlyList<RecordSnapshot> Records, long Total, string? Next)
{
    /// <summary>What the answer hangs on; null where it is good for this once.</summary>
    public ListGround? Ground { get; init; }
}

/// <summary>Lists and aggregates records from the replica: nothing is read from storage but the head.</summary>
internal sealed class RecordListing(
    ReplicaSet replicas, RecordTypeCatalog catalog, RecordCursor cursors, RecordLimits limits, TimeProvider time)
{
    public async Task<Result<RecordList>> ListAsync(Caller caller, ListRequest request, TypeHead? newest, CancellationToken cancellationToken)
    {
        if (!(await TypeIdAsync(caller, request, cancellationToken)).Try(out var typeId, out var problem)) return problem;
        var opened = await OpenAsync(caller, typeId, newest?.RecordTypeId == typeId ? newest.Head : null, cancellationToken);
        if (!opened.Try(out var lease, out problem)) return problem;

        using (lease)
        {
            var queries = new RecordQueries(lease);
            if (!(await FieldsAsync(caller, queries.Type, request.FieldIds, cancellationToken)).Try(out var fields, out problem)) return problem;

            if (!Read(queries.Type, request).Try(out var question, out problem)) return problem;
            var expired = ExpiredBefore(queries.Type);
            if (!List(queries, request, question.Selection, question.Order, fields, expired, cancellationToken).Try(out var list, out problem)) return problem;
            return list with { Ground = new ListGround(typeId, lease.Version, queries.NextExpiry(expired), []) };
        }
    }

    /// <summary>All records that a list would page through, of one version; the caller disposes it.</summary>
    public async Task<Result<RecordExport>> ExportAsync(Caller caller, ListRequest request, CancellationToken cancellationToken)
    {
        if (!(await TypeIdAsync(caller, request, cancellationToken)).Try(out var typeId, out var problem)) return problem;
        if (!(await OpenAsync(caller, typeId, null, cancellationToken)).Try(out var lease, out problem)) return problem;

        RecordExport? export = null;
        try
        {
            var queries = new RecordQueries(lease);
            if (!(await FieldsAsync(caller, queries.Type, request.FieldIds, cancellationToken)).Try(out var fields, out problem)) return problem;
            if (!Read(queries.Type, request).Try(out var question, out problem)) return problem;
            return export = new RecordExport(lease, queries, fields, question.Selection, question.Order, ExpiredBefore(queries.Type));
        }
        finally
        {
            if (export is null) lease.Dispose();
        }
    }

    public async Task<Result<AggregateResult>> AggregateAsync(
        Caller caller, long typeId, Func<RecordType, Result<(Aggregation Aggregation, RecordSelection Selection)>> read, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(caller, typeId, null, cancellationToken);
        if (!opened.Try(out var lease, out var problem)) return problem;

        using (lease)
        {
            var queries = new RecordQueries(lease);
            if (!read(queries.Type).Try(out var question, out problem)) return problem;
            return queries.Aggregate(question.Aggregation, question.Selection, ExpiredBefore(queries.Type), limits.AggregateTime, cancellationToken);
        }
    }

    /// <summary>Fields by their ids: 404 for one that there is nowhere, 422 for one of another type (records.md, "Values").</summary>
    public async ValueTask<Result<RecordField[]>> FieldsAsync(
        Caller caller, RecordType type, IReadOnlyList<long>? ids, CancellationToken cancellationToken)
    {
        RecordField[] all =
            [.. type.Fields, type.Field(type.TimestampFieldId)!, type.Field(type.StoryNameFieldId)!];
        if (ids is null) return all;

        var faults = new List<Fault>();
        var missing = 0;
        foreach (var id in ids.Where(id => type.Field(id) is null))
        {
            if (await TypeOfFieldAsync(caller, id, cancellationToken) is null)
            {
                missing++;
                faults.Add(new Fault("Record field not found", $"record_field_ids: there is no field {id}"));
            }
            else
            {
                faults.Add(new Fault("Field of another record type", $"record_field_ids: field {id} is not of record type {type.Id}"));
            }
        }

        if (faults.Count > 0) return new Problem(missing == faults.Count ? ProblemKind.NotFound : ProblemKind.Invalid, faults);
        return all.Where(field => ids.Contains(field.Id)).ToArray();
    }

    /// <summary>Filters and order by the definition: every fault of them, or what the replica is asked.</summary>
    private static Result<(RecordSelection Selection, RecordOrder Order)> Read(RecordType type, ListRequest request)
    {
        var faults = new List<Fault>();
        var filter = FilterReader.Read(type, request.Filters, faults);
        var orderField = request.OrderFieldId is { } orderId ? type.Field(orderId) : null;
        if (orderField is null && request.OrderFieldId is { } unknown)
            faults.Add(new Fault("Parameter is invalid", $"order_field_id: record type {type.Id} has no field {unknown}"));
        return faults.Count > 0
            ? new Problem(ProblemKind.Invalid, faults)
            : (request.Selection with { Filter = filter }, new RecordOrder(orderField, request.Descending));
    }

    private Result<RecordList> List(
        RecordQueries queries,
        ListRequest request,
        RecordSelection selection,
        RecordOrder order,
        IReadOnlyList<RecordField> fields,
        DateTimeOffset? expired,
        CancellationToken cancellationToken)
    {
        var question = Question(queries.Type.Id, request);
        if (request.After is not { } after)
        {
            return queries.List(selection, order, request.Skip, request.Take, expired, null, cancellationToken).Map(page => new RecordList(
                queries.Type,
                fields,
                Snapshots(queries.Type, page.Rows),
                page.Total,
                page.Rows.Count > 0 && request.Skip + page.Rows.Count < page.Total
                    ? cursors.Write(PositionOf(queries.Type, order, page.Rows[^1]), question)
                    : null));
        }

        if (cursors.Read(after, question) is not { } position)
            return Problem.Malformed("Parameter is invalid", "after: is not a cursor of this list");
        if (!queries.Count(selection, expired, cancellationToken).Try(out var total, out var problem)) return problem;
        return queries.ListAfter(selection, order, position, request.Take, expired, null, cancellationToken).Map(run => new RecordList(
            queries.Type,
            fields,
            Snapshots(queries.Type, run.Rows),
            total,
            run.Next is { } next ? cursors.Write(next, question) : null));
    }

    private async ValueTask<Result<long>> TypeIdAsync(Caller caller, ListRequest request, CancellationToken cancellationToken)
    {
        if (request.RecordTypeId is { } given) return given;
        var first = request.FieldIds![0];
        return await TypeOfFieldAsync(caller, first, cancellationToken) is { } found
            ? found
            : Problem.NotFound("Record field", $"record_field_ids: there is no field {first}");
    }

    /// <summary>The type of a field, unless the caller may not know of it.</summary>
    private async ValueTask<long?> TypeOfFieldAsync(Caller caller, long fieldId, CancellationToken cancellationToken)
        => await catalog.TypeOfFieldAsync(fieldId, cancellationToken) is { } typeId
            && await catalog.FindAsync(typeId, cancellationToken) is { } type
            && caller.CanRead(type.TeamId)
                ? typeId
                : null;

    /// <param name="caller">Who asks.</param>
    /// <param name="typeId">The type.</param>
    /// <param name="newest">Its head, where the caller has read it after the request arrived; else null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<Result<ReplicaLease>> OpenAsync(Caller caller, long typeId, Head? newest, CancellationToken cancellationToken)
    {
        if (await catalog.FindAsync(typeId, cancellationToken) is not { } type || !caller.CanRead(type.TeamId)) return RecordAccess.NoSuchType(typeId);
        var opened = await replicas.OpenAsync(RecordTypeRow.Address(typeId), newest, cancellationToken);
        return opened.Problem is { Kind: ProblemKind.NotFound } ? RecordAccess.NoSuchType(typeId) : opened;
    }

    private DateTimeOffset? ExpiredBefore(RecordType type) => type.Ttl is { } ttl ? time.GetUtcNow() - ttl : null;

    private static RecordSnapshot[] Snapshots(RecordType type, IReadOnlyList<StoredRecord> rows)
        => [.. rows.Select(row => new RecordSnapshot(type, row, row.Version, null, HasChildren: false))];

    private static RecordPosition PositionOf(RecordType type, RecordOrder order, StoredRecord last)
    {
        if (order.Field is not { } field) return new RecordPosition(null, last.Id);
        if (field.Id == type.StoryNameFieldId) return new RecordPosition(last.StoryName, last.Id);
        for (var i = 0; i < type.Fields.Count; i++)
        {
            if (type.Fields[i].Id == field.Id) return new RecordPosition(last.Values[i], last.Id);
        }

        return new RecordPosition(null, last.Id);
    }

    /// <summary>What the list is asked, but for how much of it: a cursor is good for any page size.</summary>
    private static string Question(long typeId, ListRequest request)
    {
        var selection = request.Selection;
        return string.Join(
            '\n',
            [
                typeId.ToString(CultureInfo.InvariantCulture),
                $"{request.OrderFieldId} {request.Descending} {selection.TestMode} {selection.StateId}",
                $"{selection.CreatedFrom?.UtcTicks} {selection.CreatedTo?.UtcTicks}",
                List(selection.StoryIds),
                List(selection.StoryContainerIds),
                List(selection.ParentIds),
                .. request.Filters.Select(filter => filter.GetRawText()),
            ]);

        static string List(IReadOnlyList<long>? ids) => ids is null ? "-" : string.Join(',', ids);
    }
}
