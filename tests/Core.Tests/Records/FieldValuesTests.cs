using System.Globalization;
using System.Text;
using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using CsCheck;

namespace Casefile.Core.Tests.Records;

public sealed class FieldValuesTests
{
    [Theory]
    [InlineData("\"x\"", "x")]
    [InlineData("12.50", "12.50")]
    [InlineData("true", "true")]
    [InlineData("\"\"", "")]
    public void Text_takes_scalars_as_their_text(string json, string stored) => Assert.Equal(stored, Read(FieldType.Text, json));

    [Fact]
    public void Text_of_32000_units_is_taken_and_one_more_is_refused_naming_the_way_out()
    {
        Assert.Equal(32_000, ((string)Read(FieldType.Text, Json(new string('x', 32_000)))!).Length);
        Assert.Contains("ARTIFACT", Refusal(FieldType.Text, Json(new string('x', 32_001))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9007199254740992", 9007199254740992d)]
    [InlineData("-9007199254740991", -9007199254740991d)]
    [InlineData("\"12.5\"", 12.5)]
    [InlineData("0.1", 0.1)]
    [InlineData("1e3", 1000d)]
    [InlineData("100000000000000000000", 1e20)]
    [InlineData("-0", 0d)]
    [InlineData("\"007\"", 7d)]
    public void Numbers_within_the_exact_range_are_kept(string json, double stored) => Assert.Equal(stored, Read(FieldType.Number, json));

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("0.1234567890123456")]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    [InlineData("1e99999999999999999999")]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("\"\"")]
    [InlineData("\"1,5\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"0x10\"")]
    [InlineData("\"1.\"")]
    [InlineData("\".5\"")]
    [InlineData("true")]
    [InlineData("[1]")]
    public void Numbers_that_would_change_or_are_none_are_refused(string json) => Refusal(FieldType.Number, json);

    [Fact]
    public void Whatever_has_15_significant_digits_comes_back_as_it_was_sent()
        => Gen.Select(Gen.Long[-999_999_999_999_999, 999_999_999_999_999], Gen.Int[-250, 250]).Sample((digits, exponent) =>
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}");
            var stored = (double)Read(FieldType.Number, text)!;
            var back = stored.ToString("E14", CultureInfo.InvariantCulture);
            return digits == 0 ? stored == 0 : back == Normal(digits, exponent);
        });

    [Fact]
    public void Every_integer_within_2_to_the_53_comes_back_as_it_was_sent()
        => Gen.Long[-(1L << 53), 1L << 53].Sample(integer => (double)Read(FieldType.Number, integer.ToString(CultureInfo.InvariantCulture))! == integer);

    [Theory]
    [InlineData("2026-08-13T19:08:15-04:00", "2026-08-13 19:08:15")]
    [InlineData("2026-08-13T19:08:15.999Z", "2026-08-13 19:08:15")]
    [InlineData("2026-08-13 19:08:15", "2026-08-13 19:08:15")]
    [InlineData("2026-08-13", "2026-08-13 00:00:00")]
    [InlineData("2026-08-13T19:08+0530", "2026-08-13 19:08:00")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01 00:00:00")]
    public void A_timestamp_loses_its_offset_and_its_fraction(string text, string stored) => Assert.Equal(stored, Read(FieldType.Timestamp, Json(text)));

    [Theory]
    [InlineData("2026-02-30")]
    [InlineData("2026-08-13T24:00:00")]
    [InlineData("2026-08-13T19:08:60")]
    [InlineData("13.08.2026")]
    [InlineData("2026-08-13T19:08:15+99:99")]
    [InlineData("2026-08-13T19:08:15.Z")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void What_is_no_date_is_refused(string text) => Refusal(FieldType.Timestamp, Json(text));

    [Fact]
    public void Any_second_is_kept_whatever_offset_it_is_sent_with()
        => Gen.Select(Gen.DateTime[new DateTime(1, 1, 2), new DateTime(9999, 12, 30)], Gen.Int[-23, 23]).Sample((local, hours) =>
        {
            var text = local.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + (hours < 0 ? "-" : "+") + Math.Abs(hours).ToString("D2", CultureInfo.InvariantCulture) + ":30";
            return (string)Read(FieldType.Timestamp, Json(text))! == local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        });

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"false\"", false)]
    public void A_boolean_may_be_a_string(string json, bool stored) => Assert.Equal(stored, Read(FieldType.Boolean, json));

    [Theory]
    [InlineData("1")]
    [InlineData("\"yes\"")]
    [InlineData("\"True\"")]
    public void Nothing_else_is_a_boolean(string json) => Refusal(FieldType.Boolean, json);

    [Fact]
    public void An_enum_takes_its_fixed_values_only()
    {
        Assert.Equal("High", Read(FieldType.TextEnum, "\"High\""));
        Refusal(FieldType.TextEnum, "\"high\"");
    }

    [Fact]
    public void A_lone_surrogate_is_refused_in_every_type_of_text()
    {
        foreach (var type in (FieldType[])[FieldType.Text, FieldType.TextEnum, FieldType.Artifact, FieldType.Json])
            Refusal(type, "\"\\ud800\"");
    }

    [Fact]
    public void An_artifact_is_counted_in_utf8_and_an_empty_one_is_no_value()
    {
        Assert.Equal("é", Encoding.UTF8.GetString(((LargeValue)Read(FieldType.Artifact, "\"é\"")!).Utf8.Span));
        Assert.Null(Read(FieldType.Artifact, "\"\""));
        Refusal(FieldType.Artifact, "12");
        Refusal(FieldType.Artifact, Json(new string('é', 26_214_401)));
    }

    [Fact]
    public void Json_is_kept_in_canonical_form_with_its_numbers_as_they_were_written()
        => Assert.Equal(
            """{"a":[1,{"x":null,"y":"é"}],"b":12345678901234567890.10}""",
            Encoding.UTF8.GetString(((LargeValue)Read(FieldType.Json, """ { "b" : 12345678901234567890.10, "a" : [ 1, { "y":"\u00e9", "x":null } ] } """)!).Utf8.Span));

    [Fact]
    public void Null_is_empty_in_every_type()
    {
        foreach (var type in Enum.GetValues<FieldType>()) Assert.Null(Read(type, "null"));
    }

    private static object? Read(FieldType type, string json)
    {
        var faults = new List<Fault>();
        var value = FieldValues.Read(Field(type), JsonDocument.Parse(json).RootElement, "field_values[0].value", faults);
        Assert.Empty(faults);
        return value;
    }

    private static string Refusal(FieldType type, string json)
    {
        var faults = new List<Fault>();
        Assert.Null(FieldValues.Read(Field(type), JsonDocument.Parse(json).RootElement, "field_values[0].value", faults));
        var fault = Assert.Single(faults);
        Assert.StartsWith("field_values[0].value: ", fault.Details, StringComparison.Ordinal);
        return fault.Details!;
    }

    private static RecordField Field(FieldType type) => new(5, "field", type, type == FieldType.TextEnum ? ["High", "Low"] : []);

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static string Normal(long digits, int exponent)
    {
        var text = Math.Abs(digits).ToString(CultureInfo.InvariantCulture);
        var power = text.Length - 1 + exponent;
        var fraction = text[1..].PadRight(14, '0');
        return $"{(digits < 0 ? "-" : "")}{text[0]}.{fraction}E{(power < 0 ? '-' : '+')}{Math.Abs(power):D3}";
    }
}
