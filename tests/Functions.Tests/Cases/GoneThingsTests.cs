using System.Net;
using Casefile.Core.Cases;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.Functions.Tests.Cases;

/// <summary>A process dies after it has deleted a tag and a sub-status, before their cases are told.</summary>
public sealed class GoneThingsTests
{
    [Fact]
    public async Task What_it_owed_to_cases_another_process_does()
    {
        // A process that cannot do what it owes is as one that dies before it does.
        var dying = new ServiceFixture { Services = services => services.Remove(services.Single(service => service.ImplementationType == typeof(GoneThings))) };
        var alive = new ServiceFixture { Name = dying.Name };
        try
        {
            await dying.InitializeAsync();
            await alive.InitializeAsync();
            var tag = (await dying.PostAsync("/api/v1/tags", """{"team_id":1,"name":"gone"}""")).Json.GetProperty("id");
            var first = (await dying.PostAsync("/api/v1/case_sub_statuses", """{"team_id":1,"name":"First"}""")).Json.GetProperty("id");
            await dying.PostAsync("/api/v1/case_sub_statuses", """{"team_id":1,"name":"Second"}""");
            var found = new List<long>();
            for (var i = 0; i < 35; i++)
                found.Add((await dying.PostAsync("/api/v2/cases", """{"team_id":1,"name":"c","tag_names":["gone","kept"]}""")).Json.GetProperty("case_id").GetInt64());
            Assert.Equal(HttpStatusCode.NoContent, (await dying.DeleteAsync($"/api/v1/tags/{tag}")).Status);
            Assert.Equal(HttpStatusCode.NoContent, (await dying.DeleteAsync($"/api/v1/case_sub_statuses/{first}")).Status);

            await alive.RunTimerAsync("MaintainStorage");
            foreach (var id in found)
            {
                var shown = (await alive.GetAsync($"/api/v2/cases/{id}")).Json;
                Assert.Equal("kept", Assert.Single(shown.GetProperty("tags").EnumerateArray()).GetProperty("name").GetString());
                Assert.Equal("Second", shown.GetProperty("sub_status").GetProperty("name").GetString());
                Assert.Equal(
                    ["CREATED", "TAGS_REMOVED", "SUB_STATUS_UPDATED"],
                    shown.GetProperty("activities").EnumerateArray().Select(activity => activity.GetProperty("activity_type").GetString()));
            }
        }
        finally
        {
            await dying.DisposeAsync();
            await alive.DisposeAsync();
        }
    }
}
