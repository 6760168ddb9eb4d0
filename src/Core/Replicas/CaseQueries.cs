using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Replicas;

/// <summary>Questions about the cases of a team, answered from a lease on its partition and so all of one version.</summary>
/// <param name="lease">The partition of a team's cases. It stays the caller's.</param>
/// <param name="teamId">The team.</param>
internal sealed class CaseQueries(ReplicaLease lease, long teamId)
{
    /// <summary>The team.</summary>
    public long TeamId => teamId;

    /// <summary>A case with what is inside, its latest activities included; null where there is none, moved ones included.</summary>
    public Result<CaseSnapshot?> Find(long id, CancellationToken cancellationToken) => Ask<CaseSnapshot?>(reader => Find(reader, id), cancellationToken);

    /// <summary>The team that a case has moved to; null where it has not, or was never here.</summary>
    public Result<long?> MovedTo(long id, CancellationToken cancellationToken)
        => Ask<long?>(reader => reader.Command("SELECT moved FROM cases WHERE id = $0", id).ExecuteScalar() as long?, cancellationToken);

    /// <summary>The cases of a page, by what the list is sorted by and their ids, with the number of all that match.</summary>
    public Result<(IReadOnlyList<(long Key, long Id)> Keys, long Total)> Select(
        CaseCondition condition, CaseOrder order, long skip, long take, CancellationToken cancellationToken)
        => Ask<(IReadOnlyList<(long, long)>, long)>(
            reader =>
            {
                var where = new CaseWhere(condition);
                var column = ColumnOf(order);
                var direction = IsDescending(order) ? "DESC" : "ASC";
                var total = where.IsAll
                    ? reader.Head[CaseCounters.Cases]
                    : (long)reader.Command($"SELECT count(*) FROM cases WHERE {where.Sql}", where.Parameters).ExecuteScalar()!;
                var keys = new List<(long, long)>();
                var sql = $"SELECT {column}, id FROM cases WHERE {where.Sql} ORDER BY {column} {direction}, id {direction} LIMIT {where.Parameter(take)} OFFSET {where.Parameter(skip)}";
                using var rows = reader.Command(sql, where.Parameters).ExecuteReader();
                while (rows.Read()) keys.Add((rows.GetInt64(0), rows.GetInt64(1)));
                return (keys, total);
            },
            cancellationToken);

    /// <summary>Whether an order begins with the highest.</summary>
    public static bool IsDescending(CaseOrder order)
        => order is CaseOrder.CreatedDesc or CaseOrder.OpenedDesc or CaseOrder.PriorityDesc or CaseOrder.RecentlyEdited;

    /// <summary>The ids of all records that are linked to cases, each once.</summary>
    public Result<IReadOnlyList<long>> LinkedRecords(CancellationToken cancellationToken)
        => Ask<IReadOnlyList<long>>(
            reader =>
            {
                var ids = new List<long>();
                using var rows = reader.Command("SELECT DISTINCT id FROM parts WHERE kind = $0", PartKind.Record).ExecuteReader();
                while (rows.Read()) ids.Add(rows.GetInt64(0));
                return ids;
            },
            cancellationToken);

    /// <summary>The names of these cases, and the teams that those of them have moved to that have; without those that are not here.</summary>
    public Result<IReadOnlyList<(long Id, string Name, long? MovedTo)>> Names(IReadOnlyList<long> ids, CancellationToken cancellationToken)
        => Ask<IReadOnlyList<(long, string, long?)>>(
            reader =>
            {
                var names = new List<(long, string, long?)>(ids.Count);
                foreach (var id in ids)
                {
                    using var rows = reader.Command("SELECT moved, image FROM cases WHERE id = $0", id).ExecuteReader();
                    if (!rows.Read()) continue;
                    if (!rows.IsDBNull(0)) names.Add((id, "", rows.GetInt64(0)));
                    else names.Add((id, (string)Image(rows, 1)[CaseRow.Name], null));
                }

                return names;
            },
            cancellationToken);

    /// <summary>Something inside a case; null where there is none.</summary>
    public Result<CasePart?> Part(long caseId, string kind, long id, CancellationToken cancellationToken)
        => Ask<CasePart?>(
            reader => Parts(reader, "SELECT kind, id, image FROM parts WHERE case_id = $0 AND kind = $1 AND id = $2", caseId, kind, id).SingleOrDefault(), cancellationToken);

    /// <summary>All of one kind inside a case, by id.</summary>
    public Result<IReadOnlyList<CasePart>> Parts(long caseId, string kind, bool newestFirst, CancellationToken cancellationToken)
        => Ask<IReadOnlyList<CasePart>>(
            reader => Parts(reader, $"SELECT kind, id, image FROM parts WHERE case_id = $0 AND kind = $1 ORDER BY id {(newestFirst ? "DESC" : "ASC")}", caseId, kind),
            cancellationToken);

    /// <summary>A page of one kind inside a case, newest first, with the number of all of it; of activities only those of the given types, all where there is none.</summary>
    public Result<(IReadOnlyList<CasePart> Parts, long Total)> Page(
        long caseId, string kind, IReadOnlyList<string> types, long skip, int take, CancellationToken cancellationToken)
        => Ask<(IReadOnlyList<CasePart>, long)>(
            reader =>
            {
                var where = "WHERE case_id = $0 AND kind = $1";
                if (types.Count > 0) where += $" AND activity IN ({string.Join(", ", types.Select((_, index) => $"${index + 2}"))})";
                object[] parameters = [caseId, kind, .. types];
                var total = (long)reader.Command($"SELECT count(*) FROM parts {where}", parameters).ExecuteScalar()!;
                var page = $"{where} ORDER BY id DESC LIMIT ${parameters.Length} OFFSET ${parameters.Length + 1}";
                return (Parts(reader, $"SELECT kind, id, image FROM parts {page}", [.. parameters, take, skip]), total);
            },
            cancellationToken);

    /// <summary>Something around the cases of the team, by the prefix of its row key; null where there is none.</summary>
    public Result<CaseThing?> Thing(string prefix, long id, CancellationToken cancellationToken)
        => Ask<CaseThing?>(
            reader => Things(reader, "SELECT id, image FROM things WHERE kind = $0 AND id = $1", prefix, id).SingleOrDefault(), cancellationToken);

    /// <summary>Everything of a kind around the cases of the team, by id.</summary>
    public Result<IReadOnlyList<CaseThing>> Things(string prefix, CancellationToken cancellationToken)
        => Ask<IReadOnlyList<CaseThing>>(reader => Things(reader, "SELECT id, image FROM things WHERE kind = $0 ORDER BY id", prefix), cancellationToken);

    private static string ColumnOf(CaseOrder order) => order switch
    {
        CaseOrder.OpenedAsc or CaseOrder.OpenedDesc => "opened",
        CaseOrder.PriorityAsc or CaseOrder.PriorityDesc => "priority",
        CaseOrder.RecentlyEdited or CaseOrder.LeastRecentlyEdited => "updated",
        _ => "created",
    };

    /// <summary>Several things around the cases of the team: those that there are, by prefix and id.</summary>
    public Result<IReadOnlyDictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>>> Things(
        IEnumerable<(string Prefix, long Id)> named, CancellationToken cancellationToken)
    {
        var things = new Dictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>>();
        foreach (var (prefix, id) in named)
        {
            if (!Thing(prefix, id, cancellationToken).Try(out var thing, out var problem)) return problem;
            if (thing is not null) things[(prefix, id)] = thing.Image;
        }

        return things;
    }

    /// <summary>The cases that have a tag.</summary>
    public Result<IReadOnlyList<long>> TaggedWith(long tagId, CancellationToken cancellationToken)
        => Ids("SELECT case_id FROM tagged WHERE tag_id = $0 ORDER BY case_id", tagId, cancellationToken);

    /// <summary>The cases that are in a sub-status.</summary>
    public Result<IReadOnlyList<long>> InSubStatus(long subStatusId, CancellationToken cancellationToken)
        => Ids("SELECT id FROM cases WHERE sub = $0 AND moved IS NULL ORDER BY id", subStatusId, cancellationToken);

    /// <summary>A page of the fields that are values of a case input, by case, with the number of all.</summary>
    public Result<(IReadOnlyList<(long CaseId, CasePart Field)> Fields, long Total)> FieldsOf(long inputId, long skip, int take, CancellationToken cancellationToken)
        => Ask<(IReadOnlyList<(long, CasePart)>, long)>(
            reader =>
            {
                // What is inside a deleted case stays until it is cleared, and is not there any more.
                const string which = "FROM parts JOIN cases ON cases.id = parts.case_id AND cases.moved IS NULL WHERE parts.input = $0";
                var total = (long)reader.Command($"SELECT count(*) {which}", inputId).ExecuteScalar()!;
                var fields = new List<(long, CasePart)>();
                using var rows = reader.Command($"SELECT parts.case_id, parts.kind, parts.id, parts.image {which} ORDER BY parts.case_id LIMIT $1 OFFSET $2", inputId, take, skip).ExecuteReader();
                while (rows.Read()) fields.Add((rows.GetInt64(0), new CasePart(rows.GetString(1), rows.GetInt64(2), Image(rows, 3))));
                return (fields, total);
            },
            cancellationToken);

    private Result<IReadOnlyList<long>> Ids(string sql, long parameter, CancellationToken cancellationToken)
        => Ask<IReadOnlyList<long>>(
            reader =>
            {
                var ids = new List<long>();
                using var rows = reader.Command(sql, parameter).ExecuteReader();
                while (rows.Read()) ids.Add(rows.GetInt64(0));
                return ids;
            },
            cancellationToken);

    private CaseSnapshot? Find(ReplicaReader reader, long id)
    {
        IReadOnlyDictionary<string, object> image;
        using (var rows = reader.Command("SELECT image FROM cases WHERE id = $0 AND moved IS NULL", id).ExecuteReader())
        {
            if (!rows.Read()) return null;
            image = Image(rows, 0);
        }

        var parts = Parts(reader, "SELECT kind, id, image FROM parts WHERE case_id = $0 AND kind <> $1 ORDER BY kind, id", id, PartKind.Activity);
        var latest = Parts(
            reader, "SELECT kind, id, image FROM parts WHERE case_id = $0 AND kind = $1 ORDER BY id DESC LIMIT $2", id, PartKind.Activity, CaseSnapshot.LatestActivities);
        latest.Reverse();
        return new CaseSnapshot(teamId, id, image, [.. latest, .. parts]);
    }

    private static List<CasePart> Parts(ReplicaReader reader, string sql, params ReadOnlySpan<object> parameters)
    {
        var parts = new List<CasePart>();
        using var rows = reader.Command(sql, parameters).ExecuteReader();
        while (rows.Read()) parts.Add(new CasePart(rows.GetString(0), rows.GetInt64(1), Image(rows, 2)));
        return parts;
    }

    private static List<CaseThing> Things(ReplicaReader reader, string sql, params ReadOnlySpan<object> parameters)
    {
        var things = new List<CaseThing>();
        using var rows = reader.Command(sql, parameters).ExecuteReader();
        while (rows.Read()) things.Add(new CaseThing(rows.GetInt64(0), Image(rows, 1)));
        return things;
    }

    private static IReadOnlyDictionary<string, object> Image(SqliteDataReader rows, int column)
    {
        using var image = rows.GetStream(column);
        return RowCodec.DecodeImage(image);
    }

    private Result<T> Ask<T>(Func<ReplicaReader, Result<T>> query, CancellationToken cancellationToken) => lease.Ask(lease.Options.QueryTimeout, query, cancellationToken);
}
