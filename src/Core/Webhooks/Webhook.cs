using Casefile.Core.Cases;
using Casefile.Core.Partitions;

namespace Casefile.Core.Webhooks;

/// <summary>Where a team is told what happens to its cases.</summary>
/// <param name="Id">Its id, of the sequence of everything around cases.</param>
/// <param name="TeamId">The team.</param>
/// <param name="Name">1..255 characters.</param>
/// <param name="Url">Where deliveries go.</param>
/// <param name="ActivityTypes">Which activities are delivered (<see cref="ActivityType"/>); empty for all.</param>
/// <param name="Enabled">Whether anything is.</param>
/// <param name="DisabledReason">Why the service switched it off, or null.</param>
/// <param name="Host">Scheme and host that links to cases begin with: those of the request that made it.</param>
/// <param name="Since">Commits of the cases after this version are delivered.</param>
/// <param name="Sealed">The secret as it is kept (<see cref="WebhookSecret"/>).</param>
/// <param name="Created">When it was made.</param>
/// <param name="Updated">When it was last changed.</param>
/// <param name="Revision">How often it has been written: its ETag.</param>
public sealed record Webhook(
    long Id,
    long TeamId,
    string Name,
    Uri Url,
    IReadOnlyList<string> ActivityTypes,
    bool Enabled,
    string? DisabledReason,
    string Host,
    long Since,
    ReadOnlyMemory<byte> Sealed,
    DateTimeOffset Created,
    DateTimeOffset Updated,
    long Revision)
{
    /// <summary>Begins the row of a webhook in the partition of the team's cases: <c>hook-{id:D19}</c>.</summary>
    internal const string Prefix = "hook-";

    private const string UrlProperty = "url";
    private const string Types = "types";
    private const string EnabledProperty = "enabled";
    private const string Reason = "reason";
    private const string HostProperty = "host";
    private const string SinceProperty = "since";
    private const string Secret = "secret";

    /// <summary>Whether it is told of an activity of this type in the commit of this version.</summary>
    internal bool Takes(long version, string activityType)
        => Enabled && version > Since && (ActivityTypes.Count == 0 || ActivityTypes.Contains(activityType, StringComparer.Ordinal));

    internal static string Key(long id) => Prefix + RowKeys.Number(id);

    internal Dictionary<string, object> Encode()
    {
        var image = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [CaseRow.Name] = Name,
            [UrlProperty] = Url.AbsoluteUri,
            [EnabledProperty] = Enabled,
            [HostProperty] = Host,
            [SinceProperty] = Since,
            [Secret] = Sealed.ToArray(),
            [CaseRow.Created] = Created.ToUnixTimeMilliseconds(),
            [CaseRow.Updated] = Updated.ToUnixTimeMilliseconds(),
            [CaseRow.Revision] = Revision,
        };
        if (ActivityTypes.Count > 0) image[Types] = string.Join(',', ActivityTypes);
        if (DisabledReason is not null) image[Reason] = DisabledReason;
        return image;
    }

    internal static Webhook Read(long teamId, string rowKey, IReadOnlyDictionary<string, object> image) => new(
        RowKeys.LastNumber(rowKey),
        teamId,
        (string)image[CaseRow.Name],
        new Uri((string)image[UrlProperty]),
        image.GetValueOrDefault(Types) is string types ? types.Split(',') : [],
        image.GetValueOrDefault(EnabledProperty) is true,
        image.GetValueOrDefault(Reason) as string,
        (string)image[HostProperty],
        (long)image[SinceProperty],
        (byte[])image[Secret],
        DateTimeOffset.FromUnixTimeMilliseconds((long)image[CaseRow.Created]),
        DateTimeOffset.FromUnixTimeMilliseconds((long)image[CaseRow.Updated]),
        (long)image[CaseRow.Revision]);
}
