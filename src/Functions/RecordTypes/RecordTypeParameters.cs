using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;

namespace Casefile.Functions.RecordTypes;

/// <summary>Reads what a request says of a record type.</summary>
internal static class RecordTypeParameters
{
    public static RecordTypeChange ReadCreate(Parameters parameters)
    {
        parameters.Require("name");
        parameters.Require("team_id");
        parameters.Require("fields");
        return Read(parameters) with { Fields = ReadFields(parameters, withIds: false) };
    }

    public static RecordTypeChange ReadUpdate(Parameters parameters) => Read(parameters) with
    {
        Fields = ReadFields(parameters, withIds: true),
        FieldIdsToDelete = parameters.Ids("field_ids_to_delete") ?? [],
    };

    private static RecordTypeChange Read(Parameters parameters) => new()
    {
        Name = parameters.Text("name"),
        Description = Setting(parameters, "description", parameters.Text("description")),
        TeamId = parameters.Id("team_id"),
        Editable = parameters.Flag("editable"),
        TtlDays = Setting(parameters, "ttl_days", parameters.PositiveNumber("ttl_days")),
        Retention = Setting(parameters, "retention_column_name", parameters.Choice<RetentionColumn>("retention_column_name")),
        OnLimit = parameters.Choice<LimitBehaviour>("on_limit_reached"),
        MaxRecords = Setting(parameters, "max_records_limit", parameters.PositiveInteger("max_records_limit")),
    };

    private static FieldChange[] ReadFields(Parameters parameters, bool withIds)
        => [.. (parameters.Objects("fields") ?? []).Select(field => ReadField(field, withIds))];

    private static FieldChange ReadField(ParameterObject field, bool withIds)
    {
        var id = withIds ? field.Id("id") : null;
        if (!withIds || !field.Has("id"))
        {
            field.Require("name");
            field.Require("result_type");
        }

        return new FieldChange(field.Place(""), id, field.Text("name"), field.Choice<FieldType>("result_type"), field.Texts("fixed_values"));
    }

    private static Setting<T> Setting<T>(Parameters parameters, string name, T value)
        => new(value, parameters.Has(name) || parameters.IsNull(name));
}
