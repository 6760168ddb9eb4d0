using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.Tenancy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tenancy;

/// <summary>Teams and their members.</summary>
public sealed class TeamEndpoints(Endpoints endpoints, Teams teams)
{
    private const string All = "api/v1/teams";
    private const string One = All + "/{id:long}";
    private const string Members = One + "/members";
    private const string Member = Members + "/{userId:long}";

    /// <summary>Makes a team.</summary>
    [Function("TeamsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, CreateAsync);

    /// <summary>Deletes a team that has no record types.</summary>
    [Function("TeamsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => DeleteAsync(call, id));

    /// <summary>Answers a team.</summary>
    [Function("TeamsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, async call => call.Answer(await teams.FindAsync(call.Caller, id, call.Cancelled), team => Ok(call, team)));

    /// <summary>Lists the teams that the caller may read, by id.</summary>
    [Function("TeamsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, ListAsync);

    /// <summary>Renames a team.</summary>
    [Function("TeamsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => UpdateAsync(call, id));

    /// <summary>Adds a member.</summary>
    [Function("TeamMembersAdd")]
    public Task<IResult> AddMember([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Members)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => AddMemberAsync(call, id));

    /// <summary>Answers a member.</summary>
    [Function("TeamMembersGet")]
    public Task<IResult> GetMember([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Member)] HttpRequest request, long id, long userId)
        => endpoints.RunAsync(request, RateClass.Default, async call
            => call.Answer(await teams.FindMemberAsync(call.Caller, id, userId, call.Cancelled), member => Ok(call, member)));

    /// <summary>Lists the members of a team, by user id.</summary>
    [Function("TeamMembersList")]
    public Task<IResult> ListMembers([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Members)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => ListMembersAsync(call, id));

    /// <summary>Removes a member.</summary>
    [Function("TeamMembersRemove")]
    public Task<IResult> RemoveMember([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Member)] HttpRequest request, long id, long userId)
        => endpoints.RunAsync(request, RateClass.Default, call => RemoveMemberAsync(call, id, userId));

    /// <summary>Changes a member's role.</summary>
    [Function("TeamMembersUpdate")]
    public Task<IResult> ChangeMember([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Member)] HttpRequest request, long id, long userId)
        => endpoints.RunAsync(request, RateClass.Default, call => ChangeMemberAsync(call, id, userId));

    private async Task<IResult> CreateAsync(Call call)
    {
        var name = call.Parameters.RequiredText("name");
        var once = call.Once("teams");
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await teams.CreateAsync(call.Caller, name, once, call.Cancelled),
            made => call.Created(json => Write(json, made.Value), made.Value.Version, made.Replayed));
    }

    private async Task<IResult> DeleteAsync(Call call, long id)
    {
        var ifMatch = call.IfMatch();
        var problem = call.Parameters.Problem ?? await teams.DeleteAsync(call.Caller, id, ifMatch, call.Cancelled);
        return problem is null ? call.NoContent() : call.Refuse(problem);
    }

    private async Task<IResult> ListAsync(Call call)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        var all = await teams.ListAsync(call.Caller, call.Cancelled);
        return call.Ok(json => ListJson.Write(json, "teams", all, Write, paging, call));
    }

    private async Task<IResult> UpdateAsync(Call call, long id)
    {
        var name = call.Parameters.Text("name");
        var ifMatch = call.IfMatch();
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(await teams.UpdateAsync(call.Caller, id, name, ifMatch, call.Cancelled), team => Ok(call, team));
    }

    private async Task<IResult> AddMemberAsync(Call call, long id)
    {
        call.Parameters.Require("role");
        var userId = call.Parameters.RequiredId("user_id");
        var role = call.Parameters.Choice("role", Roles.ByName) ?? TeamRole.Viewer;
        var once = call.Once($"teams/{id}/members");
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await teams.AddMemberAsync(call.Caller, id, userId, role, once, call.Cancelled),
            made => call.Created(json => Write(json, made.Value), made.Value.Version, made.Replayed));
    }

    private async Task<IResult> ListMembersAsync(Call call, long id)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await teams.ListMembersAsync(call.Caller, id, call.Cancelled),
            members => call.Ok(json => ListJson.Write(json, "members", members, Write, paging, call)));
    }

    private async Task<IResult> RemoveMemberAsync(Call call, long id, long userId)
    {
        var ifMatch = call.IfMatch();
        var problem = call.Parameters.Problem ?? await teams.RemoveMemberAsync(call.Caller, id, userId, ifMatch, call.Cancelled);
        return problem is null ? call.NoContent() : call.Refuse(problem);
    }

    private async Task<IResult> ChangeMemberAsync(Call call, long id, long userId)
    {
        var role = call.Parameters.Choice("role", Roles.ByName);
        var ifMatch = call.IfMatch();
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(await teams.ChangeMemberAsync(call.Caller, id, userId, role, ifMatch, call.Cancelled), member => Ok(call, member));
    }

    private static IResult Ok(Call call, Team team) => call.Ok(json => Write(json, team), team.Version);

    private static IResult Ok(Call call, Membership member) => call.Ok(json => Write(json, member), member.Version);

    private static void Write(Utf8JsonWriter json, Team team)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, team.Id);
        json.WriteString("name"u8, team.Name);
        json.WriteString("created_at"u8, Timestamps.Api(team.Created.ToUnixTimeMilliseconds()));
        json.WriteString("updated_at"u8, Timestamps.Api(team.Updated.ToUnixTimeMilliseconds()));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Membership member)
    {
        json.WriteStartObject();
        json.WriteNumber("user_id"u8, member.UserId);
        json.WriteNumber("team_id"u8, member.TeamId);
        json.WriteString("role"u8, Roles.NameOf(member.Role));
        json.WriteString("created_at"u8, Timestamps.Api(member.Created.ToUnixTimeMilliseconds()));
        json.WriteEndObject();
    }
}
