using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Http;

/// <summary>Entity tags: a resource's version in quotes (RFC 9110, section 8.8.3).</summary>
internal static class EntityTags
{
    /// <summary>The tag of a version.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>
    /// The versions that <c>If-Match</c> accepts: null without the header or with <c>*</c>, which whatever exists satisfies. Weak tags and
    /// tags of another making match nothing, so the list may be empty.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="faults">Gets a fault when the header cannot be read.</param>
    public static IReadOnlyList<long>? Expected(HttpRequest request, ParameterFaults faults)
    {
        string[] header = [.. request.Headers.IfMatch.OfType<string>()];
        if (header.Length == 0) return null;
        if (!EntityTagHeaderValue.TryParseStrictList(header, out var tags))
        {
            faults.Malformed("Header is invalid", "if-match: must be * or a list of quoted entity tags");
            return null;
        }

        if (tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any))) return null;
        var versions = new List<long>(tags.Count);
        foreach (var tag in tags)
        {
            if (!tag.IsWeak && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                versions.Add(version);
        }

        return versions;
    }

    /// <summary>Whether a reader has this version already, by its <c>If-None-Match</c>.</summary>
    public static bool IsFresh(HttpRequest request, string etag)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return false;
        string[] header = [.. request.Headers.IfNoneMatch.OfType<string>()];
        if (header.Length == 0 || !EntityTagHeaderValue.TryParseList(header, out var tags)) return false;
        var current = new EntityTagHeaderValue(etag);
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: false));
    }
}
