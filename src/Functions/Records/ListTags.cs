using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Casefile.Core.Records;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records;

/// <summary>
/// Entity tags of lists: <c>"version.type.until.signature"</c>. They are strong, since the same tag of the same address stands for the same bytes: the signature covers the address,
/// what the answer hangs on, and the build that wrote it. Being signed, a tag also proves that the question was answered once, so that it can be told whether it still
/// would be without asking the question again, by any process of a deployment.
/// </summary>
/// <param name="secret">What signs; the same in all processes of a deployment.</param>
internal sealed class ListTags(byte[] secret)
{
    private const int SignatureBytes = 16;

    /// <summary>Another build may write the same list in other bytes.</summary>
    private static readonly string Build = typeof(ListTags).Module.ModuleVersionId.ToString("N");

    /// <summary>The tag with its quotes.</summary>
    public string Of(in Address address, ListGround ground)
    {
        var content = string.Create(CultureInfo.InvariantCulture, $"{ground.Version}.{ground.RecordTypeId}.{ground.Until?.ToUnixTimeMilliseconds() ?? 0}");
        return $"\"{content}.{Sign(content, address, ground.Cases)}\"";
    }

    /// <summary>
    /// The ground that a tag of this address was given on; null where it is not one of ours, and where the page had cases, of which the tag does not tell.
    /// </summary>
    /// <param name="address">The request's address.</param>
    /// <param name="tag">What <c>If-None-Match</c> says.</param>
    public ListGround? Read(in Address address, string tag)
    {
        var bare = tag.StartsWith("W/", StringComparison.Ordinal) ? tag.AsSpan(2) : tag;
        if (bare is not ['"', .. var text, '"'] || text.LastIndexOf('.') is not (> 0 and var end)) return null;
        var content = text[..end];
        Span<Range> parts = stackalloc Range[4];
        if (content.Split(parts, '.') != 3
            || !long.TryParse(content[parts[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || !long.TryParse(content[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var type)
            || !long.TryParse(content[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out var until)
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(Sign(content.ToString(), address, [])), Encoding.UTF8.GetBytes(text[(end + 1)..].ToString())))
        {
            return null;
        }

        return new ListGround(type, version, until == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(until), []);
    }

    private string Sign(string content, in Address address, IReadOnlyList<ListedCase> cases)
    {
        var signed = new StringBuilder(Build).Append('\n').Append(content).Append('\n').Append(address.ToString());
        foreach (var listed in cases) signed.Append(CultureInfo.InvariantCulture, $"\n{listed.Id}{(listed.IsShown ? '+' : '-')}");
        return Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(signed.ToString())).AsSpan(0, SignatureBytes));
    }
}
