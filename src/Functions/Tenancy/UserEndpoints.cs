using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.Tenancy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tenancy;

/// <summary>Users.</summary>
public sealed class UserEndpoints(Endpoints endpoints, Users users)
{
    private const string All = "api/v1/users";
    private const string One = All + "/{id:long}";

    /// <summary>Makes a user.</summary>
    [Function("UsersCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, CreateAsync);

    /// <summary>Answers a user.</summary>
    [Function("UsersGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, async call => call.Answer(await users.FindAsync(call.Caller, id, call.Cancelled), user => Ok(call, user)));

    /// <summary>Lists the users that the caller may see, by id.</summary>
    [Function("UsersList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, ListAsync);

    /// <summary>Changes a user.</summary>
    [Function("UsersUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => UpdateAsync(call, id));

    private async Task<IResult> CreateAsync(Call call)
    {
        var name = ReadName(call.Parameters, required: true);
        var email = call.Parameters.Text("email");
        var isServiceAccount = call.Parameters.Flag("is_service_account") ?? false;
        var once = call.Once("users");
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(
            await users.CreateAsync(call.Caller, name, email, isServiceAccount, once, call.Cancelled),
            made => call.Created(json => Write(json, made.Value), made.Value.Version, made.Replayed));
    }

    private async Task<IResult> ListAsync(Call call)
    {
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        var all = await users.ListAsync(call.Caller, call.Cancelled);
        return call.Ok(json => ListJson.Write(json, "users", all, Write, paging, call));
    }

    private async Task<IResult> UpdateAsync(Call call, long id)
    {
        var name = ReadName(call.Parameters, required: false);
        var email = call.Parameters.Text("email");
        var ifMatch = call.IfMatch();
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);
        return call.Answer(await users.UpdateAsync(call.Caller, id, name, email, ifMatch, call.Cancelled), user => Ok(call, user));
    }

    private static NameChange ReadName(Parameters parameters, bool required)
    {
        if (required && !parameters.Has("first_name")) parameters.Require("name");
        if (parameters.Has("name") && (parameters.Has("first_name") || parameters.Has("last_name")))
            parameters.Malformed("name", "is the whole name; leave it out where first_name or last_name is given");
        return new NameChange(parameters.Text("name"), parameters.Text("first_name"), parameters.Text("last_name"));
    }

    private static IResult Ok(Call call, User user) => call.Ok(json => Write(json, user), user.Version);

    private static void Write(Utf8JsonWriter json, User user)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, user.Id);
        json.WriteString("name"u8, user.Name);
        json.WriteString("first_name"u8, user.Called.First);
        json.WriteString("last_name"u8, user.Called.Last);
        json.WriteString("email"u8, user.Email);
        json.WriteBoolean("is_service_account"u8, user.IsServiceAccount);
        json.WriteString("created_at"u8, Timestamps.Api(user.Created.ToUnixTimeMilliseconds()));
        json.WriteString("updated_at"u8, Timestamps.Api(user.Updated.ToUnixTimeMilliseconds()));
        json.WriteEndObject();
    }
}
