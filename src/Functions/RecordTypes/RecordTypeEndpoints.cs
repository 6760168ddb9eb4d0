using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.RecordTypes;

/// <summary>Record types (records.md, "Record types (v1)").</summary>
public sealed class RecordTypeEndpoints(Endpoints endpoints, RecordTypeCatalog catalog, RecordTypeWriter writer)
{
    private const string Types = "api/v1/record_types";
    private const string Type = Types + "/{id:long}";

    /// <summary>Makes a record type.</summary>
    [Function("RecordTypesCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Types)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, CreateAsync);

    /// <summary>Deletes a record type with its records.</summary>
    [Function("RecordTypesDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Type)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => DeleteAsync(call, id));

    /// <summary>Answers a record type.</summary>
    [Function("RecordTypesGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Type)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => GetAsync(call, id));

    /// <summary>Lists the record types that the caller may read, by id.</summary>
    [Function("RecordTypesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Types)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, ListAsync);

    /// <summary>Changes a record type.</summary>
    [Function("RecordTypesUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Type)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => UpdateAsync(call, id));

    private async Task<IResult> CreateAsync(Call call)
    {
        var wanted = RecordTypeParameters.ReadCreate(call.Parameters);
        var once = call.Once("record_types");
        return call.Answer(
            await writer.CreateAsync(call.Caller, wanted, call.Parameters.Problem, once, call.Cancelled),
            made => call.Created(json => RecordTypeJson.Write(json, made.Value), made.Value.SchemaVersion, made.Replayed));
    }

    private async Task<IResult> DeleteAsync(Call call, long id)
    {
        var ifMatch = call.IfMatch();
        var problem = call.Parameters.Problem ?? await writer.DeleteAsync(call.Caller, id, ifMatch, call.Cancelled);
        return problem is null ? call.NoContent() : call.Refuse(problem);
    }

    private async Task<IResult> GetAsync(Call call, long id) => call.Answer(
        await catalog.GetAsync(call.Caller, id, call.Cancelled),
        type => call.Ok(json => RecordTypeJson.Write(json, type), type.SchemaVersion));

    private async Task<IResult> ListAsync(Call call)
    {
        var teamId = call.Parameters.Id("team_id");
        var paging = Paging.Read(call.Parameters);
        if (call.Parameters.Problem is { } problem) return call.Refuse(problem);

        var types = await catalog.ListAsync(call.Caller, teamId, call.Cancelled);
        return call.Ok(json => ListJson.Write(json, "record_types", types, RecordTypeJson.Write, paging, call));
    }

    private async Task<IResult> UpdateAsync(Call call, long id)
    {
        var change = RecordTypeParameters.ReadUpdate(call.Parameters);
        var ifMatch = call.IfMatch();
        return call.Answer(
            await writer.UpdateAsync(call.Caller, id, change, call.Parameters.Problem, ifMatch, call.Cancelled),
            type => call.Ok(json => RecordTypeJson.Write(json, type), type.SchemaVersion));
    }
}
