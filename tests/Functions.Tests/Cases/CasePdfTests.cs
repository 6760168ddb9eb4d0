using System.Net;
using UglyToad.PdfPig;

namespace Casefile.Functions.Tests.Cases;

/// <summary>A case as a PDF, over HTTP.</summary>
public sealed class CasePdfTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_case_is_answered_as_a_document_of_what_it_holds(string version)
    {
        var made = await service.PostAsync(
            "/api/v2/cases",
            """
            {"team_id":1,"name":"Odd \"login\"\r\nX: y / \u0416\ud83d\ude00","description":"# Findings\n\nA **strong** word","priority":"high","tag_names":["phishing"],
             "metadata":{"alert":"a-1","count":3,"deep":{"x":[1]}},"closure_conditions":[{"name":"assigned","formula":"=SIZE(team_case.assignees) > 0"}],
             "tasks":[{"description":"Call the user"}]}
            """);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        var id = made.Json.GetProperty("case_id").GetInt64();
        for (var i = 0; i < 25; i++) await service.PutAsync($"/api/v2/cases/{id}", $$"""{"priority":"{{(i % 2 == 0 ? "low" : "high")}}"}""");

        using var answer = await service.Client.GetAsync(new Uri($"/api/{version}/cases/{id}/pdf", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/pdf", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal($"Case {id} - Odd login X y \u0416.pdf", answer.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.False(answer.Headers.Contains("X"));

        using var pdf = PdfDocument.Open(await answer.Content.ReadAsByteArrayAsync());
        var text = string.Concat(pdf.GetPages().SelectMany(page => page.Letters).Select(letter => letter.Value)).Replace(" ", "", StringComparison.Ordinal);
        foreach (var shown in (string[])[$"CASE{id}", "OPEN", "LOW", "phishing", "Findings", "Astrongword", "alerta-1", "count3", "deep{\"x\":[1]}", "assigned=SIZE(", "Callthe", "Activity(26)", "Created"])
        {
            Assert.Contains(shown, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task There_is_no_document_of_no_case()
    {
        var answer = await service.GetAsync("/api/v2/cases/999999/pdf");
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Single(answer.Details);
    }
}
