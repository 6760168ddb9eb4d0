using System.Globalization;
using System.Text;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Microsoft.Data.Sqlite;

namespace Casefile.Core.Replicas;

/// <summary>
/// Records in a table of their own, a column a field. Ids grow in commit order and creation times never run backwards, so the order of ids is the
/// order of creation, and every index, which SQLite ends with the row's id, has it too.
/// </summary>
internal sealed class RecordReplicaSchema(ReplicaOptions options) : ReplicaSchema
{
    public const string Table = "records";

    /// <summary>The index by the time of the last update, where retention goes by that.</summary>
    public const string UpdatedIndex = "by_updated";

    private static readonly object False = false;

    private static readonly string[] FixedColumns =
    [
        "id", RecordRow.Created, RecordRow.Updated, RecordRow.Version, RecordRow.Test, RecordRow.Parent, RecordRow.StoryId,
        RecordRow.StoryContainerId, RecordRow.StoryName, RecordRow.StoryRun, RecordRow.Cases, RecordRow.Artifacts,
        RecordRow.State, RecordRow.Archived, RecordRow.Traits,
    ];

    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);
    private readonly AdaptiveIndexes indexes = new(options);
    private RowStatement? put;
    private object?[] values = [];
    private SqliteCommand? remove;
    private bool hasUpdatedIndex;
    private volatile TypeAtStamp? type;

    /// <summary>The totals of conditions that queries have asked for.</summary>
    public CarriedTotals Totals { get; } = new();

    /// <summary>Where pages that were read lately began.</summary>
    public PageStarts Starts { get; } = new();

    public override IReadOnlyList<string> KeptRows { get; } = [RecordTypeRow.Key];

    public override IReadOnlyList<string> Prefixes { get; } = [RecordRow.Prefix];

    /// <summary>The columns that every record has, in the order in which queries read them.</summary>
    public static IReadOnlyList<string> Columns => FixedColumns;

    /// <summary>The column of a custom field, the name of its property in the row too.</summary>
    public static string Column(long fieldId) => RecordRow.Field(fieldId);

    public override void Create(SqliteConnection connection)
    {
        Execute(connection,
            $"""
            CREATE TABLE {Table} (
                id INTEGER PRIMARY KEY, created INTEGER NOT NULL, updated INTEGER NOT NULL, version INTEGER NOT NULL, test INTEGER NOT NULL,
                parent INTEGER, story INTEGER, container INTEGER, storyname TEXT, storyrun TEXT, cases TEXT, artifacts TEXT,
                state INTEGER, archived INTEGER, traits TEXT);
            """);
        for (var i = 0; i < FixedColumns.Length; i++) columns.Add(FixedColumns[i], i);
    }

    public override void Index(SqliteConnection connection) => Execute(connection,
        $"""
        CREATE INDEX IF NOT EXISTS by_test ON {Table} (test);
        CREATE INDEX IF NOT EXISTS by_parent ON {Table} (parent) WHERE parent IS NOT NULL;
        """);

    public override void Adopt(SqliteConnection connection)
    {
        foreach (var column in Names(connection, $"SELECT name FROM pragma_table_info('{Table}') ORDER BY cid")) columns.Add(column, columns.Count);
        foreach (var index in Names(connection, $"SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = '{Table}'"))
        {
            if (index == UpdatedIndex) hasUpdatedIndex = true;
            else if (index.StartsWith("by_f", StringComparison.Ordinal)) indexes.Adopt(index["by_".Length..]);
        }

        if (!columns.Keys.Take(FixedColumns.Length).SequenceEqual(FixedColumns) || !columns.Keys.Skip(FixedColumns.Length).All(IsField))
            throw new InvalidDataException("The table of records is not of this form.");
    }

    public override bool IsWhole(ReplicaReader reader)
    {
        if (reader.ReadKept(RecordTypeRow.Key, knownStamp: -1) is not { } definition) return false;
        if (RecordTypeRow.Decode(definition.Image).SchemaVersion < reader.Head[RecordCounters.Schema]) return false;
        return reader.Command($"SELECT count(*) FROM {Table}").ExecuteScalar() is long rows && rows == Rows(reader.Head);
    }

    public override long Rows(Head head) => head[RecordCounters.Live] + head[RecordCounters.Test];

    public override void KeptRowChanged(SqliteConnection connection, string rowKey, IReadOnlyDictionary<string, object>? image)
    {
        if (image is null) return;
        var definition = RecordTypeRow.Decode(image);
        foreach (var field in definition.Fields)
        {
            if (!columns.ContainsKey(Column(field.Id))) AddColumn(connection, Column(field.Id), SqlTypeOf(field.Type));
        }

        if (definition.Retention == RetentionColumn.UpdatedAt && !hasUpdatedIndex)
        {
            Execute(connection, $"CREATE INDEX {UpdatedIndex} ON {Table} (test, updated)");
            hasUpdatedIndex = true;
        }
    }

    public override void Put(SqliteConnection connection, string rowKey, IReadOnlyDictionary<string, object> image)
    {
        var statement = put ??= PreparePut(connection);
        Array.Clear(values);
        values[0] = RowKeys.LastNumber(rowKey);
        foreach (var (name, value) in image)
        {
            if (columns.TryGetValue(name, out var column))
            {
                values[column] = value;
            }
            else if (IsField(name))
            {
                AddColumn(connection, name, SqlTypeOf(value));
                Put(connection, rowKey, image);
                return;
            }
        }

        values[4] ??= False;
        var id = (long)values[0]!;
        Totals.Before(id);
        statement.Run(values);
        Totals.After(id);
    }

    public override void Remove(SqliteConnection connection, string rowKey)
    {
        if (remove is null)
        {
            remove = connection.CreateCommand();
            remove.CommandText = $"DELETE FROM {Table} WHERE id = $id";
            remove.Parameters.Add("$id", SqliteType.Integer);
        }

        var id = RowKeys.LastNumber(rowKey);
        Totals.Before(id);
        remove.Parameters[0].Value = id;
        remove.ExecuteNonQuery();
    }

    public override void BeginRun(SqliteConnection connection, Head from) => Totals.Begin(connection, from.Version, Rows(from));

    public override void EndRun(long version) => Totals.Commit(version);

    public override void UndoRun() => Totals.Rollback();

    public override void Dispose()
    {
        put?.Dispose();
        remove?.Dispose();
        Totals.Dispose();
    }

    public override bool WantsIndex => indexes.IsWanted;

    public override void MakeIndex(SqliteConnection connection)
    {
        var (make, drop) = indexes.Next();
        if (make is null) return;
        if (drop is not null)
        {
            Execute(connection, $"DROP INDEX IF EXISTS by_{drop}");
            indexes.Dropped(drop);
        }

        var over = make.Split('_');
        if (over.All(columns.ContainsKey)) Execute(connection, $"CREATE INDEX by_{make} ON {Table} (test, {string.Join(", ", over)})");
        indexes.Made(make);
    }

    /// <summary>The definition at the version that is read.</summary>
    /// <exception cref="InvalidOperationException">The partition holds no definition.</exception>
    public RecordType TypeAt(ReplicaReader reader)
    {
        var known = type;
        if (reader.ReadKept(RecordTypeRow.Key, known?.Stamp ?? -1) is { } newer)
            type = known = new TypeAtStamp(newer.Stamp, RecordTypeRow.Decode(newer.Image));
        return known?.Type ?? throw new InvalidOperationException("The partition holds no definition of a record type.");
    }

    /// <summary>A query that an index over these columns of fields would help, in this order; asked often enough, there will be one.</summary>
    public void Asked(long rows, params ReadOnlySpan<string> over)
    {
        if (rows >= options.IndexMinimumRows) indexes.Asked(over is [var single] ? single : string.Join('_', over));
    }

    /// <summary>Whether there is such an index, or will be in a moment: what is read may be older than it.</summary>
    public bool HasIndex(params ReadOnlySpan<string> over) => indexes.Has(over is [var single] ? single : string.Join('_', over));

    /// <summary>Whether an index begins with this column, alone or with others behind it.</summary>
    public bool HasIndexFrom(string column) => indexes.HasFrom(column);

    /// <summary>How many rows an index over several columns has to spare a page before it is asked for.</summary>
    public long CompositeWorth => options.CompositeWorth;

    private void AddColumn(SqliteConnection connection, string name, string sqlType)
    {
        Execute(connection, $"ALTER TABLE {Table} ADD COLUMN {name} {sqlType}");
        columns.Add(name, columns.Count);
        put?.Dispose();
        put = null;
    }

    private RowStatement PreparePut(SqliteConnection connection)
    {
        var names = new StringBuilder();
        var places = new StringBuilder();
        foreach (var (name, index) in columns.OrderBy(column => column.Value))
        {
            var separator = index == 0 ? "" : ", ";
            names.Append(separator).Append(name);
            places.Append(separator).Append('?');
        }

        values = new object?[columns.Count];
        return new RowStatement(connection, $"INSERT OR REPLACE INTO {Table} ({names}) VALUES ({places})");
    }

    /// <summary>Field ids only, so that nothing that a client named gets into SQL.</summary>
    private static bool IsField(string property)
        => property.Length is > 1 and < 20 && property[0] == 'f'
            && long.TryParse(property.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string SqlTypeOf(FieldType type) => type switch
    {
        FieldType.Number => "REAL",
        FieldType.Boolean or FieldType.Artifact or FieldType.Json => "INTEGER",
        _ => "TEXT",
    };

    private static string SqlTypeOf(object value) => value switch
    {
        double => "REAL",
        string => "TEXT",
        _ => "INTEGER",
    };

    private static List<string> Names(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read()) names.Add(reader.GetString(0));
        return names;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed record TypeAtStamp(long Stamp, RecordType Type);
}
