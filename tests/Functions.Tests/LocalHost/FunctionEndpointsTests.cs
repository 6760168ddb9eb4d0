using System.Net;
using Casefile.LocalHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Casefile.Functions.Tests.LocalHost;

public sealed class FunctionEndpointsTests : IAsyncLifetime, IDisposable
{
    private WebApplication app = null!;
    private HttpClient client = null!;

    public Task InitializeAsync() => StartAsync(prefix: "");

    public async Task DisposeAsync() => await app.DisposeAsync();

    public void Dispose() => client.Dispose();

    [Theory]
    [InlineData("things/12", "id 12")]
    [InlineData("things/12/", "id 12")]
    [InlineData("THINGS/12", "id 12")]
    [InlineData("things/9223372036854775807", "id 9223372036854775807")]
    [InlineData("things/9223372036854775808", "name 9223372036854775808")]
    [InlineData("things/twelve", "name twelve")]
    public async Task A_route_binds_its_values_by_name(string path, string answer)
        => Assert.Equal(answer, await client.GetStringAsync(path));

    [Fact]
    public async Task Of_two_functions_that_match_the_first_by_name_is_taken_not_the_more_specific_one()
        => Assert.Equal("special things", await client.GetStringAsync("things/special"));

    [Theory]
    [InlineData("GET", "nowhere/at/all", "last GET nowhere/at/all")]
    [InlineData("POST", "things/12", "last POST things/12")]
    [InlineData("PATCH", "", "last PATCH ")]
    [InlineData("OPTIONS", "written", "last OPTIONS written")]
    public async Task What_no_other_function_takes_goes_to_the_last_one(string method, string path, string answer)
    {
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_function_without_a_result_writes_its_answer_itself()
    {
        using var response = await client.PostAsync("written", new StringContent("as it came"));

        Assert.Equal("as it came", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_function_is_given_its_context()
        => Assert.Equal("Context 36", await client.GetStringAsync("context"));

    [Fact]
    public async Task An_exception_is_answered_500_and_nothing_else()
    {
        using var response = await client.GetAsync("broken");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Every_route_begins_with_the_prefix_of_host_json()
    {
        Dispose();
        await DisposeAsync();
        await StartAsync(prefix: "under/this");

        Assert.Equal("id 1", await client.GetStringAsync("under/this/things/1"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("things/1")).StatusCode);
    }

    [Fact]
    public void The_service_s_own_functions_can_all_be_bound_and_the_one_that_takes_the_rest_is_last()
        => Assert.Equal("{*path}", FunctionCatalog.Of(typeof(ServiceSetup).Assembly).Http[^1].Route);

    private async Task StartAsync(string prefix)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<SampleState>();
        builder.Services.AddSingleton(FunctionCatalog.Of(typeof(SampleFunctions).Assembly));
        app = builder.Build();
        app.Use(EmptyAnswerToFaults.Handle);
        app.MapFunctions(new HostJson(prefix));
        await app.StartAsync();
        client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }
}
