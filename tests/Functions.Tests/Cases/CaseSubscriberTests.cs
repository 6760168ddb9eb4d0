using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Who follows a case, who works on it, and what happened to it.</summary>
public sealed class CaseSubscriberTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Users_are_subscribed_once_and_unsubscribed()
    {
        var path = await service.CaseAsync();
        var user = await service.MemberAsync("Sue Scriber", "sue@example.com");
        var other = await service.MemberAsync("Sam Scriber", "sam@example.com");

        var made = await service.PostAsync(path + "/subscribers", """{"user_email":"sue@example.com"}""", ("Idempotency-Key", "s"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(["case_id", "id", "user"], made.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(user, made.Json.GetProperty("user").GetProperty("user_id").GetInt64());
        var again = await service.PostAsync(path + "/subscribers", """{"user_email":"sue@example.com"}""", ("Idempotency-Key", "s"));
        Assert.Equal("true", again.Headers["idempotency-replayed"]);
        Assert.True(JsonElement.DeepEquals(made.Json, again.Json));

        var batch = await service.PostAsync(path + "/subscribers/batch", """{"user_emails":["sue@example.com","sam@example.com","SAM@example.com"]}""", ("Idempotency-Key", "b"));
        Assert.Equal(HttpStatusCode.Created, batch.Status);
        Assert.Equal([user, other], batch.Json.GetProperty("subscribers").EnumerateArray().Select(each => each.GetProperty("user").GetProperty("user_id").GetInt64()));
        var batchAgain = await service.PostAsync(path + "/subscribers/batch", """{"user_emails":["sue@example.com","sam@example.com","SAM@example.com"]}""", ("Idempotency-Key", "b"));
        Assert.True(JsonElement.DeepEquals(batch.Json, batchAgain.Json));

        var list = (await service.GetAsync(path + "/subscribers")).Json;
        Assert.Equal(2, list.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal([user, other], list.GetProperty("subscribers").EnumerateArray().Select(each => each.GetProperty("user_id").GetInt64()).Order());

        var one = $"{path}/subscribers/{made.Json.GetProperty("id")}";
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync(one)).Status);
        Assert.Equal(1, (await service.GetAsync(path.Replace("v2", "v1", StringComparison.Ordinal) + "/subscribers")).Json.GetProperty("meta").GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task A_batch_with_a_stranger_in_it_subscribes_nobody_and_names_him()
    {
        var path = await service.CaseAsync();
        await service.MemberAsync("Ann Other", "ann@example.com");
        var refused = await service.PostAsync(path + "/subscribers/batch", """{"user_emails":["ann@example.com","nobody@example.com"]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal(["user_emails[1]: no user of the team has the email 'nobody@example.com'"], refused.Details);
        Assert.Equal(0, (await service.GetAsync(path + "/subscribers")).Json.GetProperty("meta").GetProperty("count").GetInt64());

        var many = JsonSerializer.Serialize(new { user_emails = Enumerable.Repeat("ann@example.com", 51) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(path + "/subscribers/batch", many)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.PostAsync(path + "/subscribers/batch", "{}")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(path + "/subscribers/batch", """{"user_emails":[]}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(path + "/subscribers", """{"user_email":"nobody@example.com"}""")).Status);
    }

    [Fact]
    public async Task Assignees_are_listed_as_users()
    {
        var user = await service.MemberAsync("Al Location", "al@example.com");
        var made = await service.MadeAsync("/api/v2/cases", """{"team_id":1,"name":"assigned","assignee_emails":["al@example.com"]}""");
        foreach (var version in (string[])["v1", "v2"])
        {
            var list = (await service.GetAsync($"/api/{version}/cases/{made.GetProperty("case_id")}/assignees")).Json;
            var assignee = Assert.Single(list.GetProperty("assignees").EnumerateArray());
            Assert.Equal(user, assignee.GetProperty("user_id").GetInt64());
            Assert.Equal("al@example.com", assignee.GetProperty("email").GetString());
            Assert.Equal(1, list.GetProperty("meta").GetProperty("count").GetInt64());
        }
    }

    [Fact]
    public async Task Activities_are_listed_newest_first_of_the_types_that_are_asked_for()
    {
        var path = await service.CaseAsync();
        await service.PutAsync(path, """{"priority":"high"}""");
        await service.PutAsync(path, """{"status":"closed"}""");

        var all = (await service.GetAsync(path + "/activities")).Json;
        Assert.Equal(["STATUS_UPDATED", "SEVERITY_UPDATED", "CREATED"], Types(all));
        Assert.Equal(3, all.GetProperty("meta").GetProperty("count").GetInt64());
        var some = (await service.GetAsync(path + "/activities?activity_type[]=CREATED&activity_type[]=status_updated&per_page=1&page=2")).Json;
        Assert.Equal(["CREATED"], Types(some));
        Assert.Equal(2, some.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal(["CREATED"], Types((await service.GetAsync(path + "/activities?activity_type=CREATED")).Json));
        Assert.Equal(50, (await service.GetAsync(path + "/activities?per_page=400")).Json.GetProperty("meta").GetProperty("per_page").GetInt32());

        var one = $"{path}/activities/{all.GetProperty("activities")[1].GetProperty("id")}";
        Assert.True(JsonElement.DeepEquals(all.GetProperty("activities")[1], (await service.GetAsync(one)).Json));
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path + "/activities/999999999")).Status);

        var refused = await service.GetAsync(path + "/activities?activity_type[]=CREATED&activity_type[]=NOPE");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.StartsWith("activity_type: there is no type 'NOPE'", Assert.Single(refused.Details), StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Types(JsonElement list)
        => list.GetProperty("activities").EnumerateArray().Select(each => each.GetProperty("activity_type").GetString());
}
