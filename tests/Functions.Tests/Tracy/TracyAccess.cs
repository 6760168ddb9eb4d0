using System.Net;
using Casefile.Functions.Tests.Tenancy;
using static Casefile.Functions.Tests.Tenancy.AccessRule;

namespace Casefile.Functions.Tests.Tracy;

/// <summary>Who may call the endpoints of Tracy's door.</summary>
internal static class TracyAccess
{
    /// <summary>The rules by the functions' names.</summary>
    public static readonly IReadOnlyDictionary<string, AccessRule> Rules = new Dictionary<string, AccessRule>
    {
        ["DatasetsCreate"] = new(Needs.Admin, team => At("/v1/datasets", $$"""{"name":"{{team.Word}} set","teamId":{{team.Id}}}""")),
        ["DatasetsDelete"] = new(Needs.Admin, async team => ($"/v1/datasets/{await team.TypeAsync()}", null)),
        ["DatasetsGet"] = new(Needs.Viewer, team => At($"/v1/datasets/{team.Type}")),
        ["DatasetsList"] = new(Needs.NothingToList, _ => At("/v1/datasets")),
        ["DatasetsUpdate"] = new(Needs.Admin, team => At($"/v1/datasets/{team.Type}", $$"""{"path":"{{team.Word}}"}""")),
        ["OptionsCreate"] = new(Needs.Admin, async team => ("/v1/options", $$"""{"property":{"id":{{await team.ChoiceAsync()}}},"text":"{{team.Word}} {{Guid.NewGuid()}}"}"""))
        {
            Missing = HttpStatusCode.BadRequest,
        },
        ["OptionsDelete"] = new(Needs.Admin, async team => ($"/v1/options/{await team.OptionAsync()}", null)),
        ["OptionsGet"] = new(Needs.Viewer, async team => ($"/v1/options/{await team.OptionAsync()}", null)),
        ["OptionsList"] = new(Needs.NothingToList, _ => At("/v1/options")),
        ["OptionsUpdate"] = new(Needs.Admin, async team => ($"/v1/options/{await team.OptionAsync()}", """{"color":1}""")),
        ["PropertiesCreate"] = new(Needs.Admin, team => At("/v1/properties", $$"""{"dataset":{"id":{{team.Type}}},"name":"{{team.Word}} {{Guid.NewGuid()}}","propertyType":{"id":"text"} }"""))
        {
            Missing = HttpStatusCode.BadRequest,
        },
        ["PropertiesDelete"] = new(Needs.Admin, async team => ($"/v1/properties/{await team.ChoiceAsync()}", null)),
        ["PropertiesGet"] = new(Needs.Viewer, team => At($"/v1/properties/{team.Text}")),
        ["PropertiesList"] = new(Needs.NothingToList, _ => At("/v1/properties")),
        ["PropertiesUpdate"] = new(Needs.Admin, team => At($"/v1/properties/{team.Text}", """{"isUsedAsTitle":true}""")),
        ["PropertyTypesList"] = new(Needs.AnyKey, _ => At("/v1/property-types")),
        ["StatesCreate"] = new(Needs.Admin, async team => ("/v1/states", $$"""{"dataset":{"id":{{await team.TypeAsync()}}},"name":"{{team.Word}} state"}"""))
        {
            Missing = HttpStatusCode.BadRequest,
        },
        ["StatesDelete"] = new(Needs.Admin, async team => ($"/v1/states/{await team.StateAsync()}", null)),
        ["StatesGet"] = new(Needs.Viewer, async team => ($"/v1/states/{await team.StateAsync()}", null)),
        ["StatesList"] = new(Needs.NothingToList, _ => At("/v1/states")),
        ["StatesUpdate"] = new(Needs.Admin, async team => ($"/v1/states/{await team.StateAsync()}", """{"color":1}""")),
        ["TracyEventsList"] = new(Needs.Viewer, async team => ($"/v1/events?recordId={await team.RecordAsync()}", null)) { Missing = HttpStatusCode.BadRequest },
        ["TracyHealth"] = new(Needs.Nothing, _ => At("/v1/health")),
        ["TracyRecordsCreate"] = new(Needs.Creator, team => At("/v1/records", team.DatasetRecordBody())) { Missing = HttpStatusCode.BadRequest },
        ["TracyRecordsDelete"] = new(Needs.Editor, async team => ($"/v1/records/{await team.RecordAsync()}", null)),
        ["TracyRecordsGet"] = new(Needs.Viewer, async team => ($"/v1/records/{await team.RecordAsync()}", null)),
        ["TracyRecordsList"] = new(Needs.Viewer, team => At($"/v1/records?datasetId={team.Type}")) { Missing = HttpStatusCode.BadRequest },
        ["TracyRecordsUpdate"] = new(Needs.Editor, async team => ($"/v1/records/{await team.RecordAsync()}", """{"archived":"2026-01-02T03:04:05Z"}""")),
    };
}
