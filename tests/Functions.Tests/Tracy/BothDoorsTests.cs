using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Tracy;

/// <summary>One store, two doors: what is written through one is read through the other, every type.</summary>
public sealed class BothDoorsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task What_a_dataset_holds_is_read_as_fields()
    {
        var dataset = await TestDataset.MakeAsync(service, TestDataset.Types);
        var first = TestDataset.IdOf(await dataset.CreateAsync(service, []));

        var record = await dataset.CreateAsync(service, dataset.Datums(dataset.Values(user: 1, first)));

        var type = (await service.GetAsync($"/api/v1/record_types/{dataset.Id}")).Json;
        Assert.Equal(
            [
                "TEXT", "ARTIFACT", "NUMBER", "NUMBER", "BOOLEAN", "TIMESTAMP", "TIMESTAMP", "TEXT_ENUM", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT",
                "TEXT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT", "TEXT",
            ],
            type.GetProperty("record_fields").EnumerateArray().Select(field => field.GetProperty("result_type").GetString()));
        Assert.Equal(["red", "green", "blue"], type.GetProperty("record_fields")[7].GetProperty("fixed_values").EnumerateArray().Select(value => value.GetString()));

        var read = (await service.GetAsync($"/api/v1/records/{TestDataset.IdOf(record)}?resolve_artifacts=true")).Json.GetProperty("result");
        var expected = new Dictionary<string, string>
        {
            ["text"] = "Grüße 🎉",
            ["multilineText"] = "one\ntwo\nthree",
            ["integer"] = "9007199254740991",
            ["decimal"] = "-0.125",
            ["boolean"] = "True",
            ["dateTime"] = "2026-02-03 04:05:06",
            ["date"] = "2026-02-03 00:00:00",
            ["option"] = "green",
            ["options"] = """["blue","red"]""",
            ["user"] = "1",
            ["users"] = "[1,1]",
            ["record"] = $"{first}",
            ["records"] = $"[{first}]",
            ["file"] = """["a \"quoted\" name.txt","b.txt"]""",
            ["image"] = """["a.png"]""",
            ["phone"] = "+49 30 1234",
            ["email"] = "ada@example.com",
            ["link"] = "https://example.com/?a=1&b=2",
            ["address"] = "1 Main St",
            ["author"] = "1",
            ["number"] = "2",
        };
        foreach (var (name, value) in expected) Assert.Equal(value, read.GetProperty(name).ToString());

        var found = await service.GetAsync($$"""/api/v1/records?record_type_id={{dataset.Id}}&filters=[{"field_id":{{dataset.Property("option")}},"operator":"EQUAL","value":"green"}]""");
        Assert.Equal(1, found.Json.GetProperty("meta").GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task What_is_written_as_fields_is_read_as_datums()
    {
        var type = await service.CreateTypeAsync("Alerts", """
            [{"name":"t","result_type":"TEXT"},{"name":"n","result_type":"NUMBER"},{"name":"b","result_type":"BOOLEAN"},{"name":"s","result_type":"TIMESTAMP"},
             {"name":"e","result_type":"TEXT_ENUM","fixed_values":["low","high"]},{"name":"a","result_type":"ARTIFACT"},{"name":"j","result_type":"JSON"}]
            """);
        var id = type.GetProperty("id").GetInt64();
        var fields = type.GetProperty("record_fields").EnumerateArray().Select(TestDataset.IdOf).ToArray();
        string[] values = ["\"text\"", "1.5", "true", "\"2026-08-13T19:08:15-04:00\"", "\"high\"", "\"long\"", """{"a":[1]}"""];
        var made = await service.PostAsync("/api/v1/records", $$"""
            {"record_type_id":{{id}},"field_values":[{{string.Join(',', fields.Zip(values).Select(pair => $$"""{"field_id":{{pair.First}},"value":{{pair.Second}}}"""))}}]}
            """);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);

        var dataset = await service.GetAsync($"/v1/datasets/{id}");
        var record = await service.GetAsync($"/v1/records/{TestDataset.IdOf(made.Json)}");

        await SeedSchema.HoldsAsync("Dataset", dataset.Text);
        await SeedSchema.HoldsAsync("Record", record.Text);
        Assert.Equal("Open", Assert.Single(dataset.Json.GetProperty("states").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(
            ["text", "decimal", "boolean", "dateTime", "option", "multilineText", "multilineText"],
            dataset.Json.GetProperty("properties").EnumerateArray().Select(property => property.GetProperty("propertyType").GetProperty("id").GetString()));
        Assert.Equal(["low", "high"], dataset.Json.GetProperty("properties")[4].GetProperty("options").EnumerateArray().Select(option => option.GetProperty("text").GetString()));
        Assert.Equal("Open", record.Json.GetProperty("state").GetProperty("name").GetString());
        var datums = record.Json.GetProperty("datums");
        Assert.Equal("text", datums[0].GetProperty("stringValue").GetString());
        Assert.Equal(1.5, datums[1].GetProperty("decimalValue").GetDouble());
        Assert.Equal(1, datums[2].GetProperty("integerValue").GetInt64());
        Assert.Equal("2026-08-13T19:08:15.000Z", datums[3].GetProperty("dateTimeValue").GetString());
        Assert.Equal("high", datums[4].GetProperty("optionValue").GetProperty("text").GetString());
        Assert.Equal("long", datums[5].GetProperty("stringValue").GetString());
        Assert.Equal("""{"a":[1]}""", datums[6].GetProperty("stringValue").GetString());

        // And the other way into the same type.
        var option = datums[4].GetProperty("optionValue").GetProperty("id").GetInt64();
        var copy = await service.PostAsync("/v1/records", $$"""
            {"dataset":{"id":{{id}}},"datums":[{"property":{"id":{{fields[4]}}},"optionValue":{"id":{{option}} } },{"property":{"id":{{fields[6]}}},"stringValue":"[1, 2]"}]}
            """);
        Assert.True(copy.Status == HttpStatusCode.OK, copy.Text);
        var result = (await service.GetAsync($"/api/v1/records/{TestDataset.IdOf(copy.Json)}?resolve_artifacts=true")).Json.GetProperty("result");
        Assert.Equal("high", result.GetProperty("e").GetString());
        Assert.Equal("[1,2]", result.GetProperty("j").GetRawText());
    }

    [Fact]
    public async Task A_change_through_the_fields_door_keeps_what_only_datasets_have()
    {
        var dataset = await TestDataset.MakeAsync(service, "text!", "option", "dateTime", "users", "changed", "author");
        var record = TestDataset.IdOf(await dataset.CreateAsync(
            service,
            [dataset.Datum("text", """ "stringValue":"a" """), dataset.Datum("dateTime", """ "dateTimeValue":"2026-02-03T04:05:06.789Z" """), dataset.Datum("users", """ "userValue":{"id":1} """)],
            $$""","state":{"id":{{dataset.State("Doing")}}},"archived":"2026-01-01T00:00:00.000Z" """));
        var before = (await service.GetAsync($"/v1/records/{record}")).Json;

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("option", "\"red\"")).Status);

        var after = (await service.GetAsync($"/v1/records/{record}")).Json;
        Assert.Equal("Doing", after.GetProperty("state").GetProperty("name").GetString());
        Assert.Equal(before.GetProperty("archived").GetString(), after.GetProperty("archived").GetString());
        Assert.Equal("2026-02-03T04:05:06.789Z", dataset.DatumsOf(after, "dateTime")[0].GetProperty("dateTimeValue").GetString());
        Assert.Equal(1, TestDataset.IdOf(dataset.DatumsOf(after, "users")[0].GetProperty("userValue")));
        Assert.NotEqual(
            dataset.DatumsOf(before, "changed")[0].GetProperty("dateTimeValue").GetString(), dataset.DatumsOf(after, "changed")[0].GetProperty("dateTimeValue").GetString());

        // A timestamp that is replaced takes its milliseconds along.
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("dateTime", "\"2026-02-03 04:05:06\"")).Status);
        Assert.Equal("2026-02-03T04:05:06.000Z", dataset.DatumsOf((await service.GetAsync($"/v1/records/{record}")).Json, "dateTime")[0].GetProperty("dateTimeValue").GetString());

        foreach (var (field, value) in new[] { ("option", "\"purple\""), ("text", "null"), ("text", "\"\""), ("users", "\"[2]\""), ("author", "\"2\""), ("changed", "null") })
        {
            var refused = await PutAsync(field, value);
            Assert.True(refused.Status == HttpStatusCode.UnprocessableEntity, $"{field}: {refused.Status} {refused.Text}");
        }

        var missing = await service.PostAsync("/api/v1/records", $$"""{"record_type_id":{{dataset.Id}},"field_values":[]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.Status);
        var created = await service.PostAsync("/api/v1/records", $$"""{"record_type_id":{{dataset.Id}},"field_values":[{"field_id":{{dataset.Property("text")}},"value":"x"}]}""");
        var shown = (await service.GetAsync($"/v1/records/{TestDataset.IdOf(created.Json)}")).Json;
        Assert.Equal("New", shown.GetProperty("state").GetProperty("name").GetString());
        Assert.Equal(1, TestDataset.IdOf(dataset.DatumsOf(shown, "author")[0].GetProperty("userValue")));

        Task<Answer> PutAsync(string field, string value)
            => service.PutAsync($"/api/v1/records/{record}", $$"""{"field_values":[{"field_id":{{dataset.Property(field)}},"value":{{value}}}]}""");
    }

    [Fact]
    public async Task Fixed_values_and_options_are_the_same_things()
    {
        var dataset = await TestDataset.MakeAsync(service, "option");
        var property = dataset.Property("option");
        var green = dataset.Option("option", "green");
        var record = TestDataset.IdOf(await dataset.CreateAsync(service, [dataset.Datum("option", $$""" "optionValue":{"id":{{green}}} """)]));

        var put = await service.PutAsync($"/api/v1/record_types/{dataset.Id}", $$"""{"fields":[{"id":{{property}},"fixed_values":["white","green","red"]}]}""");
        Assert.True(put.Status == HttpStatusCode.OK, put.Text);

        var options = (await service.GetAsync($"/v1/options?propertyId={property}")).Json.EnumerateArray().ToDictionary(option => option.GetProperty("text").GetString()!);
        Assert.Equal(green, TestDataset.IdOf(options["green"]));
        Assert.Equal(4294901760, options["red"].GetProperty("color").GetInt64());
        Assert.DoesNotContain(TestDataset.IdOf(options["white"]), new[] { dataset.Option("option", "red"), dataset.Option("option", "blue"), green });

        var renamed = await service.SendAsync(HttpMethod.Patch, $"/v1/options/{green}", """{"text":"lime"}""");
        Assert.True(renamed.Status == HttpStatusCode.OK, renamed.Text);
        Assert.Equal("lime", (await service.GetAsync($"/v1/records/{record}")).Json.GetProperty("datums")[0].GetProperty("optionValue").GetProperty("text").GetString());
        Assert.Equal(
            ["white", "lime", "red"],
            (await service.GetAsync($"/api/v1/record_types/{dataset.Id}")).Json.GetProperty("record_fields")[0].GetProperty("fixed_values").EnumerateArray().Select(value => value.GetString()));
    }

    [Fact]
    public async Task An_export_shows_every_value_and_an_import_drops_none_in_silence()
    {
        var dataset = await TestDataset.MakeAsync(service, "text", "users", "number");
        await dataset.CreateAsync(service, [dataset.Datum("text", """ "stringValue":"kept" """)]);
        await dataset.CreateAsync(service, [dataset.Datum("users", """ "userValue":{"id":1} """)]);

        var export = (await service.GetAsync($"/api/v1/records/export?record_type_id={dataset.Id}&format=ndjson&order_direction=ASC")).Text;
        var import = await service.SendAsync(HttpMethod.Post, $"/api/v1/records/import?record_type_id={dataset.Id}", System.Text.Encoding.UTF8.GetBytes(export), "application/x-ndjson");

        var lines = import.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(201, lines[0].GetProperty("status").GetInt32());
        Assert.Equal(422, lines[1].GetProperty("status").GetInt32());
        var imported = (await service.GetAsync($"/v1/records/{TestDataset.IdOf(lines[0])}")).Json;
        Assert.Equal("kept", dataset.DatumsOf(imported, "text")[0].GetProperty("stringValue").GetString());
        Assert.Equal(3, dataset.DatumsOf(imported, "number")[0].GetProperty("integerValue").GetInt64());
    }
}
