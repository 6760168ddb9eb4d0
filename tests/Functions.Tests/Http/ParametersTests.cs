using System.Text;
using System.Text.Json;
using Casefile.Core;
using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Tests.Http;

public sealed class ParametersTests
{
    [Fact]
    public void Query_and_body_are_read_together_and_the_body_wins()
    {
        var parameters = Of("?team_id=1&page=2", """{"team_id":7,"name":"a"}""");

        Assert.Equal(7, parameters.Id("team_id"));
        Assert.Equal(2, parameters.Id("page"));
        Assert.Equal("a", parameters.Text("name"));
        Assert.Null(parameters.Problem);
    }

    [Fact]
    public void A_null_in_the_body_is_absent_and_leaves_the_query_its_say()
    {
        var parameters = Of("?team_id=1", """{"team_id":null,"ttl_days":null}""");

        Assert.Equal(1, parameters.Id("team_id"));
        Assert.False(parameters.IsNull("team_id"));
        Assert.False(parameters.Has("ttl_days"));
        Assert.True(parameters.IsNull("ttl_days"));
        Assert.False(parameters.IsNull("name"));
    }

    [Theory]
    [InlineData("?ids[]=1&ids[]=2")]
    [InlineData("?ids%5B%5D=1&ids%5B%5D=2")]
    [InlineData("?ids=1&ids=2")]
    [InlineData("?ids=[1,2]")]
    [InlineData("?ids==[1,\"2\"]")]
    public void An_array_is_written_in_several_ways(string query)
        => Assert.Equal([1, 2], Of(query).Ids("ids"));

    [Theory]
    [InlineData("?ids[]=5")]
    [InlineData("?ids=5")]
    public void One_value_is_an_array_of_one(string query) => Assert.Equal([5], Of(query).Ids("ids"));

    [Theory]
    [InlineData("5", 5)]
    [InlineData("\"5\"", 5)]
    [InlineData("9007199254740992", 9007199254740992)]
    public void An_id_is_a_number_or_its_text(string given, long id)
        => Assert.Equal(id, Of("", $$"""{"id":{{given}}}""").Id("id"));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("9007199254740993")]
    [InlineData("99999999999999999999999999")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\" 5\"")]
    [InlineData("\"0x5\"")]
    [InlineData("\"5' or RowKey ne '\"")]
    public void What_is_no_id_is_refused_by_name(string given)
    {
        var parameters = Of("", $$"""{"team_id":{{given}}}""");

        Assert.Null(parameters.Id("team_id"));
        Assert.Equal("team_id: must be a positive integer, at most 2^53", Assert.Single(parameters.Problem!.Faults).Details);
        Assert.Equal(ProblemKind.Malformed, parameters.Problem!.Kind);
    }

    [Fact]
    public void All_faults_are_found_at_once_each_with_its_place()
    {
        var parameters = Of("?page=x", """
            {"name":5,"editable":"maybe","on_limit_reached":"DROP","ids":[1,"b",3,null],"fields":[{"name":"ok"},7,{"name":[]}],"ttl_days":-1,"range_start":"yesterday"}
            """);

        parameters.RequiredId("team_id");
        parameters.Id("page");
        parameters.Text("name");
        parameters.Flag("editable");
        parameters.Choice<LimitBehaviour>("on_limit_reached");
        parameters.PositiveNumber("ttl_days");
        parameters.Instant("range_start");
        Assert.Equal([1, 3], parameters.Ids("ids"));
        foreach (var field in parameters.Objects("fields")!) field.RequiredText("name");

        Assert.Equal(
            [
                "team_id: is required",
                "page: must be a positive integer, at most 2^53",
                "name: must be text",
                "editable: must be true or false",
                "on_limit_reached: must be one of REJECT, EVICT_OLDEST",
                "ttl_days: must be a positive number",
                "range_start: must be an ISO 8601 date or date and time, for example 2026-01-02T03:04:05Z",
                "ids[1]: must be a positive integer, at most 2^53",
                "ids[3]: must be a positive integer, at most 2^53",
                "fields[1]: must be an object",
                "fields[2].name: must be text",
            ],
            parameters.Problem!.Faults.Select(fault => fault.Details));
    }

    [Fact]
    public void Faults_against_the_rules_alone_are_422_and_with_malformed_ones_400()
    {
        var parameters = Of("?page=x");

        parameters.Invalid("name", "is too long");
        Assert.Equal(ProblemKind.Invalid, parameters.Problem!.Kind);

        parameters.Id("page");
        Assert.Equal(ProblemKind.Malformed, parameters.Problem!.Kind);
    }

    [Fact]
    public void A_flood_of_faults_is_cut_off()
    {
        var parameters = Of("", $$"""{"ids":[{{string.Join(',', Enumerable.Repeat("0", 50_000))}}]}""");

        parameters.Ids("ids");

        Assert.Equal(ParameterFaults.Most, parameters.Problem!.Faults.Count);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("false", false)]
    [InlineData("\"false\"", false)]
    public void A_flag_is_a_boolean_or_its_text(string given, bool flag)
        => Assert.Equal(flag, Of("", $$"""{"test_mode":{{given}}}""").Flag("test_mode"));

    [Fact]
    public void Text_keeps_control_characters_but_not_nul()
    {
        Assert.Equal("a\tb\u0001", Of("", """{"name":"a\tb\u0001"}""").Text("name"));

        var parameters = Of("?name=a%00b");
        Assert.Null(parameters.Text("name"));
        Assert.Equal("name: must not contain U+0000", Assert.Single(parameters.Problem!.Faults).Details);
    }

    [Theory]
    [InlineData("a/b\\c#d?e")]
    [InlineData("x' or PartitionKey ne '")]
    [InlineData("\"quoted\" <b>&amp;")]
    [InlineData("наряд 🜁")]
    public void Text_of_any_kind_arrives_as_it_is(string text)
        => Assert.Equal(text, Of("?name=" + Uri.EscapeDataString(text)).Text("name"));

    [Fact]
    public void Names_are_case_sensitive_in_query_and_body()
        => Assert.False(Of("?Team_id=1", """{"TEAM_ID":2}""").Has("team_id"));

    [Theory]
    [InlineData("?filters=[{\"field_id\":\"5\",\"operator\":\"EQUAL\",\"value\":\"ALERT\"}]")]
    [InlineData("?filters==[{\"value\":\"ALERT\",\"operator\":\"EQUAL\",\"field_id\":\"5\"}]")]
    [InlineData("?filters=%5B%7B%22field_id%22%3A5%2C%22operator%22%3A%22EQUAL%22%2C%22value%22%3A%22ALERT%22%7D%5D")]
    public void Filters_are_JSON_in_the_query(string query)
    {
        var filter = Assert.Single(Of(query).Objects("filters")!);

        Assert.Equal(5, filter.Id("field_id"));
        Assert.Equal("ALERT", filter.Json("value")!.Value.GetString());
    }

    [Theory]
    [InlineData("?filters=nonsense", "filters: is not JSON: ")]
    [InlineData("?filters=[{]", "filters: is not JSON: ")]
    [InlineData("?filters=", "filters: is not JSON: ")]
    [InlineData("?filters={\"a\":1,\"a\":2}", "filters: is not JSON: ")]
    [InlineData("?filters=[\"\\ud800\"]", "filters: is not JSON: half of a surrogate pair at line 1, byte 3")]
    [InlineData("?filters={}", "filters: must be an array")]
    [InlineData("?filters=5", "filters: must be an array")]
    public void Filters_that_are_not_an_array_in_JSON_are_refused_with_the_place(string query, string details)
    {
        var parameters = Of(query);

        Assert.Null(parameters.Objects("filters"));
        Assert.StartsWith(details, Assert.Single(parameters.Problem!.Faults).Details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-02", "2026-01-02T00:00:00Z")]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02 03:04:05", "2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05.678-05:00", "2026-01-02T08:04:05.678Z")]
    [InlineData("2026-01-02T03:04:05 02:00", "2026-01-02T01:04:05Z")]
    public void Instants_are_ISO_8601(string text, string instant)
        => Assert.Equal(DateTimeOffset.Parse(instant, null), Of("?at=" + text).Instant("at"));

    [Theory]
    [InlineData("2026-13-01")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("1767323045")]
    [InlineData("01/02/2026")]
    [InlineData("")]
    public void Other_dates_are_refused(string text)
    {
        var parameters = Of("?at=" + text);

        Assert.Null(parameters.Instant("at"));
        Assert.NotNull(parameters.Problem);
    }

    [Fact]
    public void The_fingerprint_is_that_of_the_parameters_not_of_their_spelling()
    {
        var first = Of("?a=1&b=2", """{"x":{"p":1,"q":[1,2]},"y":"z"}""").Fingerprint();

        Assert.Equal(first, Of("?b=2&a=1", """{ "y":"z", "x":{"q":[1,2],"p":1} }""").Fingerprint());
        Assert.NotEqual(first, Of("?b=2&a=1", """{"y":"z","x":{"q":[2,1],"p":1}}""").Fingerprint());
        Assert.NotEqual(first, Of("?b=2&a=3", """{"y":"z","x":{"q":[1,2],"p":1}}""").Fingerprint());
        Assert.NotEqual(first, Of("?b=2", """{"y":"z","x":{"q":[1,2],"p":1}}""").Fingerprint());
    }

    [Theory]
    [InlineData("TEXT_ENUM", FieldType.TextEnum)]
    [InlineData("JSON", FieldType.Json)]
    public void Choices_go_by_their_wire_names(string name, FieldType type)
    {
        Assert.Equal(type, Of("?t=" + name).Choice<FieldType>("t"));
        Assert.Equal(name, WireNames<FieldType>.Of(type));
    }

    internal static Parameters Of(string query, string? body = null)
        => new(new QueryString(query.Length == 0 ? null : query), body is null ? null : JsonElement.Parse(Encoding.UTF8.GetBytes(body)));
}
