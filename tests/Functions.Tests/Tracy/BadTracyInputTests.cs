using System.Net;
using System.Text;

namespace Casefile.Functions.Tests.Tracy;

/// <summary>What an attacker and a hurried colleague would send to create a record.</summary>
public sealed class BadTracyInputTests(BadTracyInputTests.Shared shared) : IClassFixture<BadTracyInputTests.Shared>
{
    [Theory]
    [InlineData("", "$.dataset")]
    [InlineData("null", "$")]
    [InlineData("[]", "$")]
    [InlineData("{", "$")]
    [InlineData("""{"dataset":null}""", "$.dataset")]
    [InlineData("""{"dataset":5}""", "$.dataset")]
    [InlineData("""{"dataset":{}}""", "$.dataset.id")]
    [InlineData("""{"dataset":{"id":"x"}}""", "$.dataset.id")]
    [InlineData("""{"dataset":{"id":0}}""", "$.dataset.id")]
    [InlineData("""{"dataset":{"id":-1}}""", "$.dataset.id")]
    [InlineData("""{"dataset":{"id":1.5}}""", "$.dataset.id")]
    [InlineData("""{"dataset":{"id":99999999999999999999}}""", "$.dataset.id")]
    [InlineData("""{"dataset":{"id":999999}}""", "$.dataset.id")]
    [InlineData("""{"datasetId":1}""", "$.datasetId")]
    [InlineData("""{"dataset":{"id":D},"Datums":[]}""", "$.Datums")]
    [InlineData("""{"dataset":{"id":D},"state":{"id":999999}}""", "$.state.id")]
    [InlineData("""{"dataset":{"id":D},"state":"New"}""", "$.state")]
    [InlineData("""{"dataset":{"id":D},"archived":"yesterday"}""", "$.archived")]
    [InlineData("""{"dataset":{"id":D},"archived":5}""", "$.archived")]
    [InlineData("""{"dataset":{"id":D},"datums":{}}""", "$.datums")]
    [InlineData("""{"dataset":{"id":D},"datums":[5]}""", "$.datums[0]")]
    [InlineData("""{"dataset":{"id":D},"datums":[{}]}""", "$.datums[0].property")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":999999},"stringValue":"x"}]}""", "$.datums[0].property.id")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:text}}]}""", "$.datums[0].stringValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:text},"stringValue":null}]}""", "$.datums[0].stringValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:text},"stringValue":5}]}""", "$.datums[0].stringValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:text},"value":"x"}]}""", "$.datums[0].value")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:text},"integerValue":5}]}""", "$.datums[0].integerValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:text},"stringValue":"x","integerValue":5}]}""", "$.datums[0].integerValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:text},"stringValue":"x"},{"property":{"id":P:text},"stringValue":"y"}]}""", "$.datums[1].property.id")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:number},"integerValue":5}]}""", "$.datums[0].property.id")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:author},"userValue":{"id":1}}]}""", "$.datums[0].property.id")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:integer},"integerValue":1.5}]}""", "$.datums[0].integerValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:integer},"integerValue":9007199254740993}]}""", "$.datums[0].integerValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:integer},"integerValue":1e400}]}""", "$.datums[0].integerValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:boolean},"integerValue":2}]}""", "$.datums[0].integerValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:boolean},"integerValue":true}]}""", "$.datums[0].integerValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:decimal},"decimalValue":"NaN"}]}""", "$.datums[0].decimalValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:dateTime},"dateTimeValue":"2026-02-30T00:00:00Z"}]}""", "$.datums[0].dateTimeValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:dateTime},"dateTimeValue":1767225600}]}""", "$.datums[0].dateTimeValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:option},"optionValue":{"id":999999}}]}""", "$.datums[0].optionValue.id")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:option},"optionValue":"red"}]}""", "$.datums[0].optionValue")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:option},"optionValue":{"id":1,"text":"red"}}]}""", "$.datums[0].optionValue.id")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:user},"userValue":{"id":999999}}]}""", "$.datums[0].userValue.id")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:users},"userValue":{"id":1}},{"property":{"id":P:users},"userValue":{"id":999999}}]}""", "$.datums[1].userValue.id")]
    [InlineData("""{"dataset":{"id":D},"datums":[{"property":{"id":P:record},"recordValue":{"id":999999999}}]}""", "$.datums[0].recordValue.id")]
    [InlineData("""{"dataset":{"id":D},"metadatums":[{}]}""", "$.metadatums[0].representation")]
    [InlineData("""{"dataset":{"id":D},"metadatums":[{"representation":{"id":1}}]}""", "$.metadatums[0].decimalValue")]
    [InlineData("""{"dataset":{"id":D},"metadatums":[{"representation":{"id":1},"decimalValue":"1"}]}""", "$.metadatums[0].decimalValue")]
    [InlineData("""{"dataset":{"id":D},"metadatums":[{"representation":{"id":1},"recordValue":{"id":999999999}}]}""", "$.metadatums[0].recordValue.id")]
    [InlineData("""{"original":{"id":999999999}}""", "$.original.id")]
    [InlineData("""{"original":{}}""", "$.original.id")]
    [InlineData("""{"dataset":{"id":D},"dataset":{"id":D}}""", "$")]
    public async Task Is_refused_by_its_place_and_leaves_nothing(string body, string place)
    {
        var before = await shared.Service.EverythingAsync($"{shared.Dataset.Id}");

        var answer = await shared.Service.PostAsync("/v1/records", shared.Filled(body));

        Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{answer.Status} {answer.Text}");
        Assert.Contains(place, answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(400, answer.Json.GetProperty("status").GetInt32());
        Assert.Equal(before, await shared.Service.EverythingAsync($"{shared.Dataset.Id}"));
    }

    [Fact]
    public async Task Every_problem_is_told_at_once_as_problem_details()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/records")
        {
            Content = new StringContent(
                shared.Filled("""
                    {"dataset":{"id":D},"state":{"id":5},"datums":[{"property":{"id":P:integer},"integerValue":"x"},{"property":{"id":P:option},"optionValue":{"id":3}}]}
                    """),
                Encoding.UTF8,
                "application/json"),
        };
        request.Headers.Accept.ParseAdd("text/plain");

        using var response = await shared.Service.Client.SendAsync(request);
        var answer = await Answer.OfAsync(response);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            ["$.state.id", "$.datums[0].integerValue", "$.datums[1].optionValue.id"], answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(["type", "title", "status", "detail", "errors"], answer.Json.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task A_missing_required_value_names_its_property()
    {
        var dataset = await TestDataset.MakeAsync(shared.Service, "text!", "users!", "number!");

        var answer = await dataset.PostAsync(shared.Service, []);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(2, answer.Json.GetProperty("errors").GetProperty("$.datums").GetArrayLength());
        Assert.Contains($"property {dataset.Property("users")} ", answer.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await dataset.PostAsync(shared.Service, [dataset.Datum("text", """ "stringValue":"" """), dataset.Datum("users", """ "userValue":{"id":1} """)])).Status);
        Assert.Equal(HttpStatusCode.OK, (await dataset.PostAsync(shared.Service, [dataset.Datum("text", """ "stringValue":"a" """), dataset.Datum("users", """ "userValue":{"id":1} """)])).Status);
    }

    [Fact]
    public async Task Too_many_values_are_refused_and_as_many_as_may_be_are_kept()
    {
        var (service, dataset) = (shared.Service, shared.Dataset);
        string[] Files(int count) => [.. Enumerable.Range(0, count).Select(number => dataset.Datum("file", $""" "stringValue":"{number}" """))];

        Assert.Equal(HttpStatusCode.BadRequest, (await dataset.PostAsync(service, Files(101))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await dataset.PostAsync(service, [.. Enumerable.Repeat(dataset.Datum("file", $""" "stringValue":"{new string('x', 20_000)}" """), 2)])).Status);
        var most = await dataset.CreateAsync(service, Files(100));
        Assert.Equal(100, dataset.DatumsOf(most, "file").Length);
        Assert.Equal(100, dataset.DatumsOf(most, "file").Select(TestDataset.IdOf).Distinct().Count());
    }

    [Fact]
    public async Task Paths_and_methods_that_are_not_there_are_refused_as_problem_details_too()
    {
        var missing = await shared.Service.GetAsync("/v1/nothing");
        var method = await shared.Service.PutAsync("/v1/records", "{}");
        var record = await shared.Service.GetAsync("/v1/records/999999999");
        var keyless = await shared.Service.SendAsAsync(null, HttpMethod.Get, "/v1/datasets");
        var form = await shared.Service.SendAsync(HttpMethod.Post, "/v1/records", "a=b"u8.ToArray(), "application/x-www-form-urlencoded");

        Assert.Equal((HttpStatusCode.NotFound, 404), (missing.Status, missing.Json.GetProperty("status").GetInt32()));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, 405), (method.Status, method.Json.GetProperty("status").GetInt32()));
        Assert.Equal((HttpStatusCode.NotFound, 404), (record.Status, record.Json.GetProperty("status").GetInt32()));
        Assert.Equal((HttpStatusCode.Unauthorized, 401), (keyless.Status, keyless.Json.GetProperty("status").GetInt32()));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, 415), (form.Status, form.Json.GetProperty("status").GetInt32()));
    }

    /// <summary>A service with a dataset that all these requests are about.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        /// <summary>The service.</summary>
        public ServiceFixture Service { get; } = new();

        internal TestDataset Dataset { get; private set; } = null!;

        /// <inheritdoc/>
        public async Task InitializeAsync()
        {
            await Service.InitializeAsync();
            Dataset = await TestDataset.MakeAsync(Service, TestDataset.Types);
            await Dataset.CreateAsync(Service, []);
        }

        /// <inheritdoc/>
        public Task DisposeAsync() => Service.DisposeAsync();

        /// <summary>A body with the dataset's id for <c>D</c> and a property's for <c>P:type</c>.</summary>
        public string Filled(string body)
        {
            var filled = body.Replace("\"id\":D", $"\"id\":{Dataset.Id}", StringComparison.Ordinal);
            foreach (var type in TestDataset.Types) filled = filled.Replace($"P:{type}}}", $"{Dataset.Property(type)}}}", StringComparison.Ordinal);
            return filled;
        }
    }
}
