using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Fields of a case (cases.md, "fields").</summary>
public sealed class CaseFieldEndpoints(Endpoints endpoints, CaseFields fields)
{
    private const string All = "api/v2/cases/{id:long}/fields";
    private const string One = All + "/{fieldId:long}";

    private static readonly PartAnswers Answers = new("fields", (json, view, style) => FieldJson.Write(json, view.Part, view.Things, style, view.TeamId)) { Within = "field" };

    /// <summary>Gives a case a field.</summary>
    [Function("CaseFieldsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.CreatedAsync(
            call, new NewField(call.Parameters.RequiredId("input_id"), ReadValue(call)), (field, once) => fields.CreateAsync(call.Caller, id, field, once, call.Cancelled)));

    /// <summary>Takes a field off a case.</summary>
    [Function("CaseFieldsDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long fieldId)
        => endpoints.RunAsync(request, RateClass.Default, call => PartAnswers.DeletedAsync(
            call, guard => fields.DeleteAsync(call.Caller, id, fieldId, guard, call.Cancelled)));

    /// <summary>Answers a field.</summary>
    [Function("CaseFieldsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long fieldId)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.FoundAsync(call, () => fields.GetAsync(call.Caller, id, fieldId, call.Cancelled)));

    /// <summary>Lists the fields of a case.</summary>
    [Function("CaseFieldsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.ListedAsync(call, () => fields.ListAsync(call.Caller, id, call.Cancelled)));

    /// <summary>Changes the value of a field.</summary>
    [Function("CaseFieldsUpdate")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = One)] HttpRequest request, long id, long fieldId)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.ChangedAsync(
            call, ReadValue(call), (value, guard) => fields.UpdateAsync(call.Caller, id, fieldId, value, guard, call.Cancelled)));

    private static string ReadValue(Call call)
    {
        call.Parameters.Require("value");
        return CaseParameters.ReadFieldValue(call.Parameters, "value") ?? "";
    }
}
