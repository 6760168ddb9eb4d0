using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Replicas;

/// <summary>
/// A team's cases: a table of cases with what lists filter and sort by, one of what is inside them, one of what is around them. Every row carries its image as the commit
/// log has it.
/// </summary>
internal sealed class CaseReplicaSchema : ReplicaSchema
{
    private static readonly string[] Around = [CaseRow.TagPrefix, CaseRow.SubStatusPrefix, CaseRow.InputPrefix];

    private readonly List<RowStatement> statements = [];
    private RowStatement? putCase;
    private RowStatement? putPart;
    private RowStatement? putThing;
    private RowStatement? removeCase;
    private RowStatement? removePart;
    private RowStatement? removeThing;

    public override IReadOnlyList<string> KeptRows { get; } = [];

    public override IReadOnlyList<string> Prefixes { get; } = [CaseRow.Prefix, CaseRow.PartPrefix, .. Around];

    public override void Create(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            CREATE TABLE cases (
                id INTEGER PRIMARY KEY, moved INTEGER, closed INTEGER NOT NULL, priority INTEGER NOT NULL, opened INTEGER NOT NULL, created INTEGER NOT NULL,
                updated INTEGER NOT NULL, image BLOB NOT NULL);
            CREATE TABLE parts (case_id INTEGER NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, image BLOB NOT NULL, PRIMARY KEY (case_id, kind, id)) WITHOUT ROWID;
            CREATE TABLE things (kind TEXT NOT NULL, id INTEGER NOT NULL, image BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
            """;
        command.ExecuteNonQuery();
    }

    public override void Adopt(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('cases', 'parts', 'things')";
        if (command.ExecuteScalar() is not 3L) throw new InvalidDataException("The tables of cases are not of this form.");
    }

    public override bool IsWhole(ReplicaReader reader)
        => reader.Command("SELECT (SELECT count(*) FROM cases) + (SELECT count(*) FROM parts) + (SELECT count(*) FROM things)").ExecuteScalar() is long rows
            && rows == Rows(reader.Head);

    public override long Rows(Head head) => head[CaseCounters.Rows];

    public override void KeptRowChanged(SqliteConnection connection, string rowKey, IReadOnlyDictionary<string, object>? image)
    {
    }

    public override void Put(SqliteConnection connection, string rowKey, IReadOnlyDictionary<string, object> image)
    {
        var id = RowKeys.LastNumber(rowKey);
        var bytes = RowCodec.Encode([new RowChange("", image)]);
        if (rowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal))
        {
            Prepared(connection, ref putPart, "INSERT OR REPLACE INTO parts (case_id, kind, id, image) VALUES (?, ?, ?, ?)")
                .Run([CaseRow.CaseOf(rowKey), CaseRow.KindOf(rowKey), id, bytes]);
        }
        else if (rowKey.StartsWith(CaseRow.Prefix, StringComparison.Ordinal))
        {
            Prepared(connection, ref putCase, "INSERT OR REPLACE INTO cases (id, moved, closed, priority, opened, created, updated, image) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .Run([
                    id, image.GetValueOrDefault(CaseRow.Moved), image.GetValueOrDefault(CaseRow.Closed) is true, image[CaseRow.Priority], image[CaseRow.Opened],
                    image[CaseRow.Created], image[CaseRow.Updated], bytes,
                ]);
        }
        else
        {
            Prepared(connection, ref putThing, "INSERT OR REPLACE INTO things (kind, id, image) VALUES (?, ?, ?)").Run([KindOfThing(rowKey), id, bytes]);
        }
    }

    public override void Remove(SqliteConnection connection, string rowKey)
    {
        var id = RowKeys.LastNumber(rowKey);
        if (rowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal))
        {
            Prepared(connection, ref removePart, "DELETE FROM parts WHERE case_id = ? AND kind = ? AND id = ?").Run([CaseRow.CaseOf(rowKey), CaseRow.KindOf(rowKey), id]);
        }
        else if (rowKey.StartsWith(CaseRow.Prefix, StringComparison.Ordinal))
        {
            Prepared(connection, ref removeCase, "DELETE FROM cases WHERE id = ?").Run([id]);
        }
        else
        {
            Prepared(connection, ref removeThing, "DELETE FROM things WHERE kind = ? AND id = ?").Run([KindOfThing(rowKey), id]);
        }
    }

    public override bool WantsIndexes => false;

    public override void MakeIndexes(SqliteConnection connection)
    {
    }

    public override void Dispose()
    {
        foreach (var statement in statements) statement.Dispose();
    }

    private static string KindOfThing(string rowKey) => rowKey[..^19];

    private RowStatement Prepared(SqliteConnection connection, ref RowStatement? statement, string sql)
    {
        if (statement is null) statements.Add(statement = new RowStatement(connection, sql));
        return statement;
    }
}
