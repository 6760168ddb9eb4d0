using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tracy;
using Casefile.Functions.Http;

namespace Casefile.Functions.Tracy;

/// <summary>Reads what a request says of a record of a dataset (tracy.md, "Semantics"). What is wrong is a fault of the parameters.</summary>
internal static class TracyParameters
{
    private const int MostMetadatums = 100;

    private static readonly ValueMember[] Members = Enum.GetValues<ValueMember>();

    private static readonly string[] DatumMembers = ["id", "record", "property", .. Members.Select(DatumValues.NameOf)];

    private static readonly string[] RecordMembers =
        ["id", "dataset", "state", "archived", "removed", "datums", "metadatums", "events", "transitions", "original"];

    /// <summary>The content of a record.</summary>
    public static DatasetContent ReadContent(Parameters parameters)
    {
        parameters.Only(RecordMembers);
        return new DatasetContent
        {
            Datums = [.. (parameters.Objects("datums") ?? []).Select(ReadDatum)],
            StateId = Reference(parameters, "state"),
            Archived = new Setting<DateTimeOffset?>(parameters.Instant("archived"), parameters.Has("archived") || parameters.IsNull("archived")),
            Metadatums = ReadMetadatums(parameters),
        };
    }

    /// <summary>The id in a nested object, whose other members count for nothing; null when absent.</summary>
    public static long? Reference(ParameterObject parameters, string name)
        => parameters.Object(name) is { } reference && reference.RequiredId("id") is > 0 and var id ? id : null;

    /// <summary>As <see cref="Reference"/>, and a fault when absent; 0 when absent or wrong.</summary>
    public static long RequiredReference(ParameterObject parameters, string name)
    {
        parameters.Require(name);
        return Reference(parameters, name) ?? 0;
    }

    private static DatumInput ReadDatum(ParameterObject datum)
    {
        datum.Only(DatumMembers);
        var propertyId = RequiredReference(datum, "property");
        var given = Members.Where(member => datum.Has(DatumValues.NameOf(member))).ToArray();
        if (given.Length > 1) datum.Malformed(DatumValues.NameOf(given[1]), $"{DatumValues.NameOf(given[0])} is there already, and a datum has one value");

        ValueMember? value = given.Length == 0 ? null : given[0];
        var place = datum.Place("").TrimEnd('.');
        return value is ValueMember.Option or ValueMember.User or ValueMember.Record
            ? new DatumInput(place, propertyId, value, default, Reference(datum, DatumValues.NameOf(value.Value)) ?? 0)
            : new DatumInput(place, propertyId, value, value is { } scalar ? datum.Value(DatumValues.NameOf(scalar))!.Value : default, 0);
    }

    private static IReadOnlyList<Metadatum>? ReadMetadatums(Parameters parameters)
    {
        if (parameters.Objects("metadatums") is not { } given) return null;
        if (given.Count > MostMetadatums) parameters.Malformed("metadatums", $"at most {MostMetadatums}");
        return [.. given.Select(ReadMetadatum)];
    }

    private static Metadatum ReadMetadatum(ParameterObject metadatum)
    {
        metadatum.Only("id", "record", "representation", "recordValue", "decimalValue");
        var representation = RequiredReference(metadatum, "representation");
        var number = metadatum.Number("decimalValue");
        var record = Reference(metadatum, "recordValue");
        if (metadatum.Has("decimalValue") == metadatum.Has("recordValue")) metadatum.Malformed("decimalValue", "or recordValue is required, and not both");
        return new Metadatum(representation, number, record);
    }
}
