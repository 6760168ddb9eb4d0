using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Records;

/// <summary>Updates, relations, versions and expiry of records over HTTP (records.md, "Update" and "Delete").</summary>
public sealed class RecordUpdateTests(ServiceFixture service) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private const string Records = "/api/v1/records";

    private (long Id, long Field) type;
    private (long Id, long Field) other;

    public async Task InitializeAsync() => (type, other) = (await TypeAsync("Updated"), await TypeAsync("Of another type"));

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("""{"field_values":[{"field_id":{field},"value":"new"}],"add_case_ids":[{case}],"add_child_records":[{child},8000000000000000]}""")]
    [InlineData("""{"field_values":[{"field_id":{field},"value":"new"}],"add_case_ids":[{case}],"add_child_records":[{child},{self}]}""")]
    [InlineData("""{"field_values":[{"field_id":{field},"value":"new"}],"add_child_records":[{child}],"parent_record_id":8000000000000000}""")]
    [InlineData("""{"add_child_records":[{child}],"field_values":[{"field_id":{field},"value":{}}]}""")]
    [InlineData("""{"add_child_records":[{child}],"field_values":[{"field_id":{field},"value":"new"},{"field_id":{other field},"value":"x"}]}""")]
    [InlineData("""{"add_child_records":[{child}],"parent_record_id":{child}}""")]
    public async Task An_update_happens_as_a_whole_or_not_at_all(string body)
    {
        var (record, child) = (await RecordAsync(type), await RecordAsync(type));
        var linked = await service.CreateCaseAsync();
        var before = await service.EverythingAsync($"{type.Id}", $"{other.Id}");

        var answer = await service.PutAsync($"{Records}/{record}", body
            .Replace("{case}", $"{linked}", StringComparison.Ordinal)
            .Replace("{field}", $"{type.Field}", StringComparison.Ordinal)
            .Replace("{other field}", $"{other.Field}", StringComparison.Ordinal)
            .Replace("{child}", $"{child}", StringComparison.Ordinal)
            .Replace("{self}", $"{record}", StringComparison.Ordinal));

        Assert.True(answer.Status == HttpStatusCode.UnprocessableEntity, answer.Text);
        Assert.Equal(before, await service.EverythingAsync($"{type.Id}", $"{other.Id}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_child_that_another_record_takes_leaves_its_former_parent(bool ofAnotherType)
    {
        var (first, second) = (await RecordAsync(type), await RecordAsync(type));
        var child = await RecordAsync(ofAnotherType ? other : type, $",\"parent_record_id\":\"{first}\"");
        Assert.Equal(child, Assert.Single(Children(await ReadAsync(first))));

        var taken = await service.PutAsync($"{Records}/{second}", $$"""{"add_child_records":["{{child}}"]}""");

        Assert.Equal(child, Assert.Single(Children(taken.Json)));
        Assert.Equal(child, taken.Json.GetProperty("child_records")[0].GetProperty("id").GetInt64());
        Assert.Empty(Children(await ReadAsync(first)));
        Assert.Equal(second, (await ReadAsync(child)).GetProperty("parent_record").GetProperty("id").GetInt64());

        var left = await service.PutAsync($"{Records}/{second}", $$"""{"remove_child_records":[{{child}}]}""");
        Assert.Empty(Children(left.Json));
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(child)).GetProperty("parent_id").ValueKind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_cycle_of_any_length_is_refused_from_either_end(int length)
    {
        var chain = new List<long> { await RecordAsync(type) };
        while (chain.Count < length) chain.Add(await RecordAsync(chain.Count % 2 == 0 ? type : other, $",\"parent_record_id\":{chain[^1]}"));
        var before = await service.EverythingAsync($"{type.Id}", $"{other.Id}");

        var fromBelow = await service.PutAsync($"{Records}/{chain[^1]}", $$"""{"add_child_records":[{{chain[0]}}]}""");
        var fromAbove = await service.PutAsync($"{Records}/{chain[0]}", $$"""{"parent_record_id":{{chain[^1]}}}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity), (fromBelow.Status, fromAbove.Status));
        Assert.Contains("its own ancestor", Assert.Single(fromAbove.Details), StringComparison.Ordinal);
        Assert.Equal(before, await service.EverythingAsync($"{type.Id}", $"{other.Id}"));
    }

    [Fact]
    public async Task A_deleted_record_is_gone_everywhere_and_its_children_lose_their_parent()
    {
        var parent = await RecordAsync(type);
        var (near, far) = (await RecordAsync(type, $",\"parent_record_id\":{parent}"), await RecordAsync(other, $",\"parent_record_id\":{parent}"));

        var deleted = await service.DeleteAsync($"{Records}/{parent}/");

        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Text));
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync($"{Records}/{parent}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"{Records}/{parent}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PutAsync($"{Records}/{parent}", "{}")).Status);
        foreach (var child in new[] { near, far }) Assert.Equal(JsonValueKind.Null, (await ReadAsync(child)).GetProperty("parent_id").ValueKind);
    }

    [Fact]
    public async Task A_change_wanted_of_another_version_is_412_and_changes_nothing()
    {
        var record = await RecordAsync(type);
        var path = $"{Records}/{record}";
        var tag = (await service.GetAsync(path)).Headers["ETag"];
        var change = $$"""{"field_values":[{"field_id":{{type.Field}},"value":"second"}]}""";

        var first = await service.SendAsync(HttpMethod.Put, path, change, ("If-Match", tag));
        var stale = await service.SendAsync(HttpMethod.Put, path, change.Replace("second", "third", StringComparison.Ordinal), ("IF-MATCH", tag));
        var staleDelete = await service.SendAsync(HttpMethod.Delete, path, null, ("if-match", $"{tag}, W/{first.Headers["ETag"]}, \"x\""));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.NotEqual(tag, first.Headers["ETag"]);
        Assert.Equal((HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed), (stale.Status, staleDelete.Status));
        Assert.Equal("second", (await ReadAsync(record)).GetProperty("result").GetProperty("text").GetString());
        Assert.Equal(first.Headers["ETag"], (await service.GetAsync(path)).Headers["ETag"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.SendAsync(HttpMethod.Put, path, change, ("If-Match", "second"))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.SendAsync(HttpMethod.Delete, path, null, ("If-Match", first.Headers["ETag"]))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.SendAsync(HttpMethod.Delete, path, null, ("If-Match", "*"))).Status);
    }

    [Theory]
    [InlineData("CREATED_AT")]
    [InlineData("UPDATED_AT")]
    public async Task An_expired_record_is_gone_everywhere_before_it_is_swept(string retention)
    {
        var expiring = await TypeAsync($"Expiring by {retention}", $",\"retention_column_name\":\"{retention}\"");
        var parent = await RecordAsync(type);
        var record = await RecordAsync(expiring, $",\"parent_record_id\":{parent}");
        var child = await RecordAsync(type, $",\"parent_record_id\":{record}");
        var artifact = (await ReadAsync(record)).GetProperty("record_artifacts")[0].GetProperty("id").GetInt64();
        Assert.Equal(record, Assert.Single(Children(await ReadAsync(parent))));

        // Not a ten-thousandth of a second: whatever is there has expired.
        var expired = await service.PutAsync($"/api/v1/record_types/{expiring.Id}", """{"ttl_days":0.000000001}""");
        Assert.Equal(HttpStatusCode.OK, expired.Status);

        var path = $"{Records}/{record}";
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"{path}/artifacts/{artifact}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.PutAsync(path, $$"""{"field_values":[{"field_id":{{expiring.Field}},"value":"back"}]}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync(path)).Status);
        var listed = (await service.GetAsync($"{Records}?record_type_id={expiring.Id}")).Json;
        Assert.Equal((0, 0), (listed.GetProperty("record_results").GetArrayLength(), listed.GetProperty("meta").GetProperty("count").GetInt64()));
        var counted = await service.PostAsync($"{Records}/query", $$"""{"record_type_id":{{expiring.Id}},"aggregations":[{"function":"COUNT"}]}""");
        Assert.Equal(0, counted.Json.GetProperty("meta").GetProperty("count").GetInt64());

        Assert.Empty(Children(await ReadAsync(parent)));
        Assert.Empty(Children((await service.GetAsync($"{Records}/{parent}?include_children=true")).Json));
        Assert.Equal(JsonValueKind.Null, (await ReadAsync(child)).GetProperty("parent_id").ValueKind);
        var late = await service.PostAsync(Records, $$"""{"record_type_id":{{type.Id}},"field_values":[],"parent_record_id":{{record}}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, late.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync($"{Records}/{child}", $$"""{"parent_record_id":{{record}}}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PutAsync($"{Records}/{parent}", $$"""{"add_child_records":[{{record}}]}""")).Status);
    }

    private static long[] Children(JsonElement record)
    {
        var ids = record.GetProperty("child_record_ids").EnumerateArray().Select(id => id.GetInt64()).ToArray();
        Assert.Equal(ids, record.GetProperty("child_records").EnumerateArray().Select(child => child.GetProperty("id").GetInt64()));
        return ids;
    }

    private async Task<(long Id, long Field)> TypeAsync(string name, string more = "")
    {
        var made = await service.CreateTypeAsync(name, """[{"name":"text","result_type":"TEXT"},{"name":"long","result_type":"ARTIFACT"}]""", more);
        return (made.GetProperty("id").GetInt64(), made.GetProperty("record_fields")[0].GetProperty("id").GetInt64());
    }

    private async Task<long> RecordAsync((long Id, long Field) of, string more = "")
    {
        var body = $$"""{"record_type_id":{{of.Id}},"field_values":[{"field_id":{{of.Field}},"value":"first"},{"field_id":{{of.Field + 1}},"value":"long"}]{{more}}}""";
        var made = await service.PostAsync(Records, body);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json.GetProperty("id").GetInt64();
    }

    private async Task<JsonElement> ReadAsync(long id)
    {
        var answer = await service.GetAsync($"{Records}/{id}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json;
    }
}
