using System.Text.Json;
using Casefile.Core;
using Casefile.Core.Records;
using Casefile.Core.Tenancy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tenancy;

/// <summary>Keys: with <c>team_id</c> and <c>role</c> a team's, without a team a personal one.</summary>
public sealed class ApiKeyEndpoints(Endpoints endpoints, ApiKeys keys)
{
    private const string All = "api/v1/api_keys";
    private const string One = All + "/{id:long}";

    /// <summary>Makes a key; its secret is in this answer and in no other.</summary>
    [Function("ApiKeysCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Tokens, CreateAsync);

    /// <summary>Answers a key without its secret.</summary>
    [Function("ApiKeysGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Tokens, async call => call.Answer(
            await keys.FindAsync(call.Caller, id, call.Cancelled),
            key => call.Ok(json => Write(json, key), key.Version)));

    /// <summary>Lists keys without their secrets, by id.</summary>
    [Function("ApiKeysList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Tokens, ListAsync);

    /// <summary>Revokes a key.</summary>
    [Function("ApiKeysRevoke")]
    public Task<IResult> Revoke([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Tokens, call => RevokeAsync(call, id));

    private async Task<IResult> CreateAsync(Call call)
    {
        var parameters = call.Parameters;
        var name = parameters.RequiredText("name");
        var teamId = parameters.Id("team_id");
        var role = parameters.Choice("role", Roles.ByName);
        var userId = parameters.Id("user_id") ?? call.Caller.UserId;
        if (parameters.Has("team_id")) parameters.Require("role");
        if (parameters.Has("team_id") && parameters.Has("user_id"))
            parameters.Malformed("user_id", "a team's key acts as a service account of its own; leave out user_id or team_id");
        if (!parameters.Has("team_id") && parameters.Has("role"))
            parameters.Malformed("role", "a personal key has its user's roles; leave it out or name a team_id");
        var once = call.Once("api_keys");
        if (parameters.Problem is { } problem) return call.Refuse(problem);

        return call.Answer(
            teamId is { } team
                ? await keys.CreateForTeamAsync(call.Caller, name, team, role ?? TeamRole.Viewer, once, call.Cancelled)
                : await keys.CreatePersonalAsync(call.Caller, name, userId, once, call.Cancelled),
            made => Created(call, made));
    }

    private async Task<IResult> ListAsync(Call call)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        var all = await keys.ListAsync(call.Caller, call.Cancelled);
        return call.Ok(json => ListJson.Write(json, "api_keys", all, Write, paging, call));
    }

    private async Task<IResult> RevokeAsync(Call call, long id)
    {
        var ifMatch = call.IfMatch();
        var problem = call.Parameters.Problem ?? await keys.RevokeAsync(call.Caller, id, ifMatch, call.Cancelled);
        return problem is null ? call.NoContent() : call.Refuse(problem);
    }

    private static IResult Created(Call call, Made<NewKey> made)
    {
        call.Request.HttpContext.Response.Headers.CacheControl = "no-store";
        return call.Created(
            json =>
            {
                json.WriteStartObject();
                WriteMembers(json, made.Value.Key);
                json.WriteString("key"u8, made.Value.Secret);
                json.WriteEndObject();
            },
            made.Value.Key.Version,
            made.Replayed);
    }

    private static void Write(Utf8JsonWriter json, ApiKey key)
    {
        json.WriteStartObject();
        WriteMembers(json, key);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, ApiKey key)
    {
        json.WriteNumber("id"u8, key.Id);
        json.WriteString("name"u8, key.Name);
        json.WriteString("prefix"u8, key.Start);
        json.WriteNumber("user_id"u8, key.UserId);
        if (key.TeamId is { } team) json.WriteNumber("team_id"u8, team);
        else json.WriteNull("team_id"u8);
        json.WriteString("role"u8, key.Role is { } role ? Roles.NameOf(role) : null);
        json.WriteString("created_at"u8, Timestamps.Api(key.Created.ToUnixTimeMilliseconds()));
    }
}
