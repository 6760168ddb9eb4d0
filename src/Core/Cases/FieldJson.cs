using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>Fields of cases and the case inputs that they are values of, as answers write them (cases.md, "fields").</summary>
public static class FieldJson
{
    /// <summary>Writes a field: <c>{id, value, case_input}</c>.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="field">The field.</param>
    /// <param name="things">Has the image of its case input.</param>
    /// <param name="style">Who reads it; a sensitive value is shown to those alone who may write in the team.</param>
    /// <param name="teamId">The team.</param>
    public static void Write(
        Utf8JsonWriter json, CasePart field, IReadOnlyDictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>> things, CaseStyle style, long teamId)
    {
        json.WriteStartObject();
        WriteMembers(json, field, things.GetValueOrDefault((CaseRow.InputPrefix, field.Number(FieldRow.Input) ?? 0)), style, teamId);
        json.WriteEndObject();
    }

    /// <summary>Writes a field with the case that it is in: <c>{id, value, case, case_input}</c>.</summary>
    public static void Write(Utf8JsonWriter json, long caseId, CasePart field, CaseThing input, CaseStyle style, long teamId)
    {
        json.WriteStartObject();
        json.WriteStartObject("case"u8);
        json.WriteNumber("id"u8, caseId);
        json.WriteEndObject();
        WriteMembers(json, field, input.Image, style, teamId);
        json.WriteEndObject();
    }

    /// <summary>Writes <c>validation_type</c> and <c>validation_options</c> of a case input.</summary>
    public static void WriteValidation(Utf8JsonWriter json, IReadOnlyDictionary<string, object> input)
    {
        var (options, regex) = (CaseInputRow.OptionsOf(input), CaseInputRow.RegexOf(input));
        json.WriteString("validation_type"u8, options is not null ? "options"u8 : regex is not null ? "regex"u8 : "none"u8);
        json.WriteStartObject("validation_options"u8);
        if (options is not null)
        {
            json.WriteStartArray("options"u8);
            foreach (var option in options) json.WriteStringValue(option);
            json.WriteEndArray();
        }
        else if (regex is not null)
        {
            json.WriteString("regex"u8, regex);
        }

        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, CasePart field, IReadOnlyDictionary<string, object>? input, CaseStyle style, long teamId)
    {
        var hidden = (input is null || CaseInputRow.IsSensitive(input)) && !style.ShowsSensitive(teamId);
        json.WriteNumber("id"u8, field.Id);
        json.WriteString("value"u8, hidden ? CaseStyle.Hidden : field.LongText(FieldRow.Value));
        if (input is null)
        {
            json.WriteNull("case_input"u8);
            return;
        }

        json.WriteStartObject("case_input"u8);
        json.WriteNumber("id"u8, field.Number(FieldRow.Input) ?? 0);
        json.WriteString("key"u8, (string)input[CaseInputRow.Key]);
        json.WriteString("name"u8, (string)input[CaseRow.Name]);
        WriteValidation(json, input);
        json.WriteEndObject();
    }
}
