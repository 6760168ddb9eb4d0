using System.Text;
using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>JSON objects as text of a row: compact, their members in the order given.</summary>
internal static class JsonMembers
{
    /// <summary>The text of an object.</summary>
    public static string Text(JsonElement value) => Write(value.EnumerateObject());

    /// <summary>The text of an object with these members.</summary>
    public static string Write(IEnumerable<JsonProperty> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonText.Compact))
        {
            json.WriteStartObject();
            foreach (var member in members) member.WriteTo(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
