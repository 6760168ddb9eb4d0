using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Notes of a case.</summary>
public sealed class CaseNoteTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_note_is_made_read_changed_and_deleted_and_the_case_tells_of_it()
    {
        var path = await CaseAsync();
        var made = await service.PostAsync(path + "/notes", """{"title":"Findings","content":"**one**","color":"gold","sensitive":true}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        Assert.Equal(
            ["case_id", "id", "title", "content", "color", "sensitive", "created_at", "updated_at", "author"],
            made.Json.EnumerateObject().Select(member => member.Name));
        Assert.True(made.Json.GetProperty("author").TryGetProperty("user_id", out _));

        var one = $"{path}/notes/{made.Json.GetProperty("id")}";
        var read = await service.GetAsync(one);
        Assert.True(JsonElement.DeepEquals(made.Json, read.Json), read.Text);
        Assert.Equal(made.Headers["ETag"], read.Headers["ETag"]);

        var changed = await service.PutAsync(one, """{"title":"Found","color":"mint"}""", ("If-Match", read.Headers["ETag"]));
        Assert.Equal("Found", changed.Json.GetProperty("title").GetString());
        Assert.Equal("**one**", changed.Json.GetProperty("content").GetString());
        Assert.Equal("mint", changed.Json.GetProperty("color").GetString());
        Assert.True(changed.Json.GetProperty("sensitive").GetBoolean());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.PutAsync(one, """{"title":"late"}""", ("If-Match", read.Headers["ETag"]))).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(one)).Status);
        Assert.Equal(0, (await service.GetAsync(path + "/notes")).Json.GetProperty("notes").GetArrayLength());
        Assert.Equal(
            [("CREATED", false), ("FIELD_UPDATED", true), ("FIELD_UPDATED", true), ("FIELD_UPDATED", true)],
            (await service.GetAsync(path)).Json.GetProperty("activities").EnumerateArray()
                .Select(activity => (activity.GetProperty("activity_type").GetString()!, activity.GetProperty("value").GetString() == "notes")));
    }

    [Fact]
    public async Task A_repeated_append_with_the_same_key_adds_once()
    {
        var path = await CaseAsync();
        var note = $"{path}/notes/{(await service.PostAsync(path + "/notes", """{"title":"Log","content":"a"}""")).Json.GetProperty("id")}";
        var first = await service.PostAsync(note + "/content", """{"content":"b"}""", ("Idempotency-Key", "append"));
        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal("ab", first.Json.GetProperty("content").GetString());
        Assert.Equal("abc", (await service.PostAsync(note + "/content", """{"content":"c"}""")).Json.GetProperty("content").GetString());
        var again = await service.PostAsync(note + "/content", """{"content":"b"}""", ("Idempotency-Key", "append"));
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        Assert.True(JsonElement.DeepEquals(first.Json, again.Json), again.Text);
        Assert.Equal("abc", (await service.GetAsync(note)).Json.GetProperty("content").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await service.PostAsync(path + "/notes/999999/content", """{"content":"b"}""")).Status);
    }

    [Fact]
    public async Task Positions_stay_dense_as_notes_come_move_and_go()
    {
        var path = await CaseAsync();
        await service.PostAsync(path + "/notes", """{"title":"b"}""");
        var c = (await service.PostAsync(path + "/notes", """{"title":"c","position":7}""")).Json.GetProperty("id");
        var a = (await service.PostAsync(path + "/notes", """{"title":"a","position":0}""")).Json.GetProperty("id");
        Assert.Equal("a b c", await TitlesAsync(path));

        await service.PutAsync($"{path}/notes/{c}", """{"position":1}""");
        Assert.Equal("a c b", await TitlesAsync(path));
        await service.DeleteAsync($"{path}/notes/{a}");
        await service.PostAsync(path + "/notes", """{"title":"d","position":"1"}""");
        Assert.Equal("c d b", await TitlesAsync(path));

        var page = (await service.GetAsync(path + "/notes?per_page=2&page=2")).Json;
        Assert.Equal("b", page.GetProperty("notes")[0].GetProperty("title").GetString());
        Assert.Equal(3, page.GetProperty("meta").GetProperty("count").GetInt64());
    }

    [Theory]
    [InlineData("{}", 400, "title: is required")]
    [InlineData("""{"title":"t","color":"pink"}""", 400, "color: must be one of white, gold, magenta, green, blue, red, mint, indigo")]
    [InlineData("""{"title":"t","position":-1}""", 400, "position: must be an integer from 0")]
    [InlineData("""{"title":"t","content":7}""", 400, "content: must be text")]
    [InlineData("""{"title":" "}""", 422, "title: must have 1 to 255 characters")]
    [InlineData("""{"title":"t","author_email":"nobody@example.com"}""", 422, "author_email: no user of the team has the email 'nobody@example.com'")]
    public async Task A_note_that_is_none_is_refused_and_leaves_nothing(string body, int status, string details)
    {
        var path = await CaseAsync();
        var refused = await service.PostAsync(path + "/notes", body);
        Assert.Equal(status, (int)refused.Status);
        Assert.Equal([details], refused.Details);
        Assert.Equal(1, (await service.GetAsync(path)).Json.GetProperty("activities_meta").GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task A_note_grows_to_its_bound_and_not_beyond()
    {
        var path = await CaseAsync();
        var note = await service.PostAsync(path + "/notes", $$"""{"title":"long","content":"{{new string('é', 99_999)}}"}""");
        var one = $"{path}/notes/{note.Json.GetProperty("id")}";
        Assert.Equal(100_000, (await service.PostAsync(one + "/content", """{"content":"!"}""")).Json.GetProperty("content").GetString()!.Length);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(one + "/content", """{"content":"!"}""")).Status);
        Assert.EndsWith("é!", (await service.GetAsync(one)).Json.GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_costs_a_transaction_to_make_and_to_change()
    {
        var path = await CaseAsync();
        var made = new List<string>();
        var changed = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            service.Counter.Reset();
            var note = await service.PostAsync(path + "/notes", """{"title":"one","position":0}""", ("Idempotency-Key", $"cost {i}"));
            made.Add(service.Counter.ToString());
            service.Counter.Reset();
            await service.PutAsync($"{path}/notes/{note.Json.GetProperty("id")}", """{"content":"more"}""");
            changed.Add(service.Counter.ToString());
        }

        // Now and then one takes the next block of ids.
        Assert.Contains("Transaction 1", made);
        Assert.Contains("Transaction 1", changed);
    }

    private async Task<string> CaseAsync()
        => $"/api/v2/cases/{(await service.PostAsync("/api/v2/cases", """{"team_id":1,"name":"with notes"}""")).Json.GetProperty("case_id")}";

    private async Task<string> TitlesAsync(string path)
        => string.Join(' ', (await service.GetAsync(path + "/notes")).Json.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("title").GetString()));
}
