using Casefile.Core;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tenancy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Tracy;

/// <summary>From a call to datasets and what is in them, and back.</summary>
public sealed class DatasetRequests(RecordTypeCatalog catalog, RecordTypeWriter writer, Teams teams)
{
    internal static IResult ListPropertyTypes(Call call) => TracyPaging.Read(call.Parameters) is var paging && call.Parameters.Problem is { } malformed
        ? call.Refuse(malformed)
        : paging.Answer(call, PropertyType.All, DatasetJson.Write);

    internal async Task<IResult> ListAsync(Call call)
        => await ListAsync<RecordType>(call, type => [type], DatasetJson.Write, datasetId: null);

    internal async Task<IResult> CreateAsync(Call call)
    {
        var change = DatasetParameters.ReadNewDataset(call.Parameters);
        var teamId = call.Parameters.Id("teamId") ?? await OnlyTeamAsync(call);
        if (teamId is null && !call.Parameters.Has("teamId"))
            call.Parameters.Malformed("teamId", "is required of a key that has not exactly one team");
        var once = call.Once("v1/datasets");
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);

        return Answer(
            call,
            await writer.CreateAsync(call.Caller, change with { TeamId = teamId }, reading: null, once, call.Cancelled),
            made => call.Ok(json => DatasetJson.Write(json, made.Value), made.Value.SchemaVersion, made.Replayed));
    }

    internal async Task<IResult> GetAsync(Call call, long id)
        => Answer(call, await catalog.GetAsync(call.Caller, id, call.Cancelled), type => Ok(call, type));

    internal async Task<IResult> UpdateAsync(Call call, long id)
        => await ChangeAsync(call, id, DatasetParameters.ReadDataset(call.Parameters), type => Ok(call, type));

    internal async Task<IResult> DeleteAsync(Call call, long id)
    {
        var ifMatch = call.IfMatch();
        var problem = call.Parameters.Problem ?? await writer.DeleteAsync(call.Caller, id, ifMatch, call.Cancelled);
        return problem is null ? call.NoContent() : call.Refuse(DatasetParameters.InOwnWords(problem));
    }

    internal async Task<IResult> ListStatesAsync(Call call)
        => await ListAsync(
            call,
            type => type.States.Select(state => new DatasetPart<RecordState>(type, state)),
            (json, state) => DatasetJson.Write(json, state.Part, state.Type),
            call.Parameters.Id("datasetId"));

    internal async Task<IResult> CreateStateAsync(Call call)
    {
        var datasetId = TracyParameters.RequiredReference(call.Parameters, "dataset");
        var change = new RecordTypeChange { Dataset = new DatasetChange { States = [DatasetParameters.ReadNewState(call.Parameters)] } };
        return await ExtendAsync(
            call,
            datasetId,
            change,
            "v1/states",
            type => type.States.Select(state => state.IdIn(type.Id)),
            (type, id) => Ok(call, new DatasetPart<RecordState>(type, type.States.First(state => state.IdIn(type.Id) == id))));
    }

    internal async Task<IResult> GetStateAsync(Call call, long id)
        => Answer(call, await FindStateAsync(call, id), state => Ok(call, state));

    internal async Task<IResult> UpdateStateAsync(Call call, long id)
    {
        if (!(await FindStateAsync(call, id)).Try(out var found, out var problem)) return call.Refuse(problem);
        var change = new RecordTypeChange { Dataset = new DatasetChange { States = [DatasetParameters.ReadState(call.Parameters, id)] } };
        return await ChangeAsync(
            call, found.Type.Id, change, type => Ok(call, new DatasetPart<RecordState>(type, type.States.First(state => state.IdIn(type.Id) == id))));
    }

    internal async Task<IResult> DeleteStateAsync(Call call, long id)
    {
        if (!(await FindStateAsync(call, id)).Try(out var found, out var problem)) return call.Refuse(problem);
        var change = new RecordTypeChange { Dataset = new DatasetChange { StateIdToDelete = id } };
        return await ChangeAsync(call, found.Type.Id, change, _ => call.NoContent());
    }

    internal async Task<IResult> ListPropertiesAsync(Call call)
        => await ListAsync(
            call,
            type => DatasetJson.Ordered(type).Select(field => new DatasetPart<RecordField>(type, field)),
            (json, property) => DatasetJson.Write(json, property.Part, property.Type),
            call.Parameters.Id("datasetId"));

    internal async Task<IResult> CreatePropertyAsync(Call call)
    {
        var datasetId = TracyParameters.RequiredReference(call.Parameters, "dataset");
        return await ExtendAsync(
            call,
            datasetId,
            new RecordTypeChange { Fields = [DatasetParameters.ReadNewProperty(call.Parameters)] },
            "v1/properties",
            type => type.Fields.Select(field => field.Id),
            (type, id) => Ok(call, new DatasetPart<RecordField>(type, type.Field(id)!)));
    }

    internal async Task<IResult> GetPropertyAsync(Call call, long id)
        => Answer(call, await FindPropertyAsync(call, id, "Property", id), property => Ok(call, property));

    internal async Task<IResult> UpdatePropertyAsync(Call call, long id)
    {
        if (!(await FindPropertyAsync(call, id, "Property", id)).Try(out var found, out var problem)) return call.Refuse(problem);
        var change = new RecordTypeChange { Fields = [DatasetParameters.ReadProperty(call.Parameters, id)] };
        return await ChangeAsync(call, found.Type.Id, change, type => Ok(call, new DatasetPart<RecordField>(type, type.Field(id)!)));
    }

    internal async Task<IResult> DeletePropertyAsync(Call call, long id)
    {
        if (!(await FindPropertyAsync(call, id, "Property", id)).Try(out var found, out var problem)) return call.Refuse(problem);
        return await ChangeAsync(call, found.Type.Id, new RecordTypeChange { FieldIdsToDelete = [id] }, _ => call.NoContent());
    }

    internal async Task<IResult> ListOptionsAsync(Call call)
    {
        var propertyId = call.Parameters.Id("propertyId");
        return await ListAsync(
            call,
            type => DatasetJson.Ordered(type)
                .Where(field => field.PropertyType.HasOptions && (propertyId is null || field.Id == propertyId))
                .SelectMany(field => field.Options.Select(option => (Field: field, Option: option))),
            (json, each) => DatasetJson.Write(json, each.Option, each.Option.IdIn(each.Field.Id), each.Field),
            call.Parameters.Id("datasetId"));
    }

    internal async Task<IResult> CreateOptionAsync(Call call)
    {
        var propertyId = TracyParameters.RequiredReference(call.Parameters, "property");
        var option = DatasetParameters.ReadNewOption(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        if (!(await FindPropertyAsync(call, propertyId, "Property", propertyId)).Try(out var found, out _))
            return call.Refuse(Problem.Malformed("Property not found", $"property.id: there is no property {propertyId}"));

        return await ExtendAsync(
            call,
            found.Type.Id,
            OptionsOf(propertyId, new PropertyChange { Options = [option] }),
            "v1/options",
            type => OptionIds(type, propertyId),
            (type, id) => Ok(call, type, propertyId, id));
    }

    internal async Task<IResult> GetOptionAsync(Call call, long id)
        => Answer(call, await FindOptionAsync(call, id), found => Ok(call, found.Type, found.Part.Id, id));

    internal async Task<IResult> UpdateOptionAsync(Call call, long id)
    {
        if (!(await FindOptionAsync(call, id)).Try(out var found, out var problem)) return call.Refuse(problem);
        var change = OptionsOf(found.Part.Id, new PropertyChange { Options = [DatasetParameters.ReadOption(call.Parameters, id)] });
        return await ChangeAsync(call, found.Type.Id, change, type => Ok(call, type, found.Part.Id, id));
    }

    internal async Task<IResult> DeleteOptionAsync(Call call, long id)
    {
        if (!(await FindOptionAsync(call, id)).Try(out var found, out var problem)) return call.Refuse(problem);
        return await ChangeAsync(call, found.Type.Id, OptionsOf(found.Part.Id, new PropertyChange { OptionIdToDelete = id }), _ => call.NoContent());
    }

    /// <summary>The team that a dataset goes to where the request names none: the caller's, if there is one only.</summary>
    private async Task<long?> OnlyTeamAsync(Call call)
        => await teams.ListAsync(call.Caller, call.Cancelled) is [var team] ? team.Id : null;

    private async Task<IResult> ListAsync<T>(Call call, Func<RecordType, IEnumerable<T>> partsOf, Action<System.Text.Json.Utf8JsonWriter, T> write, long? datasetId)
    {
        var paging = TracyPaging.Read(call.Parameters);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        var types = await catalog.ListAsync(call.Caller, teamId: null, call.Cancelled);
        return paging.Answer(call, [.. types.Where(type => datasetId is null || type.Id == datasetId).SelectMany(partsOf)], write);
    }

    private async Task<IResult> ExtendAsync(
        Call call, long datasetId, RecordTypeChange change, string endpoint, Func<RecordType, IEnumerable<long>> partsOf, Func<RecordType, long, IResult> answer)
    {
        var once = call.Once($"{endpoint}/{datasetId}");
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        var extended = await writer.ExtendAsync(call.Caller, datasetId, change, reading: null, partsOf, once, call.Cancelled);
        if (extended.Problem is { Kind: ProblemKind.NotFound })
            return call.Refuse(Problem.Malformed("Dataset not found", $"dataset.id: there is no dataset {datasetId}"));
        if (!extended.Try(out var made, out var problem)) return call.Refuse(DatasetParameters.InOwnWords(problem));
        if (made.Replayed) call.Request.HttpContext.Response.Headers[IdempotencyKeyHeader.Replayed] = "true";
        return answer(made.Value.Type, made.Value.PartId);
    }

    private async Task<IResult> ChangeAsync(Call call, long datasetId, RecordTypeChange change, Func<RecordType, IResult> answer)
    {
        var ifMatch = call.IfMatch();
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return Answer(call, await writer.UpdateAsync(call.Caller, datasetId, change, reading: null, ifMatch, call.Cancelled), answer);
    }

    private async Task<Result<DatasetPart<RecordState>>> FindStateAsync(Call call, long id)
        => (await catalog.GetAsync(call.Caller, PartIds.OwnerOf(id), call.Cancelled)).Value is { } type
            && type.States.FirstOrDefault(state => state.IdIn(type.Id) == id) is { } state
                ? new DatasetPart<RecordState>(type, state)
                : Problem.NotFound("State", $"There is no state {id}");

    private async Task<Result<DatasetPart<RecordField>>> FindPropertyAsync(Call call, long id, string what, long askedId)
        => await catalog.TypeOfFieldAsync(id, call.Cancelled) is { } typeId
            && (await catalog.GetAsync(call.Caller, typeId, call.Cancelled)).Value is { } type
            && type.Field(id) is { IsDefault: false } field
                ? new DatasetPart<RecordField>(type, field)
                : Problem.NotFound(what, $"There is no {what.ToLowerInvariant()} {askedId}");

    private async Task<Result<DatasetPart<RecordField>>> FindOptionAsync(Call call, long id)
        => (await FindPropertyAsync(call, PartIds.OwnerOf(id), "Option", id)).Try(out var found, out var problem)
            ? OptionIds(found.Type, found.Part.Id).Contains(id) ? found : Problem.NotFound("Option", $"There is no option {id}")
            : problem;

    private static IEnumerable<long> OptionIds(RecordType type, long propertyId)
        => type.Field(propertyId) is { PropertyType.HasOptions: true } field ? field.Options.Select(option => option.IdIn(propertyId)) : [];

    private static RecordTypeChange OptionsOf(long propertyId, PropertyChange change)
        => new() { Fields = [new FieldChange("", propertyId, null, null, null) { Property = change }] };

    private static IResult Answer<T>(Call call, Result<T> result, Func<T, IResult> answer)
        => result.Try(out var value, out var problem) ? answer(value) : call.Refuse(DatasetParameters.InOwnWords(problem));

    private static IResult Ok(Call call, RecordType type) => call.Ok(json => DatasetJson.Write(json, type), type.SchemaVersion);

    private static IResult Ok(Call call, DatasetPart<RecordState> state)
        => call.Ok(json => DatasetJson.Write(json, state.Part, state.Type), state.Type.SchemaVersion);

    private static IResult Ok(Call call, DatasetPart<RecordField> property)
        => call.Ok(json => DatasetJson.Write(json, property.Part, property.Type), property.Type.SchemaVersion);

    private static IResult Ok(Call call, RecordType type, long propertyId, long optionId)
    {
        var field = type.Field(propertyId)!;
        return call.Ok(json => DatasetJson.Write(json, field.Options.First(option => option.IdIn(propertyId) == optionId), optionId, field), type.SchemaVersion);
    }
}
