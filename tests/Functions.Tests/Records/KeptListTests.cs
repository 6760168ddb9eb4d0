using System.Globalization;
using System.Net;
using System.Text.Json;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using static Casefile.Functions.Tests.Records.KeptListFixture;

namespace Casefile.Functions.Tests.Records;

/// <summary>What is kept of lists is sent to those who may read it, and for as long as it is true.</summary>
public sealed class KeptListTests(KeptListFixture fixture) : IClassFixture<KeptListFixture>
{
    private const string Owner = ServiceClient.OwnerKey;

    private ServiceFixture Service => fixture.Service;

    [Fact]
    public async Task A_list_is_sent_again_for_one_head_read_while_nothing_changes()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        var (viewer, _) = await fixture.KeyAsync(fixture.Own.Id, "viewer");
        var answer = await fixture.PlantAsync(viewer, ListOf(type));

        Service.Counter.Reset();
        var again = await fixture.GetAsync(viewer, ListOf(type));

        Assert.Equal(Mark, again.Text);
        Assert.Equal(answer.Headers["ETag"], again.Headers["ETag"]);
        Assert.Equal("PointRead 1", Service.Counter.ToString());
    }

    [Fact]
    public async Task What_this_process_and_what_another_writes_is_listed_at_once()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        var before = await fixture.PlantAsync(Owner, ListOf(type));

        var first = await RecordAsync(Service, type);
        var after = await fixture.GetAsync(Owner, ListOf(type), before.Headers["ETag"]);
        Assert.Equal([first], Ids(after));
        Assert.NotEqual(before.Headers["ETag"], after.Headers["ETag"]);

        await fixture.PlantAsync(Owner, ListOf(type));
        var second = await RecordAsync(fixture.Other, type);
        Assert.Equal([second, first], Ids(await fixture.GetAsync(Owner, ListOf(type))));
    }

    [Fact]
    public async Task A_list_that_has_moved_on_costs_no_second_head_read()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await fixture.PlantAsync(Owner, ListOf(type));
        await RecordAsync(Service, type);

        Service.Counter.Reset();
        Assert.Single(Ids(await fixture.GetAsync(Owner, ListOf(type))));

        Assert.Equal("PointRead 1", Service.Counter.ToString());
    }

    [Fact]
    public async Task Clients_that_ask_again_when_they_are_answered_share_a_head_read_no_more_than_all_of_them_at_once()
    {
        const int clients = 8, lists = 20;
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        await fixture.PlantAsync(Owner, ListOf(type));

        Service.Counter.Reset();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            for (var i = 0; i < lists; i++) Assert.Equal(Mark, (await fixture.GetAsync(Owner, ListOf(type))).Text);
        }));

        Assert.InRange(Service.Counter.All, lists, clients * lists);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_else_is_told_anything_of_what_is_kept(bool conditional)
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        var (viewer, viewerId) = await fixture.KeyAsync(fixture.Own.Id, "viewer");
        var (writer, _) = await fixture.KeyAsync(fixture.Own.Id, "writer");
        var (foreign, _) = await fixture.KeyAsync(fixture.Foreign.Id, "admin");
        await fixture.PlantAsync(Owner, ListOf(type));
        var etag = (await fixture.PlantAsync(viewer, ListOf(type))).Headers["ETag"];
        var asked = conditional ? etag : null;

        foreach (var (key, status) in new[] { (writer, HttpStatusCode.NotFound), (foreign, HttpStatusCode.NotFound), ("rk_nobody", HttpStatusCode.Unauthorized), ("", HttpStatusCode.Unauthorized) })
        {
            var refused = await fixture.GetAsync(key, ListOf(type), asked);
            Assert.Equal(status, refused.Status);
            Assert.DoesNotContain("kept", refused.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("ETag", refused.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await Service.DeleteAsync($"/api/v1/api_keys/{viewerId}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await fixture.GetAsync(viewer, ListOf(type), asked)).Status);
    }

    [Fact]
    public async Task A_member_who_is_removed_is_not_sent_what_was_kept_for_them()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        var user = (await Service.PostAsync("/api/v1/users", $$"""{"name":"Ada","email":"{{Guid.NewGuid():N}}@example.com"}""")).Json.GetProperty("id").GetInt64();
        Assert.Equal(HttpStatusCode.Created, (await Service.PostAsync($"/api/v1/teams/{fixture.Own.Id}/members", $$"""{"user_id":{{user}},"role":"viewer"}""")).Status);
        var key = (await Service.PostAsync("/api/v1/api_keys", $$"""{"name":"laptop","user_id":{{user}}}""")).Json.GetProperty("key").GetString()!;
        var etag = (await fixture.PlantAsync(key, ListOf(type))).Headers["ETag"];

        Assert.Equal(HttpStatusCode.NoContent, (await Service.DeleteAsync($"/api/v1/teams/{fixture.Own.Id}/members/{user}")).Status);

        Assert.Equal(HttpStatusCode.NotFound, (await fixture.GetAsync(key, ListOf(type))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.GetAsync(key, ListOf(type), etag)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_type_has_no_list(bool byAnother)
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        var etag = (await fixture.PlantAsync(Owner, ListOf(type))).Headers["ETag"];

        Assert.Equal(HttpStatusCode.NoContent, (await (byAnother ? fixture.Other : Service).DeleteAsync($"/api/v1/record_types/{type}")).Status);

        Assert.Equal(HttpStatusCode.NotFound, (await fixture.GetAsync(Owner, ListOf(type))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.GetAsync(Owner, ListOf(type), etag)).Status);
    }

    [Fact]
    public async Task While_the_head_cannot_be_read_nothing_is_sent_that_may_be_deleted()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        var etag = (await fixture.PlantAsync(Owner, ListOf(type))).Headers["ETag"];
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Other.DeleteAsync($"/api/v1/record_types/{type}")).Status);

        using (fixture.WithoutStorage())
        {
            foreach (var asked in new[] { null, etag })
            {
                var refused = await fixture.GetAsync(Owner, ListOf(type), asked);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
                Assert.Contains("Retry-After", refused.Headers.Keys);
            }
        }

        Assert.Equal(HttpStatusCode.NotFound, (await fixture.GetAsync(Owner, ListOf(type), etag)).Status);
    }

    [Fact]
    public async Task Each_is_shown_the_cases_that_they_may_know_of_also_when_a_case_has_moved()
    {
        var (viewer, _) = await fixture.KeyAsync(fixture.Own.Id, "viewer");
        var (seen, hidden) = (await CaseAsync(fixture.Own.Id), await CaseAsync(fixture.Foreign.Id));
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type, $$""","case_ids":[{{seen}},{{hidden}}]""");
        var path = ListOf(type);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal([seen, hidden], CasesIn(await fixture.GetAsync(Owner, path)));
            Assert.Equal([seen], CasesIn(await fixture.GetAsync(viewer, path)));
        }

        var etag = (await fixture.PlantAsync(viewer, path)).Headers["ETag"];
        Assert.Equal(HttpStatusCode.OK, (await Service.PutAsync($"/api/v2/cases/{seen}", $$"""{"team_id":{{fixture.Foreign.Id}}}""")).Status);
        var moved = await fixture.GetAsync(viewer, path, etag);
        Assert.Equal(HttpStatusCode.OK, moved.Status);
        Assert.Empty(CasesIn(moved));
        Assert.NotEqual(etag, moved.Headers["ETag"]);
        Assert.Equal([seen, hidden], CasesIn(await fixture.GetAsync(Owner, path)));
    }

    [Theory]
    [InlineData("CREATED_AT")]
    [InlineData("UPDATED_AT")]
    public async Task A_record_that_expires_leaves_the_list_though_nothing_is_written(string column)
    {
        var type = await fixture.TypeAsync(fixture.Own.Id, $$""","ttl_days":1,"retention_column_name":"{{column}}" """);
        for (var i = 0; i < 2; i++) await RecordAsync(Service, type);
        var path = ListOf(type);
        var etag = (await fixture.PlantAsync(Owner, path)).Headers["ETag"];

        using (fixture.After(TimeSpan.FromDays(1) - TimeSpan.FromHours(1)))
        {
            Assert.Equal(Mark, (await fixture.GetAsync(Owner, path)).Text);
            Assert.Equal(HttpStatusCode.NotModified, (await fixture.GetAsync(Owner, path, etag)).Status);
        }

        using (fixture.After(TimeSpan.FromDays(1) + TimeSpan.FromHours(1)))
        {
            var later = await fixture.GetAsync(Owner, path, etag);
            Assert.Equal(HttpStatusCode.OK, later.Status);
            Assert.Empty(Ids(later));
            Assert.Equal(HttpStatusCode.NotModified, (await fixture.GetAsync(Owner, path, later.Headers["ETag"])).Status);
        }
    }

    [Fact]
    public async Task A_client_that_has_the_list_is_told_so_by_any_process_without_the_question_being_asked()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        var (viewer, _) = await fixture.KeyAsync(fixture.Own.Id, "viewer");
        var path = $"{ListOf(type)}&per_page=1";
        var answer = await fixture.GetAsync(viewer, path);
        var etag = answer.Headers["ETag"];
        Assert.Equal("private, no-cache", answer.Headers["Cache-Control"].Replace("no-cache, private", "private, no-cache", StringComparison.Ordinal));

        foreach (var given in new[] { etag, $"W/{etag}", $"\"another\", {etag}", "*" })
        {
            Service.Counter.Reset();
            var unchanged = await fixture.GetAsync(viewer, path, given);
            Assert.Equal((HttpStatusCode.NotModified, "", etag), (unchanged.Status, unchanged.Text, unchanged.Headers["ETag"]));
            Assert.Equal("PointRead 1", Service.Counter.ToString());
        }

        // The other process has another port, which is part of the address that the links are made of.
        var elsewhere = await AtTheSameAddressAsync(viewer, path, etag);
        Assert.Equal(HttpStatusCode.NotModified, elsewhere.Status);
        Assert.False(fixture.Other.Get<ReplicaSet>().IsWarm(RecordTypeRow.Address(type)));
    }

    [Fact]
    public async Task A_tag_of_another_list_or_of_nobodys_making_is_answered_with_the_list()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        var etag = (await fixture.GetAsync(Owner, $"{ListOf(type)}&per_page=1")).Headers["ETag"];
        string[] parts = etag.Trim('"').Split('.');

        foreach (var tag in new[] { etag, $"\"{long.Parse(parts[0], CultureInfo.InvariantCulture) + 1}.{string.Join('.', parts[1..])}\"", "\"1.2.0.\"", "\"...\"", "\"\"", "\"", "x", $"\"9.{parts[1]}.0.AAAA\"" })
        {
            var answer = await fixture.GetAsync(Owner, $"{ListOf(type)}&per_page=2", tag);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Single(Ids(answer));
        }
    }

    [Fact]
    public async Task Parameters_in_a_body_are_heeded()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        for (var i = 0; i < 2; i++) await RecordAsync(Service, type);
        await fixture.PlantAsync(Owner, ListOf(type));

        var answer = await Service.SendAsync(HttpMethod.Get, ListOf(type), """{"per_page":1}""");

        Assert.Single(Ids(answer));
        Assert.DoesNotContain("ETag", answer.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(Mark, (await fixture.GetAsync(Owner, ListOf(type))).Text);
    }

    [Fact]
    public async Task Links_name_the_host_that_was_asked()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await fixture.PlantAsync(Owner, ListOf(type));

        var answer = await Service.SendAsync(HttpMethod.Get, ListOf(type), null, ("Host", "records.example.com"), ("Authorization", $"Bearer {Owner}"));

        Assert.StartsWith("http://records.example.com/api/v1/records?", answer.Json.GetProperty("meta").GetProperty("current_page").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_is_renamed_is_listed_by_its_new_name()
    {
        var type = await fixture.TypeAsync(fixture.Own.Id);
        await RecordAsync(Service, type);
        await fixture.PlantAsync(Owner, ListOf(type));
        var field = (await Service.GetAsync($"/api/v1/record_types/{type}")).Json.GetProperty("record_fields")[0].GetProperty("id").GetInt64();

        Assert.Equal(HttpStatusCode.OK, (await fixture.Other.PutAsync($"/api/v1/record_types/{type}", $$"""{"fields":[{"id":{{field}},"name":"renamed"}]}""")).Status);

        Assert.True((await fixture.GetAsync(Owner, ListOf(type))).Json.GetProperty("record_results")[0].TryGetProperty("renamed", out _));
    }

    private async Task<long> CaseAsync(long team)
        => (await Service.PostAsync("/api/v2/cases", $$"""{"name":"case","team_id":{{team}}}""")).Json.GetProperty("case_id").GetInt64();

    private async Task<Answer> AtTheSameAddressAsync(string key, string path, string etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fixture.Other.Client.BaseAddress!, path));
        request.Headers.Host = Service.Client.BaseAddress!.Authority;
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        using var client = new HttpClient();
        using var response = await client.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private static long[] Ids(Answer list) => [.. Rows(list).Select(row => row.GetProperty("id").GetInt64())];

    private static long[] CasesIn(Answer list) => [.. Rows(list).SelectMany(row => row.GetProperty("case_ids").EnumerateArray()).Select(id => id.GetInt64())];

    private static JsonElement.ArrayEnumerator Rows(Answer list)
    {
        Assert.True(list.Status == HttpStatusCode.OK, list.Text);
        return list.Json.GetProperty("record_results").EnumerateArray();
    }
}
