using System.Globalization;
using System.Text.Json;
using Casefile.Bench;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Casefile.SideBySide;

/// <summary>
/// The least that does the same over a table in PostgreSQL: statements that are prepared, connections that are kept, answers of the same shape. No keys, no
/// rights, no limits, no checks, no history.
/// </summary>
internal sealed class BareProgram(NpgsqlDataSource database)
{
    private const string Columns = "id, name, weight, seen, open, kind, note, source, host, owner, created_at, updated_at";
    private const string Inserted = "name, weight, seen, open, kind, note, source, host, owner";

    public static async Task<int> RunAsync(string connection)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        var program = new BareProgram(database);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/{table}/{id:int}", (RequestDelegate)program.GetAsync);
        app.MapGet("/{table}", (RequestDelegate)program.ListAsync);
        app.MapPost("/{table}", (RequestDelegate)program.CreateAsync);
        app.MapPost("/{table}/batch", (RequestDelegate)program.CreateManyAsync);
        await app.StartAsync();
        Console.WriteLine($"Listening on {app.Urls.First()}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    private async Task GetAsync(HttpContext http)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM {Table(http)} WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = int.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture) });
        await using var rows = await command.ExecuteReaderAsync();
        if (!await rows.ReadAsync())
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await AnswerAsync(http, json => WriteRow(json, rows));
    }

    private async Task ListAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var field = query["field"] == "kind" ? "kind" : "source";
        var above = query["above"].ToString();
        var where = $"FROM {Table(http)} WHERE {field} = $1" + (above.Length == 0 ? "" : " AND weight > $2");
        var page = int.Parse(query["page"].ToString(), CultureInfo.InvariantCulture);
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in (string[])
            [$"SELECT {Columns} {where} ORDER BY weight DESC, id DESC LIMIT {ListQuery.PerPage} OFFSET ${(above.Length == 0 ? 2 : 3)}", $"SELECT count(*) {where}"])
        {
            var command = new NpgsqlBatchCommand(statement);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = query["value"].ToString() });
            if (above.Length > 0) command.Parameters.Add(new NpgsqlParameter<double> { TypedValue = double.Parse(above, CultureInfo.InvariantCulture) });
            batch.BatchCommands.Add(command);
        }

        batch.BatchCommands[0].Parameters.Add(new NpgsqlParameter<int> { TypedValue = (page - 1) * ListQuery.PerPage });
        await using var rows = await batch.ExecuteReaderAsync();
        await using var json = Begin(http);
        json.WriteStartObject();
        json.WriteStartArray("record_results");
        while (await rows.ReadAsync()) WriteRow(json, rows);
        json.WriteEndArray();
        await rows.NextResultAsync();
        await rows.ReadAsync();
        var count = rows.GetInt64(0);
        json.WriteStartObject("meta");
        json.WriteNumber("page", page);
        json.WriteNumber("per_page", ListQuery.PerPage);
        json.WriteNumber("pages", (count + ListQuery.PerPage - 1) / ListQuery.PerPage);
        json.WriteNumber("count", count);
        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync();
    }

    private async Task CreateAsync(HttpContext http)
    {
        var record = (await JsonSerializer.DeserializeAsync<SampleRecord>(http.Request.Body, JsonSerializerOptions.Web))!;
        await using var command = database.CreateCommand($"INSERT INTO {Table(http)} ({Inserted}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {Columns}");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = record.Name });
        command.Parameters.Add(new NpgsqlParameter<double> { TypedValue = record.Weight });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = Unzoned(record.Seen), NpgsqlDbType = NpgsqlDbType.Timestamp });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = record.Open });
        foreach (var text in (string[])[record.Kind, record.Note, record.Source, record.Host, record.Owner]) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        await using var rows = await command.ExecuteReaderAsync();
        await rows.ReadAsync();
        http.Response.StatusCode = StatusCodes.Status201Created;
        await AnswerAsync(http, json => WriteRow(json, rows));
    }

    private async Task CreateManyAsync(HttpContext http)
    {
        var records = (await JsonSerializer.DeserializeAsync<SampleRecord[]>(http.Request.Body, JsonSerializerOptions.Web))!;
        await using var command = database.CreateCommand(
            $"INSERT INTO {Table(http)} ({Inserted}) SELECT * FROM unnest($1::text[], $2::float8[], $3::timestamp[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) RETURNING id");
        command.Parameters.Add(Array(record => record.Name));
        command.Parameters.Add(Array(record => record.Weight));
        var seen = Array(record => Unzoned(record.Seen));
        seen.NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Timestamp;
        command.Parameters.Add(seen);
        command.Parameters.Add(Array(record => record.Open));
        foreach (var text in (Func<SampleRecord, string>[])[record => record.Kind, record => record.Note, record => record.Source, record => record.Host, record => record.Owner])
            command.Parameters.Add(Array(text));
        await using var rows = await command.ExecuteReaderAsync();
        await using var json = Begin(http);
        json.WriteStartObject();
        json.WriteStartArray("ids");
        while (await rows.ReadAsync()) json.WriteNumberValue(rows.GetInt32(0));
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync();

        NpgsqlParameter<T[]> Array<T>(Func<SampleRecord, T> value) => new() { TypedValue = [.. records.Select(value)] };
    }

    private static DateTime Unzoned(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Unspecified);

    private static string Table(HttpContext http) => PostgresTables.Of(int.Parse((string)http.Request.RouteValues["table"]!, CultureInfo.InvariantCulture));

    private static Utf8JsonWriter Begin(HttpContext http)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return new Utf8JsonWriter(http.Response.BodyWriter);
    }

    private static async Task AnswerAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        await using var json = Begin(http);
        write(json);
        await json.FlushAsync();
    }

    private static void WriteRow(Utf8JsonWriter json, NpgsqlDataReader row)
    {
        json.WriteStartObject();
        json.WriteNumber("id", row.GetInt32(0));
        json.WriteString("name", row.GetString(1));
        json.WriteNumber("weight", row.GetDouble(2));
        json.WriteString("seen", row.GetDateTime(3));
        json.WriteBoolean("open", row.GetBoolean(4));
        json.WriteString("kind", row.GetString(5));
        json.WriteString("note", row.GetString(6));
        json.WriteString("source", row.GetString(7));
        json.WriteString("host", row.GetString(8));
        json.WriteString("owner", row.GetString(9));
        json.WriteString("created_at", row.GetDateTime(10));
        json.WriteString("updated_at", row.GetDateTime(11));
        json.WriteEndObject();
    }
}
