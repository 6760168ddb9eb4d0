using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// Lists cases from the replicas of their teams. A list of one team is of one version of it and costs a look at its head; one of several teams a look at each, merged in
/// the order that was asked for.
/// </summary>
internal sealed class CaseListing(CaseDesk desk, CaseReading reading, ReplicaSet replicas, IdBlocks records, TimeProvider time)
{
    /// <summary>Names, words, pairs and values of one filter at most: each is a condition of its own, and SQLite bounds what a statement is made of.</summary>
    private const int MostOfOne = 100;

    public async Task<Result<CaseList>> ListAsync(Caller caller, CaseListRequest request, CancellationToken cancellationToken)
    {
        if (TooMuch(request.Filter) is { } refusal) return refusal;
        var tenant = await desk.TenantAsync(cancellationToken);
        if (request.TeamId is { } team && (!caller.CanRead(team) || !tenant.Teams.ContainsKey(team))) return Refusals.NotFound("Team", team);
        if (!Resolve(tenant, caller, request).Try(out var condition, out var problem)) return problem;

        var opened = new List<(CaseQueries Queries, ReplicaLease Lease)>();
        try
        {
            foreach (var id in request.TeamId is { } one ? [one] : tenant.Teams.Keys.Where(caller.CanRead))
            {
                var lease = await replicas.OpenAsync(CaseRow.Address(id), cancellationToken);
                if (lease.Value is { } open) opened.Add((new CaseQueries(open, id), open));
                else if (lease.Problem is { Kind: not ProblemKind.NotFound } unavailable) return unavailable;
            }

            return await ListAsync(caller, request, condition, [.. opened.Select(entry => entry.Queries)], cancellationToken);
        }
        finally
        {
            foreach (var (_, lease) in opened) lease.Dispose();
        }
    }

    private async Task<Result<CaseList>> ListAsync(
        Caller caller, CaseListRequest request, CaseCondition condition, IReadOnlyList<CaseQueries> teams, CancellationToken cancellationToken)
    {
        var total = 0L;
        var keys = new List<(long Key, long Id, CaseQueries Team)>();
        var several = teams.Count > 1;
        foreach (var team in teams)
        {
            var asked = condition;
            if (request.Filter.RecordValues.Count > 0)
            {
                if (!(await RecordsWithAsync(caller, team, request.Filter.RecordValues, cancellationToken)).Try(out var found, out var refused)) return refused;
                asked = condition with { Records = found };
            }

            // Of each of several teams everything up to the end of the page might be on it.
            var take = several ? long.CreateSaturating((Int128)request.Skip + request.Take) : request.Take;
            if (!team.Select(asked, request.Order, several ? 0 : request.Skip, take, cancellationToken).Try(out var page, out var problem)) return problem;
            total += page.Total;
            keys.AddRange(page.Keys.Select(entry => (entry.Key, entry.Id, team)));
        }

        IEnumerable<(long Key, long Id, CaseQueries Team)> shown = keys;
        if (several)
        {
            var sorted = CaseQueries.IsDescending(request.Order)
                ? keys.OrderByDescending(entry => entry.Key).ThenByDescending(entry => entry.Id)
                : keys.OrderBy(entry => entry.Key).ThenBy(entry => entry.Id);
            shown = sorted.Skip((int)Math.Min(request.Skip, int.MaxValue)).Take(request.Take);
        }

        var views = new List<CaseView>();
        foreach (var (_, id, team) in shown)
        {
            if (!team.Find(id, cancellationToken).Try(out var found, out var problem)) return problem;
            if (!(await reading.ViewAsync(team, found!, cancellationToken)).Try(out var view, out problem)) return problem;
            views.Add(view);
        }

        return new CaseList(views, total);
    }

    /// <summary>The linked records of a team that hold one of these values, asked of the replicas of their types.</summary>
    private async Task<Result<IReadOnlyList<long>>> RecordsWithAsync(
        Caller caller, CaseQueries team, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        if (!team.LinkedRecords(cancellationToken).Try(out var linked, out var problem)) return problem;
        var byType = new Dictionary<PartitionAddress, HashSet<long>>();
        foreach (var id in linked)
        {
            if (await records.PartitionOfAsync(id, cancellationToken) is not { } type) continue;
            if (!byType.TryGetValue(type, out var ids)) byType[type] = ids = [];
            ids.Add(id);
        }

        var found = new List<long>();
        foreach (var (address, ids) in byType)
        {
            var opened = await replicas.OpenAsync(address, cancellationToken);
            if (!opened.Try(out var lease, out problem))
            {
                if (problem.Kind == ProblemKind.NotFound) continue;
                return problem;
            }

            using (lease)
            {
                var queries = new RecordQueries(lease);
                if (!caller.CanRead(queries.Type.TeamId)) continue;
                if (ConditionOf(queries.Type, values) is not { } condition) continue;
                var selection = new RecordSelection(condition, TestMode: null) { Ids = [.. ids] };
                if (!queries.FindIds(selection, ids.Count, ExpiredBefore(queries.Type), cancellationToken).Try(out var having, out problem)) return problem;
                found.AddRange(having);
            }
        }

        return found;
    }

    /// <summary>That some field has some of the values; null where no field can.</summary>
    private static Filter.Any? ConditionOf(RecordType type, IReadOnlyList<string> values)
    {
        var comparisons = new List<Filter>();
        foreach (var field in type.Fields)
        {
            foreach (var value in values)
            {
                if (StoredForm(field.Type, value) is { } stored) comparisons.Add(new Filter.Comparison(field, FilterOperator.Equal, [stored]));
            }
        }

        return comparisons.Count == 0 ? null : new Filter.Any(comparisons);
    }

    private static object? StoredForm(FieldType type, string value) => type switch
    {
        FieldType.Artifact or FieldType.Json => null,
        FieldType.Number => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        FieldType.Boolean => bool.TryParse(value, out var flag) ? flag : null,
        _ => value,
    };

    private DateTimeOffset? ExpiredBefore(RecordType type) => type.Ttl is { } ttl ? time.GetUtcNow() - ttl : null;

    /// <summary>The refusal of a filter that no statement could be made of: it would take the replica for broken.</summary>
    private static Problem? TooMuch(CaseFilter filter)
    {
        (string Name, int Count)[] counts =
        [
            ("and_assignees", filter.AllAssignees.Count), ("exclude_assignees", filter.NoAssignees.Count), ("tags", filter.AllTags.Count), ("metadata", filter.Metadata.Count),
            ("records", filter.RecordValues.Count), ("search", filter.Search?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length ?? 0),
        ];
        Fault[] faults = [.. counts.Where(each => each.Count > MostOfOne).Select(each => new Fault(
            "Filter is too long", string.Create(CultureInfo.InvariantCulture, $"filters.{each.Name}: at most {MostOfOne} are taken, these are {each.Count}")))];
        return faults.Length > 0 ? new Problem(ProblemKind.Invalid, faults) : null;
    }

    /// <summary>The filter with users for the addresses that it names; a fault for each address that nobody has.</summary>
    private static Result<CaseCondition> Resolve(TenantSnapshot tenant, Caller caller, CaseListRequest request)
    {
        var faults = new List<Fault>();
        var filter = request.Filter;
        var assignees = Users(filter.Assignees);
        var condition = new CaseCondition
        {
            Filter = filter,
            Me = caller.UserId,
            AnyAssignees = assignees,
            OrUnassigned = filter.Assignees.Any(person => person is { Id: null, Email: null }),
            AllAssignees = Users(filter.AllAssignees),
            NoAssignees = Users(filter.NoAssignees),
            NorUnassigned = filter.NoAssignees.Any(person => person is { Id: null, Email: null }),
            Authors = Users(filter.Authors),
            NoAuthors = Users(filter.NoAuthors),
        };
        return faults.Count > 0 ? new Problem(ProblemKind.Invalid, faults) : condition;

        long[] Users(IReadOnlyList<CasePerson> people)
        {
            var ids = new List<long>();
            foreach (var person in people)
            {
                if (person.Id is { } id) ids.Add(id);
                else if (person.Email is { } email && Find(email, person.Place) is { } found) ids.Add(found);
            }

            return [.. ids];
        }

        long? Find(string email, string place)
        {
            foreach (var team in request.TeamId is { } one ? [one] : tenant.Teams.Keys.Where(caller.CanRead))
            {
                if (CaseUsers.Find(tenant, caller, team, email) is { } user) return user;
            }

            faults.Add(new Fault("User not found", string.Create(CultureInfo.InvariantCulture, $"{place}: no user has the email '{email}'")));
            return null;
        }
    }
}

/// <summary>A filter as the replica takes it.</summary>
internal sealed record CaseCondition
{
    /// <summary>What needs no translation.</summary>
    public required CaseFilter Filter { get; init; }

    /// <summary>The caller.</summary>
    public required long Me { get; init; }

    public required IReadOnlyList<long> AnyAssignees { get; init; }

    /// <summary>Cases that nobody is assigned to match <see cref="AnyAssignees"/> too.</summary>
    public required bool OrUnassigned { get; init; }

    public required IReadOnlyList<long> AllAssignees { get; init; }

    public required IReadOnlyList<long> NoAssignees { get; init; }

    /// <summary>Cases that nobody is assigned to are left out too.</summary>
    public required bool NorUnassigned { get; init; }

    public required IReadOnlyList<long> Authors { get; init; }

    public required IReadOnlyList<long> NoAuthors { get; init; }

    /// <summary>One of these records is linked; null where that is not asked.</summary>
    public IReadOnlyList<long>? Records { get; init; }
}

/// <summary>A page of a list of cases.</summary>
/// <param name="Cases">The cases of the page.</param>
/// <param name="Total">How many match, on this page or not.</param>
public sealed record CaseList(IReadOnlyList<CaseView> Cases, long Total);
