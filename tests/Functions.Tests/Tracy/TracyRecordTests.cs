using System.Net;
using System.Text.Json;

namespace Casefile.Functions.Tests.Tracy;

/// <summary>Creating records of datasets, by the API's own schema and by what it leaves to us.</summary>
public sealed class TracyRecordTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_record_with_a_value_of_every_type_answers_as_the_schema_says()
    {
        var dataset = await TestDataset.MakeAsync(service, TestDataset.Types);
        var first = await dataset.CreateAsync(service, []);
        var values = dataset.Values(user: 1, TestDataset.IdOf(first));

        var answer = await dataset.PostAsync(service, values.SelectMany(each => each.Value.Select(value => dataset.Datum(each.Key, value))));

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        await SeedSchema.HoldsAsync("Record", answer.Text);
        Console.WriteLine(answer.Text);
        foreach (var (property, sent) in values)
        {
            var got = dataset.DatumsOf(answer.Json, property);
            Assert.Equal(sent.Length, got.Length);
            for (var i = 0; i < sent.Length; i++) AssertSent(sent[i], got[i]);
        }
    }

    /// <summary>The value that was sent is in the answer; of references the id.</summary>
    private static void AssertSent(string sent, JsonElement got)
    {
        var member = JsonElement.Parse($"{{{sent}}}").EnumerateObject().Single();
        var value = got.GetProperty(member.Name);
        if (member.Value.ValueKind == JsonValueKind.Object) Assert.Equal(TestDataset.IdOf(member.Value), TestDataset.IdOf(value));
        else Assert.Equal(member.Value.ToString(), value.ToString());
    }
}
