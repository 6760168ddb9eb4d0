using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Casefile.Core.Replicas;

namespace Casefile.Core.Records;

/// <summary>
/// A place in a list as an opaque text (common.md, "Paging by cursor"). It is signed together with the question that it belongs to, so that a
/// changed one, and one of another list, is told from ours.
/// </summary>
/// <param name="secret">What signs; the same in all processes of a deployment.</param>
public sealed class RecordCursor(byte[] secret)
{
    private const int SignatureBytes = 16;

    /// <summary>The text for a position.</summary>
    /// <param name="position">The last record of a page.</param>
    /// <param name="question">What the list was asked, in any form that is the same for the same list.</param>
    public string Write(RecordPosition position, string question)
    {
        var place = JsonSerializer.SerializeToUtf8Bytes<object?[]>([position.Id, position.Value, position.Value is long]);
        return Base64Url.EncodeToString([.. Sign(place, question), .. place]);
    }

    /// <summary>The position in a text, or null when it is not one of ours for this question.</summary>
    public RecordPosition? Read(string text, string question)
    {
        if (text.Length > 200_000 || !Base64Url.IsValid(text)) return null;
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= SignatureBytes) return null;

        var place = bytes.AsSpan(SignatureBytes).ToArray();
        if (!CryptographicOperations.FixedTimeEquals(Sign(place, question), bytes.AsSpan(0, SignatureBytes))) return null;
        using var json = JsonDocument.Parse(place);
        var value = json.RootElement[1];
        return new RecordPosition(
            value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number when json.RootElement[2].GetBoolean() => value.GetInt64(),
                JsonValueKind.Number => value.GetDouble(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => (object?)null,
            },
            json.RootElement[0].GetInt64());
    }

    private byte[] Sign(byte[] place, string question)
        => HMACSHA256.HashData(secret, (byte[])[.. place, 0, .. Encoding.UTF8.GetBytes(question)])[..SignatureBytes];
}
