using System.Globalization;
using Casefile.Bench;
using Npgsql;
using NpgsqlTypes;

namespace Casefile.SideBySide;

/// <summary>The sample records in PostgreSQL: a table a size, and one that is written to.</summary>
internal sealed class PostgresTables(string connection, IReadOnlyList<int> sizes)
{
    private const string Columns = "name, weight, seen, open, kind, note, source, host, owner";

    /// <summary>What both filters and the order ask for.</summary>
    private static readonly string[] Indexes = ["source, weight, id", "kind, weight, id"];

    public static string Of(int size) => string.Create(CultureInfo.InvariantCulture, $"records_{size}");

    public async Task MakeAsync()
    {
        await using var open = await OpenAsync();
        foreach (var size in sizes.Prepend(0))
        {
            await RunAsync(open, $"""
                CREATE TABLE {Of(size)} (
                    id serial PRIMARY KEY, name text, weight double precision NOT NULL, seen timestamp, open boolean, kind text, note text, source text, host text, owner text,
                    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now())
                """);
            await using (var copy = await open.BeginBinaryImportAsync($"COPY {Of(size)} ({Columns}) FROM STDIN (FORMAT BINARY)"))
            {
                for (var number = 1; number <= size; number++) await WriteAsync(copy, SampleRecord.Of(number));
                await copy.CompleteAsync();
            }

            await RunAsync(open, $"VACUUM (ANALYZE) {Of(size)}");
        }

        await RunAsync(open, "CHECKPOINT");
    }

    /// <summary>Indexes what is filtered and sorted by.</summary>
    public async Task IndexAsync()
    {
        await using var open = await OpenAsync();
        foreach (var table in sizes.Prepend(0).Select(Of))
        {
            foreach (var columns in Indexes) await RunAsync(open, $"CREATE INDEX ON {table} ({columns})");
            await RunAsync(open, $"VACUUM (ANALYZE) {table}");
        }

        await RunAsync(open, "CHECKPOINT");
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, SampleRecord record)
    {
        await copy.StartRowAsync();
        await copy.WriteAsync(record.Name, NpgsqlDbType.Text);
        await copy.WriteAsync(record.Weight, NpgsqlDbType.Double);
        await copy.WriteAsync(DateTime.SpecifyKind(record.Seen, DateTimeKind.Unspecified), NpgsqlDbType.Timestamp);
        await copy.WriteAsync(record.Open, NpgsqlDbType.Boolean);
        foreach (var text in (string[])[record.Kind, record.Note, record.Source, record.Host, record.Owner]) await copy.WriteAsync(text, NpgsqlDbType.Text);
    }

    private static async Task RunAsync(NpgsqlConnection open, string statement)
    {
        await using var command = open.CreateCommand();
        command.CommandText = statement;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var open = new NpgsqlConnection(connection);
        await open.OpenAsync();
        return open;
    }
}
