using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Tracy;

/// <summary>Datasets and what is in them.</summary>
public sealed class DatasetTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_dataset_is_made_with_all_that_is_nested_in_it()
    {
        var made = await service.PostAsync("/v1/datasets", """
            {"id":99,"name":"Servers","isDisabled":false,"position":7,"path":"it/servers","representations":[],
             "states":[{"name":"Up","color":4278255360,"position":1},{"name":"Down","position":2}],
             "properties":[
               {"name":"Host","propertyType":{"id":"text"},"isUsedAsTitle":true,"isRequired":true,"parameters":"{\"max\":9}","position":2},
               {"name":"Size","propertyType":{"id":"option"},"position":1,"options":[{"text":"S"},{"text":"L","color":255}]}]}
            """);

        Assert.True(made.Status == HttpStatusCode.OK, made.Text);
        await SeedSchema.HoldsAsync("Dataset", made.Text);
        Assert.Equal((7, "it/servers"), (made.Json.GetProperty("position").GetInt32(), made.Json.GetProperty("path").GetString()));
        Assert.Equal(["Up", "Down"], Names(made.Json.GetProperty("states")));
        Assert.Equal(["Size", "Host"], Names(made.Json.GetProperty("properties")));
        Assert.Equal(255, made.Json.GetProperty("properties")[0].GetProperty("options")[1].GetProperty("color").GetInt64());
        Assert.Equal("{\"max\":9}", made.Json.GetProperty("properties")[1].GetProperty("parameters").GetString());
        var read = await service.GetAsync($"/v1/datasets/{TestDataset.IdOf(made.Json)}");
        Assert.Equal(made.Text, read.Text);
        Assert.Contains((await service.GetAsync("/v1/datasets")).Json.EnumerateArray(), each => TestDataset.IdOf(each) == TestDataset.IdOf(made.Json));
        foreach (var state in made.Json.GetProperty("states").EnumerateArray()) await SeedSchema.HoldsAsync("State", state.GetRawText());
        foreach (var property in made.Json.GetProperty("properties").EnumerateArray()) await SeedSchema.HoldsAsync("Property", property.GetRawText());
    }

    [Fact]
    public async Task States_properties_and_options_are_made_changed_and_deleted_by_themselves()
    {
        var dataset = await TestDataset.MakeAsync(service, "text");

        foreach (var (path, body, change, member, value) in new[]
        {
            ("states", $$"""{"dataset":{"id":{{dataset.Id}}},"name":"Late"}""", """{"name":"Later","color":1}""", "name", "Later"),
            ("properties", $$"""{"dataset":{"id":{{dataset.Id}}},"name":"Kind","propertyType":{"id":"options"},"options":[{"text":"x"}]}""", """{"name":"Sort","isRequired":true}""", "name", "Sort"),
            ("properties", $$"""{"dataset":{"id":{{dataset.Id}}},"name":"Call","propertyType":{"id":"text"} }""", """{"propertyType":{"id":"phone"}}""", "name", "Call"),
        })
        {
            var made = await service.PostAsync($"/v1/{path}", body, ("Idempotency-Key", body));
            Assert.True(made.Status == HttpStatusCode.OK, made.Text);
            var again = await service.PostAsync($"/v1/{path}", body, ("Idempotency-Key", body));
            Assert.Equal((made.Text, "true"), (again.Text, again.Headers["idempotency-replayed"]));
            var one = $"/v1/{path}/{TestDataset.IdOf(made.Json)}";

            var changed = await service.SendAsync(HttpMethod.Patch, one, change, ("If-Match", made.Headers["ETag"]));
            Assert.True(changed.Status == HttpStatusCode.OK, changed.Text);
            Assert.Equal(value, changed.Json.GetProperty(member).GetString());
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await service.SendAsync(HttpMethod.Patch, one, change, ("If-Match", made.Headers["ETag"]))).Status);
            Assert.Equal(changed.Text, (await service.GetAsync(one)).Text);
            Assert.Contains((await service.GetAsync($"/v1/{path}?datasetId={dataset.Id}")).Json.EnumerateArray(), each => each.GetRawText() == changed.Text);

            Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(one)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync(one)).Status);
        }
    }

    [Fact]
    public async Task A_property_may_get_its_options_later()
    {
        var dataset = await TestDataset.MakeAsync(service, "text");
        var property = TestDataset.IdOf((await service.PostAsync("/v1/properties", $$"""{"dataset":{"id":{{dataset.Id}}},"name":"Kind","propertyType":{"id":"option"} }""")).Json);

        var option = await service.PostAsync("/v1/options", $$"""{"property":{"id":{{property}}},"text":"x","color":4294967295}""");

        Assert.True(option.Status == HttpStatusCode.OK, option.Text);
        await SeedSchema.HoldsAsync("Option", option.Text);
        var record = await dataset.CreateAsync(service, [$$"""{"property":{"id":{{property}}},"optionValue":{"id":{{TestDataset.IdOf(option.Json)}} } }"""]);
        Assert.Equal("x", record.GetProperty("datums")[0].GetProperty("optionValue").GetProperty("text").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/v1/options/{TestDataset.IdOf(option.Json)}")).Status);
        var left = (await service.GetAsync($"/v1/records/{TestDataset.IdOf(record)}")).Json.GetProperty("datums")[0].GetProperty("optionValue");
        Assert.Equal((0, "x"), (TestDataset.IdOf(left), left.GetProperty("text").GetString()));
        var next = await service.PostAsync("/v1/options", $$"""{"property":{"id":{{property}}},"text":"y"}""");
        Assert.NotEqual(TestDataset.IdOf(option.Json), TestDataset.IdOf(next.Json));
    }

    [Fact]
    public async Task The_only_state_of_a_record_type_becomes_one_of_several()
    {
        var type = await service.CreateTypeAsync("Plain", """[{"name":"t","result_type":"TEXT"}]""");
        var id = TestDataset.IdOf(type);
        var record = TestDataset.IdOf((await service.PostAsync("/api/v1/records", $$"""{"record_type_id":{{id}},"field_values":[]}""")).Json);
        var open = TestDataset.IdOf((await service.GetAsync($"/v1/states?datasetId={id}")).Json[0]);

        var closed = TestDataset.IdOf((await service.PostAsync("/v1/states", $$"""{"dataset":{"id":{{id}}},"name":"Closed"}""")).Json);
        Assert.Equal(open, StateOf(await service.GetAsync($"/v1/records/{record}")));
        var moved = await service.SendAsync(HttpMethod.Patch, $"/v1/records/{record}", $$"""{"state":{"id":{{closed}}} }""");

        Assert.True(moved.Status == HttpStatusCode.OK, moved.Text);
        Assert.Equal(closed, StateOf(moved));
        Assert.Equal(open, TestDataset.IdOf(moved.Json.GetProperty("transitions")[1].GetProperty("oldState")));
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/v1/states/{open}")).Status);
        var last = await service.DeleteAsync($"/v1/states/{closed}");
        Assert.Equal(HttpStatusCode.BadRequest, last.Status);

        static long StateOf(Answer answer) => TestDataset.IdOf(answer.Json.GetProperty("state"));
    }

    [Fact]
    public async Task A_disabled_dataset_takes_no_records()
    {
        var dataset = await TestDataset.MakeAsync(service, "text");

        var patched = await service.SendAsync(HttpMethod.Patch, $"/v1/datasets/{dataset.Id}", """{"isDisabled":true,"name":"Old"}""");

        Assert.Equal("Old", patched.Json.GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await dataset.PostAsync(service, [])).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync("/api/v1/records", $$"""{"record_type_id":{{dataset.Id}},"field_values":[]}""")).Status);
        await service.SendAsync(HttpMethod.Patch, $"/v1/datasets/{dataset.Id}", """{"isDisabled":false}""");
        Assert.Equal(HttpStatusCode.OK, (await dataset.PostAsync(service, [])).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"/v1/datasets/{dataset.Id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"/v1/datasets/{dataset.Id}")).Status);
    }

    [Fact]
    public async Task A_dataset_goes_to_the_teams_key_and_where_there_are_several_to_the_one_that_is_named()
    {
        await using var two = new TwoTeamsService();
        await two.InitializeAsync();
        var team = TestDataset.IdOf((await two.Service.PostAsync("/api/v1/teams", """{"name":"Second"}""")).Json);
        var key = (await two.Service.PostAsync("/api/v1/api_keys", $$"""{"name":"k","team_id":{{team}},"role":"admin"}""")).Json.GetProperty("key").GetString();

        var made = await two.Service.SendAsAsync(key, HttpMethod.Post, "/v1/datasets", """{"name":"theirs"}""");
        var unclear = await two.Service.PostAsync("/v1/datasets", """{"name":"whose"}""");
        var named = await two.Service.PostAsync("/v1/datasets", """{"name":"first's","teamId":1}""");

        Assert.Equal(team, (await two.Service.GetAsync($"/api/v1/record_types/{TestDataset.IdOf(made.Json)}")).Json.GetProperty("team_id").GetInt64());
        Assert.Equal(HttpStatusCode.BadRequest, unclear.Status);
        Assert.Contains("$.teamId", unclear.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, named.Status);
    }

    [Fact]
    public async Task Property_types_are_listed_and_health_needs_no_key()
    {
        var types = (await service.GetAsync("/v1/property-types")).Json.EnumerateArray().ToArray();

        Assert.Equal(TestDataset.Types, types.Select(type => type.GetProperty("id").GetString()));
        foreach (var type in types) await SeedSchema.HoldsAsync("PropertyType", type.GetRawText());
        Assert.Equal(["options", "users", "records", "file", "image"], types.Where(type => type.GetProperty("isPlural").GetBoolean()).Select(type => type.GetProperty("id").GetString()));
        Assert.Equal(["author", "created", "changed", "number"], types.Where(type => type.GetProperty("isAutomatic").GetBoolean()).Select(type => type.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsAsync(null, HttpMethod.Get, "/v1/health")).Status);
    }

    [Theory]
    [InlineData("/v1/datasets", """{}""", "$.name")]
    [InlineData("/v1/datasets", """{"name":""}""", "$.name")]
    [InlineData("/v1/datasets", """{"name":5}""", "$.name")]
    [InlineData("/v1/datasets", """{"name":"x","fields":[]}""", "$.fields")]
    [InlineData("/v1/datasets", """{"name":"x","position":-1}""", "$.position")]
    [InlineData("/v1/datasets", """{"name":"x","position":2147483648}""", "$.position")]
    [InlineData("/v1/datasets", """{"name":"x","states":[{"name":"a"},{"name":"a"}]}""", "$.states[1].name")]
    [InlineData("/v1/datasets", """{"name":"x","states":[{"name":"a","color":4294967296}]}""", "$.states[0].color")]
    [InlineData("/v1/datasets", """{"name":"x","states":[{"color":-1}]}""", "$.states[0].name")]
    [InlineData("/v1/datasets", """{"name":"x","properties":[{"name":"a"}]}""", "$.properties[0].propertyType")]
    [InlineData("/v1/datasets", """{"name":"x","properties":[{"name":"a","propertyType":"text"}]}""", "$.properties[0].propertyType")]
    [InlineData("/v1/datasets", """{"name":"x","properties":[{"name":"a","propertyType":{"id":"TEXT"}}]}""", "$.properties[0].propertyType.id")]
    [InlineData("/v1/datasets", """{"name":"x","properties":[{"name":"id","propertyType":{"id":"text"}}]}""", "$.properties[0].name")]
    [InlineData("/v1/datasets", """{"name":"x","properties":[{"name":"a","propertyType":{"id":"text"},"options":[{"text":"o"}]}]}""", "$.properties[0].options")]
    [InlineData("/v1/datasets", """{"name":"x","properties":[{"name":"a","propertyType":{"id":"option"},"options":[{"text":"o"},{"text":"o"}]}]}""", "$.properties[0].options[1].text")]
    [InlineData("/v1/datasets", """{"name":"x","properties":[{"name":"a","propertyType":{"id":"option"},"options":[{"text":""}]}]}""", "$.properties[0].options[0].text")]
    [InlineData("/v1/datasets", """[]""", "$")]
    [InlineData("/v1/datasets", """{"name":"x",""", "$")]
    [InlineData("/v1/states", """{"name":"x"}""", "$.dataset")]
    [InlineData("/v1/states", """{"name":"x","dataset":{"id":999999}}""", "$.dataset.id")]
    [InlineData("/v1/states", """{"name":"x","dataset":7}""", "$.dataset")]
    [InlineData("/v1/properties", """{"name":"x","propertyType":{"id":"text"},"dataset":{"id":999999}}""", "$.dataset.id")]
    [InlineData("/v1/options", """{"text":"x","property":{"id":999999}}""", "$.property.id")]
    [InlineData("/v1/options", """{"property":{"id":1}}""", "$.text")]
    public async Task What_is_wrong_is_refused_by_its_place(string path, string body, string place)
    {
        var answer = await service.PostAsync(path, body);

        Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{answer.Status} {answer.Text}");
        Assert.Contains(place, answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(400, answer.Json.GetProperty("status").GetInt32());
    }

    private static IEnumerable<string?> Names(JsonElement list) => list.EnumerateArray().Select(each => each.GetProperty("name").GetString());

    /// <summary>A service of its own, since this one's tenant is to have two teams.</summary>
    private sealed class TwoTeamsService : IAsyncDisposable
    {
        public ServiceFixture Service { get; } = new();

        public Task InitializeAsync() => Service.InitializeAsync();

        public async ValueTask DisposeAsync() => await Service.DisposeAsync();
    }
}
