using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Http;

/// <summary>The calls of the published API pages, host and key replaced and ids adapted, answer as their samples do.</summary>
public sealed class SeedSampleTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Creating_a_record_type_answers_as_the_sample()
    {
        var answer = await service.PostAsync("/api/v1/record_types/", """
            {
                "name": "Record type name",
                "description": "Optional description of the record type",
                "team_id": "1",
                "fields": [{ "name": "Column 1", "result_type": "TEXT" }],
                "editable": true,
                "ttl_days": 3,
                "retention_column_name": "UPDATED_AT",
                "on_limit_reached": "EVICT_OLDEST",
                "max_records_limit": 5000
              }
            """);

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        SampleShape.AssertSame(
            """
            {
              "id": 1,
              "name": "Record type 1",
              "description": "Optional description of the record type",
              "editable": false,
              "ttl_days": 3,
              "retention_column_name": "UPDATED_AT",
              "on_limit_reached": "EVICT_OLDEST",
              "max_records_limit": 5000,
              "record_fields": [{ "id": 1, "name": "Field 1", "result_type": "TEXT", "fixed_values": [] }],
              "default_record_fields": [
                { "id": 2, "name": "Story name", "result_type": "TEXT", "fixed_values": [] },
                { "id": 3, "name": "Timestamp", "result_type": "TIMESTAMP", "fixed_values": [] }
              ]
            }
            """,
            answer.Json,
            beyond: "team_id");
        Assert.Equal("UPDATED_AT", answer.Json.GetProperty("retention_column_name").GetString());
        Assert.Equal("EVICT_OLDEST", answer.Json.GetProperty("on_limit_reached").GetString());
        Assert.Equal(5000, answer.Json.GetProperty("max_records_limit").GetInt64());
        Assert.Equal(3, answer.Json.GetProperty("ttl_days").GetDouble());
        Assert.Equal(1, answer.Json.GetProperty("team_id").GetInt64());
    }

    [Fact]
    public async Task Creating_a_record_answers_as_the_sample()
    {
        var type = await service.CreateTypeAsync("Tines Sample Alert", """
            [{"name":"Affected user email","result_type":"TEXT"},{"name":"Source","result_type":"TEXT"},
             {"name":"Description","result_type":"TEXT"},{"name":"Severity","result_type":"TEXT_ENUM","fixed_values":["Low","High"]}]
            """);
        var fields = type.GetProperty("record_fields").EnumerateArray().Select(field => field.GetProperty("id").GetInt64()).ToArray();
        var (first, second) = (await service.CreateCaseAsync(), await service.CreateCaseAsync());

        var answer = await service.PostAsync("/api/v1/records?resolve_artifacts=false", $$"""
            {
                "record_type_id": "{{type.GetProperty("id")}}",
                "field_values": [{ "field_id": "{{fields[0]}}", "value": "john@example.com" }, { "field_id": "{{fields[1]}}", "value": "Login alerts" },
                  { "field_id": "{{fields[2]}}", "value": "Suspicious login" }, { "field_id": "{{fields[3]}}", "value": "High" }],
                "case_ids": ["{{first}}","{{second}}"]
              }
            """);

        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        SampleShape.AssertSame(
            """
            {
              "id": 1973,
              "created_at": "2024-06-25T14:41:23Z",
              "record_type": { "id": 1097, "name": "Tines Sample Alert" },
              "test_mode": false,
              "records": [
                { "field_id": "5999", "name": "Affected user email", "value": "john@example.com" },
                { "field_id": "5998", "name": "Source", "value": "Login alerts" },
                { "field_id": "5997", "name": "Description", "value": "Suspicious login" },
                { "field_id": "5996", "name": "Severity", "value": "High" },
                { "field_id": "5991", "name": "Timestamp", "value": "2024-06-25 15:41:23" }
              ],
              "case_ids": [14, 19],
              "result": {
                "id": 1973,
                "Affected user email": "john@example.com",
                "Source": "Login alerts",
                "Description": "Suspicious login",
                "Severity": "High",
                "Timestamp": "2024-06-25 15:41:23",
                "case_ids": [14, 19],
                "updated_at": "2024-06-25T14:41:23Z"
              }
            }
            """,
            answer.Json);
        Assert.Equal(
            ["Affected user email", "Source", "Description", "Severity", "Timestamp"],
            answer.Json.GetProperty("records").EnumerateArray().Select(value => value.GetProperty("name").GetString()));
        Assert.Equal($"[{first},{second}]", answer.Json.GetProperty("case_ids").GetRawText());
    }

    [Fact]
    public async Task Listing_records_by_filter_answers_as_the_sample()
    {
        var (type, field) = await AlertsAsync();
        var now = DateTimeOffset.UtcNow;
        var (start, end) = (Iso(now.AddDays(-1)), Iso(now.AddDays(1)));

        var answer = await service.GetAsync($"/api/v1/records?range_end={end}&range_start={start}&record_type_id={type}&filters==[{{\"value\":\"High\",\"operator\":\"EQUAL\",\"field_id\":\"{field}\"}}]");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        SampleShape.AssertSame(
            """
            {
              "record_results": [
                { "Story name": "Create new issue", "Timestamp": "2023-06-06 16:18:34", "Alert": "High", "updated_at": "2023-06-06T16:18:34Z", "case_ids": [1, 2], "id": 1 }
              ],
              "meta": {
                "current_page": "https://example.com/api/v1/records?per_page=20&page=1",
                "previous_page": null,
                "next_page": null,
                "next_page_number": null,
                "per_page": 20,
                "pages": 1,
                "count": 3
              }
            }
            """,
            answer.Json);
        Assert.Equal("High", Assert.Single(answer.Json.GetProperty("record_results").EnumerateArray()).GetProperty("Alert").GetString());
        Assert.Equal(1, answer.Json.GetProperty("meta").GetProperty("count").GetInt64());
        Assert.StartsWith(
            new Uri(service.Client.BaseAddress!, "/api/v1/records?per_page=20&page=1&range_end=").ToString(),
            answer.Json.GetProperty("meta").GetProperty("current_page").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listing_records_by_several_values_answers_those()
    {
        var (type, field) = await AlertsAsync();

        var answer = await service.GetAsync($"/api/v1/records?record_type_id={type}&filters=[{{\"field_id\":\"{field}\",\"operator\":\"IS_ANY_OF\",\"value\":[\"High\",\"Low\",\"CRITICAL\"]}}]");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal(
            ["Low", "High"],
            answer.Json.GetProperty("record_results").EnumerateArray().Select(row => row.GetProperty("Alert").GetString()));
    }

    [Fact]
    public async Task Listing_records_of_story_containers_answers_those()
    {
        var (type, _) = await AlertsAsync();

        var answer = await service.GetAsync($"/api/v1/records?record_type_id={type}&story_container_ids[]=123&story_container_ids[]=456");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal(2, answer.Json.GetProperty("meta").GetProperty("count").GetInt64());

        var tests = await service.GetAsync($"/api/v1/records?record_type_id={type}&story_container_ids[]=123&test_mode=true");
        Assert.Equal(0, tests.Json.GetProperty("meta").GetProperty("count").GetInt64());

        var both = await service.GetAsync($"/api/v1/records?record_type_id={type}&story_container_ids[]=123&story_ids[]=1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, both.Status);
    }

    [Fact]
    public async Task Creating_a_case_answers_as_the_sample()
    {
        var jane = (await service.PostAsync("/api/v1/users", """{"first_name":"Jane","last_name":"Doe","email":"jane@tines.io"}""")).Json.GetProperty("id").GetInt64();
        await service.PostAsync("/api/v1/teams/1/members", $$"""{"user_id":{{jane}},"role":"editor"}""");
        var key = (await service.PostAsync("/api/v1/api_keys", $$"""{"name":"Jane's","user_id":{{jane}}}""")).Json.GetProperty("key").GetString();

        var type = await service.CreateTypeAsync("Hosts", """[{"name":"Host","result_type":"TEXT"}]""");
        var record = (await service.PostAsync("/api/v1/records", $$"""
            {"record_type_id":{{type.GetProperty("id")}},"story_name":"Cases API","field_values":[{"field_id":{{type.GetProperty("record_fields")[0].GetProperty("id")}},"value":"laptop"}]}
            """)).Json.GetProperty("id").GetInt64();

        var answer = await service.SendAsAsync(key, HttpMethod.Post, "/api/v1/cases/", $$"""
            {
              "team_id": "1",
              "name": "Suspicious login detected",
              "priority": "high",
              "description": "This is a high priority case created via the API",
              "assignee_emails": [
                "jane@tines.io"
              ],
              "tag_names": [
                "login",
                "security"
              ],
              "record_ids": [
                "{{record}}"
              ],
              "metadata": {
                "key": "value"
              },
              "team_case_buttons": [
                {
                  "button_type": "page",
                  "url": "https://tenant.tines.com/pages/55e94b9b4e26175051c0287f4259363f/",
                  "label": "Isolate host and give reason",
                  "button_text": "Open form"
                },
                {
                  "button_type": "webhook",
                  "url": "http://tenant.tines.com/webhook/e840b4e8cf60437196d9a4bcb85d2de0/61441bc05fddfa4c09924b23fcf72b91",
                  "label": "Isolate host",
                  "button_text": "Isolate"
                }
              ],
              "closure_conditions": [
                {
                  "name": "has at least 1 assignee",
                  "formula": "=SIZE(team_case.assignees) > 0"
                }
              ]
            }
            """);

        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        SampleShape.AssertSame(
            """
            {
              "case_id": 42,
              "name": "Suspicious login detected",
              "description": "This is a high priority case created via the API",
              "status": "OPEN",
              "url": "https://tenant.tines.com/team/2/cases/42",
              "metadata": {},
              "author": { "id": 1, "first_name": "Jane", "last_name": "Doe", "email": "jane@tines.io", "is_service_account": false },
              "opened_by": { "id": 1, "first_name": "Jane", "last_name": "Doe", "email": "jane@tines.io", "is_service_account": false },
              "resolved_by": null,
              "assignees": [{ "id": 1, "first_name": "Jane", "last_name": "Doe", "email": "jane@tines.io", "is_service_account": false }],
              "tags": [{ "id": 4, "name": "login" }],
              "team_case_actions": [{ "id": 7508, "action": "CREATED", "value": "42", "user": {} }],
              "team": { "id": 2, "name": "Team 1" },
              "team_case_buttons": [
                { "id": 8, "button_type": "webhook", "url": "http://tenant.tines.com/webhook/e840/6144", "label": "Isolate host", "button_text": "Isolate" }
              ],
              "closure_conditions": [{ "name": "has at least 1 assignee", "formula": "=SIZE(team_case.assignees) > 0" }],
              "linked_cases": [],
              "opened_at": "2023-12-18T22:29:22Z",
              "resolved_at": null,
              "created_at": "2023-12-18T22:29:22Z",
              "updated_at": "2023-12-18T22:29:22Z",
              "records": [{ "id": 187, "results": [{ "id": 1871, "name": "Story name", "value": "Cases API" }] }],
              "priority": "HIGH"
            }
            """,
            answer.Json,
            "metadata.key",
            "team_case_actions[].user.user_id",
            "team_case_actions[].user.first_name",
            "team_case_actions[].user.last_name",
            "team_case_actions[].user.email",
            "team_case_actions[].user.avatar_url",
            "team_case_actions[].user.is_service_account");
        var id = answer.Json.GetProperty("case_id").GetInt64();
        Assert.EndsWith($"/team/1/cases/{id}", answer.Json.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal($"{id}", answer.Json.GetProperty("team_case_actions")[0].GetProperty("value").GetString());
        var assignee = answer.Json.GetProperty("assignees")[0];
        Assert.Equal(
            ("Jane", "Doe", "jane@tines.io"),
            (assignee.GetProperty("first_name").GetString(), assignee.GetProperty("last_name").GetString(), assignee.GetProperty("email").GetString()));
        Assert.Equal(
            [("page", "Open form"), ("webhook", "Isolate")],
            answer.Json.GetProperty("team_case_buttons").EnumerateArray().Select(button => (button.GetProperty("button_type").GetString(), button.GetProperty("button_text").GetString())));
        var linked = Assert.Single(answer.Json.GetProperty("records").EnumerateArray());
        Assert.Equal(record, linked.GetProperty("id").GetInt64());
        Assert.Equal(
            "Cases API", linked.GetProperty("results").EnumerateArray().First(result => result.GetProperty("name").GetString() == "Story name").GetProperty("value").GetString());
        Assert.Equal(["login", "security"], answer.Json.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()));
    }

    /// <summary>Three records of a type with one field, of stories 123, 456 and 789.</summary>
    private async Task<(long Type, long Field)> AlertsAsync()
    {
        var type = await service.CreateTypeAsync("Alerts", """[{"name":"Alert","result_type":"TEXT"}]""");
        var id = type.GetProperty("id").GetInt64();
        var field = type.GetProperty("record_fields")[0].GetProperty("id").GetInt64();
        var (first, second) = (await service.CreateCaseAsync(), await service.CreateCaseAsync());
        foreach (var (value, container) in new[] { ("High", 123), ("Medium", 456), ("Low", 789) })
        {
            var made = await service.PostAsync("/api/v1/records", $$"""
                {"record_type_id":{{id}},"field_values":[{"field_id":{{field}},"value":{{JsonSerializer.Serialize(value)}}}],"case_ids":[{{first}},{{second}}],
                 "story_id":1,"story_container_id":{{container}},"story_name":"Create new issue"}
                """);
            Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        }

        return (id, field);
    }

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
