using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
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

    private static readonly string[] Derived = ["assigned", "tagged", "metadata"];

    private readonly Dictionary<string, RowStatement> prepared = new(StringComparer.Ordinal);
    private SqliteCommand? known;

    public override IReadOnlyList<string> KeptRows { get; } = [];

    public override IReadOnlyList<string> Prefixes { get; } = [CaseRow.Prefix, CaseRow.PartPrefix, .. Around];

    public override void Create(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            CREATE TABLE cases (
                id INTEGER PRIMARY KEY, moved INTEGER, closed INTEGER NOT NULL, priority INTEGER NOT NULL, sub INTEGER, author INTEGER, opened INTEGER NOT NULL,
                resolved INTEGER, created INTEGER NOT NULL, updated INTEGER NOT NULL, stamp BLOB NOT NULL, image BLOB NOT NULL);
            CREATE INDEX by_priority ON cases (priority);
            CREATE INDEX by_opened ON cases (opened);
            CREATE INDEX by_created ON cases (created);
            CREATE INDEX by_updated ON cases (updated);
            CREATE TABLE assigned (case_id INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (case_id, user_id)) WITHOUT ROWID;
            CREATE INDEX by_user ON assigned (user_id, case_id);
            CREATE TABLE tagged (case_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, PRIMARY KEY (case_id, tag_id)) WITHOUT ROWID;
            CREATE INDEX by_tag ON tagged (tag_id, case_id);
            CREATE TABLE metadata (case_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (case_id, key)) WITHOUT ROWID;
            CREATE INDEX by_key ON metadata (key, value);
            CREATE VIRTUAL TABLE search USING fts5 (name, description, tokenize = 'trigram');
            CREATE TABLE parts (
                case_id INTEGER NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, activity TEXT, input INTEGER, image BLOB NOT NULL, PRIMARY KEY (case_id, kind, id)) WITHOUT ROWID;
            CREATE INDEX by_input ON parts (input, case_id) WHERE input IS NOT NULL;
            CREATE TABLE things (kind TEXT NOT NULL, id INTEGER NOT NULL, name TEXT, image BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
            """;
        command.ExecuteNonQuery();
    }

    public override void Adopt(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('cases', 'parts', 'things', 'assigned', 'tagged', 'metadata', 'search')";
        if (command.ExecuteScalar() is not 7L) throw new InvalidDataException("The tables of cases are not of this form.");
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
        if (image.GetValueOrDefault(CopyRow.Gone) is true)
        {
            Remove(connection, rowKey);
            return;
        }

        var id = RowKeys.LastNumber(rowKey);
        var bytes = RowCodec.EncodeImage(image);
        if (rowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal))
        {
            var kind = CaseRow.KindOf(rowKey);
            Statement(connection, "INSERT OR REPLACE INTO parts (case_id, kind, id, activity, input, image) VALUES (?, ?, ?, ?, ?, ?)").Run([
                CaseRow.CaseOf(rowKey), kind, id, kind == PartKind.Activity ? image[ActivityRow.Type] : null, kind == PartKind.Field ? image.GetValueOrDefault(FieldRow.Input) : null,
                bytes,
            ]);
        }
        else if (rowKey.StartsWith(CaseRow.Prefix, StringComparison.Ordinal))
        {
            PutCase(connection, id, image, bytes);
        }
        else
        {
            Statement(connection, "INSERT OR REPLACE INTO things (kind, id, name, image) VALUES (?, ?, ?, ?)")
                .Run([KindOfThing(rowKey), id, (image.GetValueOrDefault(CaseRow.Name) as string)?.ToLowerInvariant(), bytes]);
        }
    }

    public override void Remove(SqliteConnection connection, string rowKey)
    {
        var id = RowKeys.LastNumber(rowKey);
        if (rowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal))
        {
            Statement(connection, "DELETE FROM parts WHERE case_id = ? AND kind = ? AND id = ?").Run([CaseRow.CaseOf(rowKey), CaseRow.KindOf(rowKey), id]);
        }
        else if (rowKey.StartsWith(CaseRow.Prefix, StringComparison.Ordinal))
        {
            Statement(connection, "DELETE FROM cases WHERE id = ?").Run([id]);
            Forget(connection, id);
        }
        else
        {
            Statement(connection, "DELETE FROM things WHERE kind = ? AND id = ?").Run([KindOfThing(rowKey), id]);
        }
    }

    public override void Dispose()
    {
        foreach (var statement in prepared.Values) statement.Dispose();
        known?.Dispose();
    }

    private void PutCase(SqliteConnection connection, long id, IReadOnlyDictionary<string, object> image, byte[] bytes)
    {
        var stamp = StampOf(image);
        var isKnown = IsKnown(connection, id, stamp);
        Statement(connection, """
            INSERT OR REPLACE INTO cases (id, moved, closed, priority, sub, author, opened, resolved, created, updated, stamp, image)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .Run([
                id, image.GetValueOrDefault(CaseRow.Moved), image.GetValueOrDefault(CaseRow.Closed) is true, Number(CaseRow.Priority), image.GetValueOrDefault(CaseRow.SubStatus),
                image.GetValueOrDefault(CaseRow.Author), Number(CaseRow.Opened), image.GetValueOrDefault(CaseRow.Resolved), Number(CaseRow.Created), Number(CaseRow.Updated),
                stamp, bytes,
            ]);
        if (isKnown) return;

        // Most changes of a case are inside it, and leave alone what follows.
        Forget(connection, id);
        foreach (var user in IdList.Read(image, CaseRow.Assignees)) Statement(connection, "INSERT INTO assigned (case_id, user_id) VALUES (?, ?)").Run([id, user]);
        foreach (var tag in IdList.Read(image, CaseRow.Tags)) Statement(connection, "INSERT INTO tagged (case_id, tag_id) VALUES (?, ?)").Run([id, tag]);
        if (LongText.Read(image, CaseRow.Metadata) is { } metadata)
        {
            using var document = JsonDocument.Parse(metadata);
            foreach (var member in document.RootElement.EnumerateObject())
                Statement(connection, "INSERT OR REPLACE INTO metadata (case_id, key, value) VALUES (?, ?, ?)").Run([id, member.Name, CaseFilter.TextOf(member.Value)]);
        }

        if (image.GetValueOrDefault(CaseRow.Name) is string name)
        {
            Statement(connection, "INSERT INTO search (rowid, name, description) VALUES (?, ?, ?)")
                .Run([id, name, LongText.Read(image, CaseRow.Description) ?? ""]);
        }

        long Number(string property) => image.GetValueOrDefault(property) as long? ?? 0;
    }

    private void Forget(SqliteConnection connection, long id)
    {
        foreach (var table in Derived) Statement(connection, $"DELETE FROM {table} WHERE case_id = ?").Run([id]);
        Statement(connection, "DELETE FROM search WHERE rowid = ?").Run([id]);
    }

    private bool IsKnown(SqliteConnection connection, long id, byte[] stamp)
    {
        if (known is null)
        {
            known = connection.CreateCommand();
            known.CommandText = "SELECT stamp FROM cases WHERE id = $id";
            known.Parameters.Add("$id", SqliteType.Integer);
        }

        known.Parameters[0].Value = id;
        return known.ExecuteScalar() is byte[] before && before.AsSpan().SequenceEqual(stamp);
    }

    /// <summary>Another one whenever something changes that the derived tables hold.</summary>
    private static byte[] StampOf(IReadOnlyDictionary<string, object> image)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var property in (ReadOnlySpan<string>)[CaseRow.Name, CaseRow.Description, CaseRow.Assignees, CaseRow.Tags, CaseRow.Metadata])
        {
            if (LongText.Read(image, property) is { } text) hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
            hash.AppendData([0]);
        }

        return hash.GetHashAndReset()[..16];
    }

    private RowStatement Statement(SqliteConnection connection, string sql)
    {
        if (!prepared.TryGetValue(sql, out var statement)) prepared[sql] = statement = new RowStatement(connection, sql);
        return statement;
    }

    private static string KindOfThing(string rowKey) => rowKey[..^19];
}
