using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases.Around;

/// <summary>The case inputs of teams (cases.md, "case_inputs").</summary>
public sealed class CaseInputEndpoints(Endpoints endpoints, TeamInputs inputs)
{
    private const string All = "api/v1/case_inputs";
    private const string One = All + "/{id:long}";

    private static readonly ThingAnswers Answers = new("case_inputs", Write) { MadeWithin = "team_case_input", FoundWithin = "case_input" };

    private static readonly Dictionary<string, CaseInputType> Types =
        Enum.GetValues<CaseInputType>().ToDictionary(type => type.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, Validation> Validations =
        Enum.GetValues<Validation>().ToDictionary(type => type.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    private enum Validation
    {
        None,
        Options,
        Regex,
    }

    /// <summary>Makes a case input.</summary>
    [Function("CaseInputsCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.CreatedAsync(
            call, Read(call.Parameters), (input, once) => inputs.CreateAsync(call.Caller, input, once, call.Cancelled)));

    /// <summary>Lists the fields that are values of a case input.</summary>
    [Function("CaseInputsFields")]
    public Task<IResult> Fields([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One + "/fields")] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => FieldsAsync(call, id));

    /// <summary>Answers a case input.</summary>
    [Function("CaseInputsGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => Answers.FoundAsync(call, () => inputs.GetAsync(call.Caller, id, call.Cancelled)));

    /// <summary>Lists case inputs.</summary>
    [Function("CaseInputsList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request)
        => endpoints.RunAsync(request, RateClass.Default, call =>
        {
            var team = call.Parameters.Id("team_id");
            return Answers.ListedAsync(call, () => inputs.ListAsync(call.Caller, team, call.Cancelled));
        });

    private async Task<IResult> FieldsAsync(Call call, long id)
    {
        var paging = Paging.Read(call.Parameters);
        var style = CaseParameters.ReadStyle(call);
        if (call.Parameters.Problem is { } malformed) return call.Refuse(malformed);
        return call.Answer(await inputs.FieldsAsync(call.Caller, id, paging.Skip, paging.PerPage, call.Cancelled), found => call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("fields"u8);
            foreach (var (caseId, field) in found.Fields) FieldJson.Write(json, caseId, field, found.Input, style, found.TeamId);
            json.WriteEndArray();
            paging.WriteMeta(json, call, found.Total);
            json.WriteEndObject();
        }));
    }

    private static NewCaseInput Read(Parameters parameters)
    {
        parameters.Require("input_type");
        var validation = parameters.Choice("validation_type", Validations) ?? Validation.None;
        if (validation != Validation.None) parameters.Require("validation_options");
        return new NewCaseInput(
            parameters.RequiredId("team_id"),
            parameters.RequiredText("name"),
            parameters.Choice("input_type", Types) ?? CaseInputType.String,
            parameters.Flag("sensitive") ?? false,
            validation == Validation.Options ? Validating(parameters, "options").Texts() ?? [] : null,
            validation == Validation.Regex ? Validating(parameters, "regex").Text() ?? "" : null,
            parameters.Text("group_name"));
    }

    /// <summary>What stands in <c>validation_options</c>: under its own name in an object, as the vendor's samples have it, or bare.</summary>
    private static (Func<IReadOnlyList<string>?> Texts, Func<string?> Text) Validating(Parameters parameters, string member)
    {
        const string name = "validation_options";
        var isObject = parameters.Json(name) is { ValueKind: JsonValueKind.Object };
        if (!isObject) return (() => parameters.Texts(name), () => parameters.Text(name));
        var inner = parameters.Object(name)!;
        inner.Require(member);
        return (() => inner.Texts(member), () => inner.Text(member));
    }

    private static void Write(Utf8JsonWriter json, ThingView view)
    {
        var image = view.Thing.Image;
        json.WriteStartObject();
        json.WriteNumber("id"u8, view.Thing.Id);
        json.WriteString("name"u8, (string)image[CaseRow.Name]);
        json.WriteString("key"u8, (string)image[CaseInputRow.Key]);
        json.WriteString("input_type"u8, CaseInputRow.TypeOf(image).ToString().ToLowerInvariant());
        json.WriteBoolean("sensitive"u8, CaseInputRow.IsSensitive(image));
        FieldJson.WriteValidation(json, image);
        CaseJson.WriteTeam(json, view.Tenant, view.TeamId);
        if (image.GetValueOrDefault(CaseInputRow.Group) is string group)
        {
            json.WriteStartObject("team_case_input_group"u8);
            json.WriteString("name"u8, group);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("team_case_input_group"u8);
        }

        CaseJson.WriteTime(json, "created_at", DateTimeOffset.FromUnixTimeMilliseconds((long)image[CaseRow.Created]));
        CaseJson.WriteTime(json, "updated_at", DateTimeOffset.FromUnixTimeMilliseconds((long)image[CaseRow.Updated]));
        json.WriteEndObject();
    }
}
