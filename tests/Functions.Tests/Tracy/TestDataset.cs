using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Tracy;

/// <summary>A dataset with a property of every type, and its records as a client sees them.</summary>
internal sealed class TestDataset
{
    /// <summary>Every property type that there is.</summary>
    public static readonly string[] Types =
    [
        "text", "multilineText", "integer", "decimal", "boolean", "dateTime", "date", "option", "options", "user", "users", "record", "records", "file", "image",
        "phone", "email", "link", "address", "author", "created", "changed", "number",
    ];

    private TestDataset(JsonElement json) => Json = json;

    /// <summary>The dataset as it was answered.</summary>
    public JsonElement Json { get; }

    /// <summary>Its id.</summary>
    public long Id => Json.GetProperty("id").GetInt64();

    /// <summary>Makes a dataset.</summary>
    /// <param name="via">Where.</param>
    /// <param name="properties">The types of its properties, which are named after them; one with a <c>!</c> behind it is required.</param>
    public static async Task<TestDataset> MakeAsync(ServiceClient via, params string[] properties)
    {
        var definitions = properties.Select(type => $$"""
            {"name":"{{type.TrimEnd('!')}}","propertyType":{"id":"{{type.TrimEnd('!')}}"},"isRequired":{{(type.EndsWith('!') ? "true" : "false")}}
            {{(type.StartsWith("option", StringComparison.Ordinal) ? ""","options":[{"text":"red","color":4294901760},{"text":"green"},{"text":"blue"}]""" : "")}}}
            """);
        var answer = await via.PostAsync("/v1/datasets", $$"""
            {"name":"Tickets","states":[{"name":"Done","position":3},{"name":"New","position":1,"color":4278190335},{"name":"Doing","position":2}],
             "properties":[{{string.Join(',', definitions)}}]}
            """);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return new TestDataset(answer.Json);
    }

    /// <summary>The id of a property.</summary>
    public long Property(string name) => IdOf(Named("properties", name));

    /// <summary>The id of a state.</summary>
    public long State(string name) => IdOf(Named("states", name));

    /// <summary>The id of an option.</summary>
    public long Option(string property, string text)
        => IdOf(Named("properties", property).GetProperty("options").EnumerateArray().Single(option => option.GetProperty("text").GetString() == text));

    /// <summary>A datum, to be sent.</summary>
    /// <param name="property">The property's name.</param>
    /// <param name="value">The member that carries its value, in JSON: <c>"integerValue":5</c>.</param>
    public string Datum(string property, string value) => $$"""{"property":{"id":{{Property(property)}}},{{value}}}""";

    /// <summary>Datums that are options, to be sent.</summary>
    public IEnumerable<string> OptionDatums(string property, params IEnumerable<string> texts)
        => texts.Select(text => Datum(property, $$""" "optionValue":{"id":{{Option(property, text)}}} """));

    /// <summary>A body that creates a record.</summary>
    /// <param name="datums">The datums, in JSON.</param>
    /// <param name="more">Further members, in JSON, with a leading comma.</param>
    public string Body(IEnumerable<string> datums, string more = "") => $$"""{"dataset":{"id":{{Id}}},"datums":[{{string.Join(',', datums)}}]{{more}}}""";

    /// <summary>POST of a record.</summary>
    public Task<Answer> PostAsync(ServiceClient via, IEnumerable<string> datums, string more = "", params IEnumerable<(string Name, string Value)> headers)
        => via.PostAsync("/v1/records", Body(datums, more), headers);

    /// <summary>POST of a record that has to succeed.</summary>
    public async Task<JsonElement> CreateAsync(ServiceClient via, IEnumerable<string> datums, string more = "")
    {
        var answer = await PostAsync(via, datums, more);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json;
    }

    /// <summary>A value for every type that a client may set.</summary>
    /// <param name="user">A user.</param>
    /// <param name="record">A record.</param>
    public Dictionary<string, string[]> Values(long user, long record) => new()
    {
        ["text"] = ["""  "stringValue":"Grüße 🎉"  """],
        ["multilineText"] = ["""  "stringValue":"one\ntwo\nthree"  """],
        ["integer"] = ["""  "integerValue":9007199254740991  """],
        ["decimal"] = ["""  "decimalValue":-0.125  """],
        ["boolean"] = ["""  "integerValue":1  """],
        ["dateTime"] = ["""  "dateTimeValue":"2026-02-03T04:05:06.789Z"  """],
        ["date"] = ["""  "dateTimeValue":"2026-02-03T00:00:00.000Z"  """],
        ["option"] = [$$"""  "optionValue":{"id":{{Option("option", "green")}}}  """],
        ["options"] = [$$"""  "optionValue":{"id":{{Option("options", "blue")}}}  """, $$"""  "optionValue":{"id":{{Option("options", "red")}}}  """],
        ["user"] = [$$"""  "userValue":{"id":{{user}}}  """],
        ["users"] = [$$"""  "userValue":{"id":{{user}}}  """, $$"""  "userValue":{"id":{{user}}}  """],
        ["record"] = [$$"""  "recordValue":{"id":{{record}}}  """],
        ["records"] = [$$"""  "recordValue":{"id":{{record}}}  """],
        ["file"] = ["""  "stringValue":"a \"quoted\" name.txt"  """, """  "stringValue":"b.txt"  """],
        ["image"] = ["""  "stringValue":"a.png"  """],
        ["phone"] = ["""  "stringValue":"+49 30 1234"  """],
        ["email"] = ["""  "stringValue":"ada@example.com"  """],
        ["link"] = ["""  "stringValue":"https://example.com/?a=1&b=2"  """],
        ["address"] = ["""  "stringValue":"1 Main St"  """],
    };

    /// <summary>Those values as datums, to be sent.</summary>
    public IEnumerable<string> Datums(Dictionary<string, string[]> values) => values.SelectMany(each => each.Value.Select(value => Datum(each.Key, value)));

    /// <summary>Fails unless a record has these values, of references their ids.</summary>
    public void AssertHolds(JsonElement record, Dictionary<string, string[]> values)
    {
        foreach (var (property, sent) in values)
        {
            var got = DatumsOf(record, property);
            Assert.True(got.Length == sent.Length, $"{property}: {got.Length} values in {record.GetRawText()}");
            for (var i = 0; i < sent.Length; i++)
            {
                var member = JsonElement.Parse($"{{{sent[i]}}}").EnumerateObject().Single();
                var value = got[i].GetProperty(member.Name);
                if (member.Value.ValueKind == JsonValueKind.Object) Assert.Equal(IdOf(member.Value), IdOf(value));
                else Assert.Equal(member.Value.ToString(), value.ToString());
            }
        }
    }

    /// <summary>The datums of a property in an answer.</summary>
    public JsonElement[] DatumsOf(JsonElement record, string property)
        => [.. record.GetProperty("datums").EnumerateArray().Where(datum => datum.GetProperty("property").GetProperty("id").GetInt64() == Property(property))];

    /// <summary>The id in an object.</summary>
    public static long IdOf(JsonElement json) => json.GetProperty("id").GetInt64();

    private JsonElement Named(string list, string name) => Json.GetProperty(list).EnumerateArray().Single(each => each.GetProperty("name").GetString() == name);
}
