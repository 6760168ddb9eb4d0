using System.Globalization;
using System.Net;
using Casefile.Functions.Http;

namespace Casefile.Functions.Tests.Http;

/// <summary>The limits that a deployment has on and <c>./run --rate-limits</c> switches on (common.md, "Rate limits").</summary>
public sealed class RateLimitTests
{
    [Fact]
    public void A_deployment_has_the_published_limits()
    {
        var limits = new RateLimitOptions();

        Assert.Equal((5000, 400, 200, 2500), (limits.Default, limits.Records, limits.Queries, limits.Tokens));
    }

    [Fact]
    public async Task The_call_that_is_one_too_many_is_429_for_its_key_and_kind_alone()
    {
        var service = new ServiceFixture
        {
            Settings = ["--RateLimits:Default", "30", "--RateLimits:Records", "3", "--RateLimits:Queries", "1", "--RateLimits:Tokens", "2"],
        };
        await service.InitializeAsync();
        try
        {
            var key = (await service.PostAsync("/api/v1/api_keys", """{"name":"ci","team_id":1,"role":"viewer"}""")).Json.GetProperty("key").GetString();
            for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync("/api/v1/records/1")).Status);

            var refused = await service.DeleteAsync("/api/v1/records/1");

            Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
            Assert.InRange(int.Parse(refused.Headers["Retry-After"], CultureInfo.InvariantCulture), 1, 60);
            Assert.Equal(["at most 3 requests a minute"], refused.Details);
            Assert.Equal(HttpStatusCode.NotFound, (await service.SendAsAsync(key, HttpMethod.Get, "/api/v1/records/1")).Status);
            Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/api/v1/teams")).Status);

            const string query = """{"record_type_id":1,"aggregations":[{"function":"COUNT"}]}""";
            Assert.Equal(HttpStatusCode.NotFound, (await service.PostAsync("/api/v1/records/query", query)).Status);
            Assert.Equal(HttpStatusCode.TooManyRequests, (await service.PostAsync("/api/v1/records/query", query)).Status);
            Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/api/v1/api_keys")).Status);
            Assert.Equal(HttpStatusCode.TooManyRequests, (await service.GetAsync("/api/v1/api_keys")).Status);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Guessing_keys_is_limited_by_the_address_it_comes_from()
    {
        var service = new ServiceFixture { Settings = ["--RateLimits:Default", "5"] };
        await service.InitializeAsync();
        try
        {
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < 7; i++) statuses.Add((await service.SendAsAsync($"guess-{i}", HttpMethod.Get, "/api/v1/teams")).Status);

            Assert.Equal(Enumerable.Repeat(HttpStatusCode.Unauthorized, 5).Concat(Enumerable.Repeat(HttpStatusCode.TooManyRequests, 2)), statuses);
            Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/api/v1/teams")).Status);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }
}
