using System.Globalization;
using System.Net;
using System.Text.Json;
using Casefile.Core.Storage;

namespace Casefile.Functions.Tests.EndToEnd;

/// <summary>A record type of two fields, a name and notes that are an artifact, and its records as a client or the storage sees them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="NameField">The id of the field <c>name</c>.</param>
/// <param name="NotesField">The id of the field <c>notes</c>.</param>
internal sealed record TestType(long Id, long NameField, long NotesField)
{
    private const string Records = "/api/v1/records";

    /// <summary>Makes the type.</summary>
    /// <param name="service">Where.</param>
    /// <param name="more">Further members of the definition, in JSON, with a leading comma.</param>
    public static async Task<TestType> MakeAsync(ServiceClient service, string more = "")
    {
        var made = await service.CreateTypeAsync("Alerts", """[{"name":"name","result_type":"TEXT"},{"name":"notes","result_type":"ARTIFACT"}]""", more);
        var fields = made.GetProperty("record_fields");
        return new TestType(made.GetProperty("id").GetInt64(), fields[0].GetProperty("id").GetInt64(), fields[1].GetProperty("id").GetInt64());
    }

    /// <summary>POST of a record.</summary>
    public Task<Answer> CreateAsync(ServiceClient via, string name, string? notes = null, params IEnumerable<(string Name, string Value)> headers)
        => via.PostAsync(Records, $$"""{"record_type_id":{{Id}},"field_values":{{Values(name, notes)}}}""", headers);

    /// <summary>POST of a record with an idempotency key.</summary>
    public Task<Answer> CreateOnceAsync(ServiceClient via, string key, string name, string? notes = null)
        => CreateAsync(via, name, notes, ("Idempotency-Key", key));

    /// <summary>POST of a record that has to succeed; answers its id.</summary>
    public async Task<long> CreatedAsync(ServiceClient via, string name, string? notes = null)
        => IdOf(await CreateAsync(via, name, notes));

    /// <summary>PUT of a record's name.</summary>
    public Task<Answer> RenameAsync(ServiceClient via, long record, string name, params IEnumerable<(string Name, string Value)> headers)
        => via.PutAsync(PathOf(record), $$"""{"field_values":{{Values(name, null)}}}""", headers);

    /// <summary>A page of the list.</summary>
    /// <param name="via">Which service is asked.</param>
    /// <param name="query">Further parameters, with a leading ampersand.</param>
    public async Task<RecordPage> ListAsync(ServiceClient via, string query = "")
    {
        var answer = await via.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Records}?record_type_id={Id}{query}"));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return new RecordPage(answer.Json.GetProperty("meta").GetProperty("count").GetInt64(), [.. answer.Json.GetProperty("record_results").EnumerateArray()]);
    }

    /// <summary>All records in the order of their creation, their artifacts inlined; every page has to say that there are as many.</summary>
    public async Task<IReadOnlyList<JsonElement>> AllAsync(ServiceClient via)
    {
        var rows = new List<JsonElement>();
        for (var page = 1; ; page++)
        {
            var found = await ListAsync(via, string.Create(CultureInfo.InvariantCulture, $"&order_direction=ASC&resolve_artifacts=true&per_page=100&page={page}"));
            rows.AddRange(found.Rows);
            if (found.Rows.Count > 0) continue;
            Assert.Equal(found.Count, rows.Count);
            return rows;
        }
    }

    /// <summary>The ids of the records whose rows are stored.</summary>
    public async Task<IReadOnlyList<long>> StoredAsync(IStorage storage)
    {
        var ids = new List<long>();
        var range = RowRange.Prefix(Id.ToString(CultureInfo.InvariantCulture), "rec-");
        do
        {
            var page = await storage.Table(TableNames.Records).ReadAsync(range, CancellationToken.None);
            ids.AddRange(page.Rows.Select(row => long.Parse(row.RowKey["rec-".Length..], CultureInfo.InvariantCulture)));
            range = range with { Continuation = page.Continuation };
        }
        while (range.Continuation is not null);
        return ids;
    }

    /// <summary>The address of a record.</summary>
    public static string PathOf(long record) => string.Create(CultureInfo.InvariantCulture, $"{Records}/{record}");

    /// <summary>The id in the answer to a create, which has to have succeeded.</summary>
    public static long IdOf(Answer created)
    {
        Assert.True(created.Status == HttpStatusCode.Created, $"{created.Status} {created.Text}");
        return created.Json.GetProperty("id").GetInt64();
    }

    /// <summary>The id of a listed record.</summary>
    public static long IdOf(JsonElement row) => row.GetProperty("id").GetInt64();

    /// <summary>The name of a listed record.</summary>
    public static string? NameOf(JsonElement row) => row.GetProperty("name").GetString();

    private string Values(string name, string? notes)
    {
        var values = $$"""{"field_id":{{NameField}},"value":{{JsonSerializer.Serialize(name)}}}""";
        return notes is null ? $"[{values}]" : $$"""[{{values}},{"field_id":{{NotesField}},"value":{{JsonSerializer.Serialize(notes)}}}]""";
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Count">How many records it says there are.</param>
/// <param name="Rows">Those on the page.</param>
internal sealed record RecordPage(long Count, IReadOnlyList<JsonElement> Rows);
