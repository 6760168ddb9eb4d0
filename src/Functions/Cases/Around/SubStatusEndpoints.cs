using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases.Around;

/// <summary>The sub-statuses of teams (cases.md, "case_sub_statuses").</summary>
public sealed class SubStatusEndpoints(Endpoints endpoints, TeamSubStatuses statuses)
{
    private const string All = "api/v1/case_sub_statuses";
    private const string One = All + "/{id:long}";

    private static readonly ThingAnswers Answers = new("case_sub_statuses", Write);

    private static readonly Dictionary<string, bool> ClosedByParent = new(StringComparer.OrdinalIgnoreCase) { ["OPEN"] = false, ["CLOSED"] = true };

    /// <summary>Makes a sub-status.</summary>
    [Function("CaseSubStatusesCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.CreatedAsync(
            call,
            (Team: call.Parameters.RequiredId("team_id"), Name: call.Parameters.RequiredText("name"), Closed: ReadParent(call) ?? false, Description: call.Parameters.Text("description")),
            (given, once) => statuses.CreateAsync(call.Caller, given.Team, given.Name, given.Closed, given.Description, once, call.Cancelled)));

    /// <summary>Deletes a sub-status, and gives its cases another.</summary>
    [Function("CaseSubStatusesDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call =>
        {
            var fallback = call.Parameters.Id("fallback_status_id");
            return PartAnswers.DeletedAsync(call, guard => statuses.DeleteAsync(call.Caller, id, fallback, guard, call.Cancelled));
        });

    /// <summary>Answers a sub-status.</summary>
    [Function("CaseSubStatusesGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.FoundAsync(call, () => statuses.GetAsync(call.Caller, id, call.Cancelled)));

    /// <summary>Lists sub-statuses.</summary>
    [Function("CaseSubStatusesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, call =>
        {
            var (team, closed, search) = (call.Parameters.Id("team_id"), ReadParent(call), call.Parameters.Text("search"));
            return Answers.ListedAsync(call, () => statuses.ListAsync(call.Caller, team, closed, search, call.Cancelled));
        });

    /// <summary>Renames or describes a sub-status.</summary>
    [Function("CaseSubStatusesUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.ChangedAsync(
            call,
            (Name: call.Parameters.Text("name"), Description: call.Parameters.Text("description")),
            (given, guard) => statuses.UpdateAsync(call.Caller, id, given.Name, given.Description, guard, call.Cancelled)));

    private static bool? ReadParent(Call call) => call.Parameters.Choice("parent_status", ClosedByParent);

    private static void Write(Utf8JsonWriter json, ThingView view)
    {
        var image = view.Thing.Image;
        json.WriteStartObject();
        json.WriteNumber("id"u8, view.Thing.Id);
        json.WriteString("name"u8, (string)image[CaseRow.Name]);
        json.WriteString("slug"u8, (string)image[SubStatusRow.Slug]);
        json.WriteString("description"u8, LongText.Read(image, SubStatusRow.Description));
        json.WriteString("parent_status"u8, SubStatusRow.IsClosed(image) ? "CLOSED"u8 : "OPEN"u8);
        json.WriteBoolean("default"u8, image.GetValueOrDefault(SubStatusRow.Default) is true);
        json.WriteStartObject("team"u8);
        json.WriteNumber("id"u8, view.TeamId);
        json.WriteEndObject();
        ThingAnswers.WriteTime(json, "created_at", view.Thing, CaseRow.Created);
        ThingAnswers.WriteTime(json, "updated_at", view.Thing, CaseRow.Updated);
        json.WriteEndObject();
    }
}
