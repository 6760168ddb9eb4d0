using System.Text.Json;
using Casefile.Core.Tenancy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Tests.Http;

public sealed class PagingTests
{
    [Theory]
    [InlineData("", 1, 20)]
    [InlineData("?page=3&per_page=50", 3, 50)]
    [InlineData("?per_page=501", 1, 500)]
    [InlineData("?per_page=99999999999999999999999", 1, 500)]
    public void Page_and_size_have_defaults_and_a_maximum(string query, long page, int perPage)
    {
        var parameters = ParametersTests.Of(query);

        Assert.Equal(new Paging(page, perPage), Paging.Read(parameters));
        Assert.Null(parameters.Problem);
    }

    [Theory]
    [InlineData("?page=0")]
    [InlineData("?page=-1")]
    [InlineData("?page=abc")]
    [InlineData("?page=1.5")]
    [InlineData("?page=")]
    [InlineData("?per_page=0")]
    [InlineData("?per_page[]=1&per_page[]=2")]
    public void What_is_no_positive_integer_is_refused(string query)
    {
        var parameters = ParametersTests.Of(query);

        Paging.Read(parameters);

        Assert.Single(parameters.Problem!.Faults);
    }

    [Theory]
    [InlineData("?page=9223372036854775807&per_page=500")]
    [InlineData("?page=99999999999999999999999999&per_page=500")]
    public void A_page_beyond_all_bounds_is_past_the_end(string query)
    {
        var parameters = ParametersTests.Of(query);
        var paging = Paging.Read(parameters);

        Assert.Null(parameters.Problem);
        Assert.True(paging.Skip > 1_000_000_000_000);
        Assert.Equal(JsonValueKind.Null, Meta(query, 3).GetProperty("next_page").ValueKind);
    }

    [Fact]
    public void The_first_and_only_page_has_the_members_of_the_contract_in_their_order()
        => Assert.Equal(
            """{"current_page":"https://example.com/api/v1/records?per_page=20&page=1","previous_page":null,"next_page":null,"next_page_number":null,"per_page":20,"pages":1,"count":3}""",
            Meta("", 3).GetRawText());

    [Fact]
    public void Links_repeat_every_other_parameter_of_query_and_body()
    {
        var meta = Meta(
            """?ids[]=1&ids[]=2&page=2&name=a%26b&overridden=1""",
            count: 7,
            """{"per_page":3,"filters":[{"field_id":"5","value":"x y"}],"overridden":2,"test_mode":true,"gone":null,"tags":["ü","b"]}""");

        const string rest = "&ids%5B%5D=1&ids%5B%5D=2&name=a%26b&filters=%5B%7B%22field_id%22%3A%225%22%2C%22value%22%3A%22x%20y%22%7D%5D&overridden=2&test_mode=true&tags%5B%5D=%C3%BC&tags%5B%5D=b";
        Assert.Equal("https://example.com/api/v1/records?per_page=3&page=1" + rest, meta.GetProperty("previous_page").GetString());
        Assert.Equal("https://example.com/api/v1/records?per_page=3&page=2" + rest, meta.GetProperty("current_page").GetString());
        Assert.Equal("https://example.com/api/v1/records?per_page=3&page=3" + rest, meta.GetProperty("next_page").GetString());
        Assert.Equal(3, meta.GetProperty("next_page_number").GetInt64());
        Assert.Equal(3, meta.GetProperty("pages").GetInt64());
    }

    [Fact]
    public void Following_the_link_asks_for_the_same_list()
    {
        var next = Meta("?page=1&filters=[{\"value\":\"a+b %26 c\"}]&ids=4", 100).GetProperty("next_page").GetString()!;

        var followed = ParametersTests.Of(new Uri(next).Query);

        Assert.Equal(2, Paging.Read(followed).Page);
        Assert.Equal([4], followed.Ids("ids"));
        Assert.Equal("a b & c", Assert.Single(followed.Objects("filters")!).Text("value"));
    }

    [Theory]
    [InlineData(false, "https://example.com/")]
    [InlineData(true, "http://records.example.org:8080/")]
    public void Forwarded_headers_count_only_where_configured(bool believed, string begin)
    {
        var context = EndpointsTests.Request("GET");
        context.Request.Headers["X-Forwarded-Host"] = "evil.example, records.example.org:8080";
        context.Request.Headers["X-Forwarded-Proto"] = "http";

        Assert.StartsWith(begin, CallOf(context, ParametersTests.Of(""), believed).Address.WithoutQuery, StringComparison.Ordinal);
    }

    private static JsonElement Meta(string query, long count, string? body = null)
    {
        var parameters = ParametersTests.Of(query, body);
        var paging = Paging.Read(parameters);
        var call = CallOf(EndpointsTests.Request("GET"), parameters);
        var answer = (JsonAnswer)call.Ok(json =>
        {
            json.WriteStartObject();
            paging.WriteMeta(json, call, count);
            json.WriteEndObject();
        });
        return JsonElement.Parse(answer.Body.Span).GetProperty("meta");
    }

    private static Call CallOf(HttpContext context, Parameters parameters, bool forwarded = false) => new(
        context.Request,
        "id",
        ErrorShape.V1,
        new HttpOptions { ForwardedHeaders = forwarded },
        new Caller(1, 1, IsOwner: true, new Dictionary<long, TeamRole>()),
        parameters);
}
