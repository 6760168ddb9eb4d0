using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Blocks of a case's page and their elements.</summary>
public sealed class CaseBlockTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_block_is_found_by_its_id_and_its_slug_with_its_elements()
    {
        var path = await CaseAsync();
        var made = await service.PostAsync(
            path + "/blocks", """{"title":"My Note Block","block_type":"note","elements":[{"content":"one","note_type":"text"},{"content":"two","color":"red"}]}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        var block = made.Json.GetProperty("block");
        Assert.Equal(
            ["id", "slug", "title", "block_type", "position", "hidden", "block_group_id", "elements", "created_at", "updated_at"],
            block.EnumerateObject().Select(member => member.Name));
        Assert.Equal("blk_my_note_block", block.GetProperty("slug").GetString());
        Assert.Equal(["white", "red"], block.GetProperty("elements").EnumerateArray().Select(element => element.GetProperty("color").GetString()));
        Assert.Equal(
            ["element_id", "id", "element_type", "author", "created_at", "updated_at", "content", "note_type", "color"],
            block.GetProperty("elements")[0].EnumerateObject().Select(member => member.Name));

        foreach (var reference in new[] { "blk_my_note_block", $"{block.GetProperty("id")}" })
        {
            var read = await service.GetAsync($"{path}/blocks/{reference}");
            Assert.True(JsonElement.DeepEquals(made.Json, read.Json), read.Text);
            Assert.Equal(made.Headers["ETag"], read.Headers["ETag"]);
        }

        foreach (var reference in new[] { "blk_my", "999999", "0", "blocks", "-1" }) Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"{path}/blocks/{reference}")).Status);
        Assert.True(JsonElement.DeepEquals(block, (await service.GetAsync(path)).Json.GetProperty("blocks")[0]));
    }

    [Fact]
    public async Task Slugs_follow_titles_and_are_unique_in_a_case()
    {
        var path = await CaseAsync();
        Assert.Equal(
            ["blk_notes", "blk_notes_2", "blk_block", "blk_a_b_c"],
            [await SlugAsync(path, "Notes"), await SlugAsync(path, "notes!"), await SlugAsync(path, "メモ"), await SlugAsync(path, " --A/b  c")]);
        var renamed = await service.PutAsync(path + "/blocks/blk_notes", """{"title":"Timeline"}""");
        Assert.Equal("blk_timeline", renamed.Json.GetProperty("block").GetProperty("slug").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path + "/blocks/blk_notes")).Status);
        Assert.Equal("blk_notes", await SlugAsync(path, "Notes"));
    }

    [Fact]
    public async Task A_group_holds_blocks_and_lets_them_go()
    {
        var path = await CaseAsync();
        await SlugAsync(path, "First");
        var group = (await service.PostAsync(path + "/blocks", """{"title":"Group","block_type":"block_group"}""")).Json.GetProperty("block").GetProperty("id").GetInt64();
        await SlugAsync(path, "Last");
        await SlugAsync(path, "Two", ""","block_group_id":"blk_group" """);
        await SlugAsync(path, "One", $$""","position":0,"block_group_id":{{group}}""");
        Assert.Equal("First:0 Group:1 One:0* Two:1* Last:2", await LayoutAsync(path));

        await service.PutAsync(path + "/blocks/blk_last", """{"block_group_id":"blk_group","position":1}""");
        Assert.Equal("First:0 Group:1 One:0* Last:1* Two:2*", await LayoutAsync(path));
        await service.PutAsync(path + "/blocks/blk_one", """{"block_group_id":null,"position":0}""");
        Assert.Equal("One:0 First:1 Group:2 Last:0* Two:1*", await LayoutAsync(path));

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(path + "/blocks/blk_group")).Status);
        Assert.Equal("One:0 First:1 Last:2 Two:3", await LayoutAsync(path));
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(path + "/blocks/blk_first")).Status);
        Assert.Equal("One:0 Last:1 Two:2", await LayoutAsync(path));
    }

    [Fact]
    public async Task A_group_goes_with_its_children_where_that_is_asked_for()
    {
        var path = await CaseAsync();
        await service.PostAsync(path + "/blocks", """{"title":"Group","block_type":"block_group"}""");
        await SlugAsync(path, "Child", ""","block_group_id":"blk_group" """);
        await SlugAsync(path, "Other");
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(path + "/blocks/blk_group?include_children=true")).Status);
        Assert.Equal("Other:0", await LayoutAsync(path));
    }

    [Fact]
    public async Task An_etag_tells_of_whatever_a_blocks_answer_shows()
    {
        var path = await CaseAsync();
        var made = await service.PostAsync(path + "/blocks", """{"title":"Note","block_type":"note","elements":[{"content":"one"}]}""");
        var element = $"{path}/blocks/blk_note/elements/{made.Json.GetProperty("block").GetProperty("elements")[0].GetProperty("element_id")}";
        var tags = new List<string> { made.Headers["ETag"] };
        await service.PutAsync(element, """{"content":"two","color":"indigo"}""");
        tags.Add((await service.GetAsync(path + "/blocks/blk_note")).Headers["ETag"]);
        await SlugAsync(path, "Before", ""","position":0""");
        var shifted = await service.GetAsync(path + "/blocks/blk_note");
        Assert.Equal(1, shifted.Json.GetProperty("block").GetProperty("position").GetInt32());
        tags.Add(shifted.Headers["ETag"]);
        tags.Add((await service.PutAsync(path + "/blocks/blk_note", """{"hidden":true}""", ("If-Match", tags[^1]))).Headers["ETag"]);

        Assert.Equal(tags.Count, tags.Distinct().Count());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.SendAsync(HttpMethod.Delete, path + "/blocks/blk_note", null, ("If-Match", tags[0]))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.SendAsync(HttpMethod.Delete, path + "/blocks/blk_note", null, ("If-Match", tags[^1]))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(element)).Status);
    }

    [Fact]
    public async Task An_element_is_read_and_changed_within_its_block_alone()
    {
        var path = await CaseAsync();
        var block = (await service.PostAsync(path + "/blocks", """{"title":"Html","block_type":"html","elements":[{"content":"<b onclick='x()'>raw</b>"}]}""")).Json.GetProperty("block");
        var id = block.GetProperty("elements")[0].GetProperty("element_id");
        await SlugAsync(path, "Other");
        var read = await service.GetAsync($"{path}/blocks/blk_html/elements/{id}");
        Assert.Equal("<b onclick='x()'>raw</b>", read.Json.GetProperty("content").GetString());
        Assert.Equal("html", read.Json.GetProperty("note_type").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"{path}/blocks/blk_other/elements/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PutAsync($"{path}/blocks/blk_other/elements/{id}", """{"content":"x"}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync($"{path}/blocks/blk_html/elements/{id}", """{"color":"red"}""")).Status);
        var changed = await service.PutAsync($"{path}/blocks/blk_html/elements/{id}", """{"content":"<i>new</i>"}""", ("If-Match", read.Headers["ETag"]));
        Assert.Equal("<i>new</i>", changed.Json.GetProperty("content").GetString());
        Assert.Equal("<i>new</i>", (await service.GetAsync(path + "/blocks?block_type=html")).Json.GetProperty("blocks")[0].GetProperty("elements")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_file_stands_in_the_block_that_it_was_put_into_until_it_is_deleted()
    {
        var path = await CaseAsync();
        await SlugAsync(path, "Notes");
        var notes = (await service.GetAsync(path + "/blocks/blk_notes")).Json.GetProperty("block").GetProperty("id");
        var block = (await service.PostAsync(path + "/blocks", """{"title":"Files","block_type":"file"}""")).Json.GetProperty("block").GetProperty("id");
        Assert.Equal(
            ["team_case_block_id: is no block of files"],
            (await service.PostAsync(path + "/files", $$"""{"filename":"a.txt","file_contents":"QQ==","team_case_block_id":{{notes}} }""")).Details);
        var file = (await service.PostAsync(path + "/files", $$"""{"filename":"a.txt","file_contents":"QQ==","team_case_block_id":{{block}} }""")).Json.GetProperty("id");

        var element = Assert.Single((await service.GetAsync(path + "/blocks/blk_files")).Json.GetProperty("block").GetProperty("elements").EnumerateArray());
        Assert.Equal(file.GetInt64(), element.GetProperty("id").GetInt64());
        Assert.Equal("file", element.GetProperty("element_type").GetString());
        Assert.Equal("a.txt", element.GetProperty("file").GetProperty("filename").GetString());
        Assert.Equal("A", (await service.GetAsync(element.GetProperty("file").GetProperty("url").GetString()!)).Text);

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{path}/files/{file}")).Status);
        Assert.Equal(0, (await service.GetAsync(path + "/blocks/blk_files")).Json.GetProperty("block").GetProperty("elements").GetArrayLength());
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_answers_the_first_block()
    {
        var path = await CaseAsync();
        const string body = """{"title":"Once","block_type":"note","elements":[{"content":"one"}],"position":0}""";
        var first = await service.PostAsync(path + "/blocks", body, ("Idempotency-Key", "block"));
        await service.PutAsync(path + "/blocks/blk_once", """{"title":"Twice"}""");
        var again = await service.PostAsync(path + "/blocks", body, ("Idempotency-Key", "block"));
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        Assert.True(JsonElement.DeepEquals(first.Json, again.Json), again.Text);
        Assert.Equal("Twice:0", await LayoutAsync(path));
    }

    [Theory]
    [InlineData("""{"block_type":"note"}""", 400, "title: is required")]
    [InlineData("""{"title":"t","block_type":"picture"}""", 400, "block_type: must be one of note, file, linked_cases, metadata, closure_conditions, case_action, block_group, html")]
    [InlineData("""{"title":"t","block_type":"note","elements":[{}]}""", 400, "elements[0].content: is required")]
    [InlineData("""{"title":"t","block_type":"note","elements":[{"content":"c","note_type":"html"}]}""", 422, "elements[0].note_type: must be text in a block of type note")]
    [InlineData("""{"title":"t","block_type":"html","elements":[{"content":"c","color":"red"}]}""", 422, "elements[0].color: only a note of text has one")]
    [InlineData("""{"title":"t","block_type":"metadata","elements":[{"content":"c"}]}""", 422, "elements: a block of type metadata has none")]
    [InlineData("""{"title":"t","block_type":"note","block_group_id":"blk_none"}""", 422, "block_group_id: the case has no group 'blk_none'")]
    [InlineData("""{"title":"t","block_type":"note","block_group_id":"blk_plain"}""", 422, "block_group_id: the case has no group 'blk_plain'")]
    [InlineData("""{"title":"t","block_type":"block_group","block_group_id":"blk_plain"}""", 422, "block_group_id: a group stands in no group")]
    public async Task A_block_that_is_none_is_refused_and_leaves_nothing(string body, int status, string details)
    {
        var path = await CaseAsync();
        await SlugAsync(path, "Plain");
        var refused = await service.PostAsync(path + "/blocks", body);
        Assert.Equal(status, (int)refused.Status);
        Assert.Equal([details], refused.Details);
        Assert.Equal("Plain:0", await LayoutAsync(path));
    }

    [Fact]
    public async Task A_case_is_made_with_blocks_and_actions_in_one_transaction()
    {
        const string body = """
            {"team_id":1,"name":"whole","metadata":{"a":1},
             "blocks":[{"title":"Group","block_type":"block_group"},{"title":"Inner","block_type":"note","block_group_id":"blk_group","elements":[{"content":"x"}]}],
             "actions":[{"url":"https://example.com/a","label":"Open","action_type":"page","action_text":"Go"}],
             "team_case_buttons":[{"url":"http://example.com/b","label":"Run","button_type":"webhook","button_text":"Now"}]}
            """;
        // Now and then one takes the next block of ids.
        var costs = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            service.Counter.Reset();
            await service.PostAsync("/api/v2/cases", body);
            costs.Add(service.Counter.ToString());
        }

        Assert.Contains("Transaction 1", costs);
        var made = await service.PostAsync("/api/v2/cases", body, ("Idempotency-Key", "whole"));
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        Assert.Equal(["Open", "Run"], made.Json.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("label").GetString()));
        Assert.Equal(["blk_group", "blk_inner"], made.Json.GetProperty("blocks").EnumerateArray().Select(block => block.GetProperty("slug").GetString()));

        var path = $"/api/v2/cases/{made.Json.GetProperty("case_id")}";
        Assert.True(JsonElement.DeepEquals(made.Json, (await service.GetAsync(path)).Json));
        await service.DeleteAsync(path + "/blocks/blk_group?include_children=true");
        Assert.True(JsonElement.DeepEquals(made.Json, (await service.PostAsync("/api/v2/cases", body, ("Idempotency-Key", "whole"))).Json));
    }

    [Fact]
    public async Task A_case_with_too_many_parts_or_wrong_ones_is_refused_with_every_fault()
    {
        var elements = string.Join(',', Enumerable.Repeat("""{"content":"c"}""", 50));
        var many = await service.PostAsync(
            "/api/v2/cases", $$"""{"team_id":1,"name":"c","blocks":[{"title":"a","block_type":"note","elements":[{{elements}}]},{"title":"b","block_type":"note","elements":[{{elements}}]}]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, many.Status);
        var wrong = await service.PostAsync(
            "/api/v2/cases",
            """{"team_id":1,"name":"c","blocks":[{"title":" ","block_type":"note","author_email":"x@y"}],"actions":[{"url":"file:///etc/passwd","label":"l","action_type":"page"}]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(3, wrong.Details.Count);
        var ungrouped = await service.PostAsync("/api/v2/cases", """{"team_id":1,"name":"c","blocks":[{"title":"a","block_type":"note","block_group_id":"blk_none"}]}""");
        Assert.Equal(["blocks[0].block_group_id: the case has no group 'blk_none'"], ungrouped.Details);
    }

    private async Task<string> CaseAsync()
        => $"/api/v2/cases/{(await service.PostAsync("/api/v2/cases", """{"team_id":1,"name":"with blocks"}""")).Json.GetProperty("case_id")}";

    private async Task<string> SlugAsync(string path, string title, string more = "")
    {
        var made = await service.PostAsync(path + "/blocks", $$"""{"title":{{JsonSerializer.Serialize(title)}},"block_type":"note"{{more}}}""");
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("block").GetProperty("slug").GetString()!;
    }

    /// <summary>The blocks in their order, each with its position; those in a group with an asterisk.</summary>
    private async Task<string> LayoutAsync(string path)
        => string.Join(' ', (await service.GetAsync(path + "/blocks")).Json.GetProperty("blocks").EnumerateArray().Select(block
            => $"{block.GetProperty("title")}:{block.GetProperty("position")}{(block.GetProperty("block_group_id").ValueKind == JsonValueKind.Null ? "" : "*")}"));
}
