using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Casefile.Core.Records;

/// <summary>
/// The references of a record as its row keeps them: a JSON array of arrays, because 200 of them have to fit into one property of
/// 32 Ki UTF-16 units.
/// </summary>
public static class ArtifactReferences
{
    /// <summary>The text to store, or null without any.</summary>
    public static string? Encode(IReadOnlyCollection<ArtifactReference> references)
    {
        if (references.Count == 0) return null;

        var buffer = new ArrayBufferWriter<byte>(references.Count * 160);
        using (var json = new Utf8JsonWriter(buffer, JsonText.Compact))
        {
            json.WriteStartArray();
            foreach (var reference in references)
            {
                json.WriteStartArray();
                json.WriteNumberValue(reference.Id);
                json.WriteNumberValue(reference.FieldId);
                json.WriteStringValue(reference.Blob);
                json.WriteNumberValue(reference.Bytes);
                json.WriteBase64StringValue(Convert.FromHexString(reference.Sha256));
                json.WriteNumberValue(reference.Gzip ? 1 : 0);
                json.WriteNumberValue(reference.Created);
                json.WriteNumberValue(reference.Updated - reference.Created);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The references in a stored text; none in null.</summary>
    public static IReadOnlyList<ArtifactReference> Decode(string? text)
    {
        if (text is null) return [];
        using var json = JsonDocument.Parse(text);
        var references = new List<ArtifactReference>(json.RootElement.GetArrayLength());
        foreach (var each in json.RootElement.EnumerateArray())
        {
            var created = each[6].GetInt64();
            references.Add(new ArtifactReference(
                each[0].GetInt64(),
                each[1].GetInt64(),
                each[2].GetString()!,
                each[3].GetInt64(),
                Convert.ToHexStringLower(each[4].GetBytesFromBase64()),
                each[5].GetInt32() == 1,
                created,
                created + each[7].GetInt64()));
        }

        return references;
    }
}
