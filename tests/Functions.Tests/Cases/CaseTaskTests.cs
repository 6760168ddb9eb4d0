using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Tasks of a case.</summary>
public sealed class CaseTaskTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_task_is_made_done_listed_and_deleted_and_the_case_tells_of_it()
    {
        var made = await service.PostAsync("/api/v2/cases", """{"team_id":1,"name":"with tasks"}""");
        var path = $"/api/v2/cases/{made.Json.GetProperty("case_id")}";
        var task = await service.PostAsync(path + "/tasks", """{"description":"Call the user"}""", ("Idempotency-Key", "t"));
        Assert.Equal(HttpStatusCode.Created, task.Status);
        var again = await service.PostAsync(path + "/tasks", """{"description":"Call the user"}""", ("Idempotency-Key", "t"));
        Assert.True(JsonElement.DeepEquals(task.Json, again.Json));

        var one = $"{path}/tasks/{task.Json.GetProperty("id")}";
        Assert.True((await service.PutAsync(one, """{"completed":"true"}""")).Json.GetProperty("completed").GetBoolean());
        Assert.True((await service.GetAsync(one)).Json.GetProperty("completed").GetBoolean());
        var list = (await service.GetAsync(path + "/tasks")).Json;
        Assert.Equal(1, list.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.Equal("Call the user", list.GetProperty("tasks")[0].GetProperty("description").GetString());

        var shown = (await service.GetAsync(path)).Json;
        Assert.Equal(
            ["CREATED", "CHECKLIST_ITEM_INCOMPLETE", "CHECKLIST_ITEM_COMPLETED"],
            shown.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("activity_type").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.DeleteAsync(one)).Status);
    }
}
