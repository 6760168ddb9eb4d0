using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases.Around;

/// <summary>The tags of teams (cases.md, "tags").</summary>
public sealed class TagEndpoints(Endpoints endpoints, TeamTags tags)
{
    private const string All = "api/v1/tags";
    private const string One = All + "/{id:long}";

    private static readonly ThingAnswers Answers = new("tags", Write);

    /// <summary>Makes a tag.</summary>
    [Function("TagsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.CreatedAsync(
            call,
            (Team: call.Parameters.RequiredId("team_id"), Name: call.Parameters.RequiredText("name"), Colour: call.Parameters.Text("color")),
            (tag, once) => tags.CreateAsync(call.Caller, tag.Team, tag.Name, tag.Colour, once, call.Cancelled)));

    /// <summary>Deletes a tag, and takes it off its cases.</summary>
    [Function("TagsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => PartAnswers.DeletedAsync(call, guard => tags.DeleteAsync(call.Caller, id, guard, call.Cancelled)));

    /// <summary>Answers a tag.</summary>
    [Function("TagsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.FoundAsync(call, () => tags.GetAsync(call.Caller, id, call.Cancelled)));

    /// <summary>Lists tags.</summary>
    [Function("TagsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, call =>
        {
            var team = call.Parameters.Id("team_id");
            return Answers.ListedAsync(call, () => tags.ListAsync(call.Caller, team, call.Cancelled));
        });

    /// <summary>Renames or recolours a tag.</summary>
    [Function("TagsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.ChangedAsync(
            call,
            (Name: call.Parameters.Text("name"), Colour: call.Parameters.Text("color")),
            (tag, guard) => tags.UpdateAsync(call.Caller, id, tag.Name, tag.Colour, guard, call.Cancelled)));

    private static void Write(Utf8JsonWriter json, ThingView view)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, view.Thing.Id);
        json.WriteString("name"u8, (string)view.Thing.Image[CaseRow.Name]);
        json.WriteString("color"u8, TeamTags.ColourOf(view.Thing));
        json.WriteStartArray("teams"u8);
        json.WriteStartObject();
        json.WriteNumber("id"u8, view.TeamId);
        json.WriteString("name"u8, view.Tenant.Teams.GetValueOrDefault(view.TeamId)?.Name);
        json.WriteEndObject();
        json.WriteEndArray();
        ThingAnswers.WriteTime(json, "created_at", view.Thing, CaseRow.Created);
        ThingAnswers.WriteTime(json, "updated_at", view.Thing, CaseRow.Updated);
        json.WriteEndObject();
    }
}
