using System.Collections.Immutable;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;

namespace Casefile.Core.Tenancy;

/// <summary>The tenant at one version: who there is, which keys there are, and the catalog of record types. Immutable.</summary>
public sealed class TenantSnapshot
{
    internal static readonly TenantSnapshot Empty = new();

    private TenantSnapshot()
    {
    }

    /// <summary>The version of the tenant partition; 0 before there is one.</summary>
    public long Version { get; private init; }

    /// <summary>The teams by id.</summary>
    public ImmutableSortedDictionary<long, Team> Teams { get; private init; } = ImmutableSortedDictionary<long, Team>.Empty;

    /// <summary>The users by id.</summary>
    public ImmutableSortedDictionary<long, User> Users { get; private init; } = ImmutableSortedDictionary<long, User>.Empty;

    /// <summary>The keys by id.</summary>
    public ImmutableSortedDictionary<long, ApiKey> Keys { get; private init; } = ImmutableSortedDictionary<long, ApiKey>.Empty;

    /// <summary>The memberships, by team and user.</summary>
    public ImmutableSortedDictionary<(long TeamId, long UserId), Membership> Members { get; private init; }
        = ImmutableSortedDictionary<(long TeamId, long UserId), Membership>.Empty;

    internal ImmutableSortedDictionary<long, CatalogEntry> Types { get; private init; } = ImmutableSortedDictionary<long, CatalogEntry>.Empty;

    private ImmutableDictionary<string, long> KeysByHash { get; init; } = ImmutableDictionary<string, long>.Empty;

    private ImmutableDictionary<long, long> TypesByField { get; init; } = ImmutableDictionary<long, long>.Empty;

    /// <summary>The record types that can be worked with, by id ascending.</summary>
    public IEnumerable<RecordType> RecordTypes => Types.Values.Where(entry => entry.IsOpen).Select(entry => entry.Type);

    /// <summary>The record type that has this field, or null.</summary>
    public long? TypeOfField(long fieldId) => TypesByField.TryGetValue(fieldId, out var type) ? type : null;

    /// <summary>The members of a team, by user id.</summary>
    public IEnumerable<Membership> MembersOf(long teamId) => Members.Values.Where(member => member.TeamId == teamId);

    /// <summary>The roles of a user by team: what a personal key of theirs may do.</summary>
    public IReadOnlyDictionary<long, TeamRole> RolesOf(long userId)
        => Members.Values.Where(member => member.UserId == userId && Teams.ContainsKey(member.TeamId)).ToDictionary(member => member.TeamId, member => member.Role);

    internal ApiKey? KeyOfHash(string hash) => KeysByHash.TryGetValue(hash, out var id) ? Keys[id] : null;

    /// <summary>The snapshot with these rows changed. Images are absolute, so applying some of them twice does no harm.</summary>
    internal TenantSnapshot With(long version, IEnumerable<RowChange> changes)
    {
        var teams = Teams.ToBuilder();
        var users = Users.ToBuilder();
        var members = Members.ToBuilder();
        var keys = Keys.ToBuilder();
        var types = Types.ToBuilder();
        var hashes = KeysByHash.ToBuilder();
        var fields = TypesByField.ToBuilder();

        foreach (var (rowKey, image) in changes)
        {
            if (rowKey.StartsWith(TenantRows.TeamPrefix, StringComparison.Ordinal))
                Set(teams, RowKeys.LastNumber(rowKey), image is null ? null : TenantRows.ReadTeam(rowKey, image));
            else if (rowKey.StartsWith(TenantRows.UserPrefix, StringComparison.Ordinal))
                Set(users, RowKeys.LastNumber(rowKey), image is null ? null : TenantRows.ReadUser(rowKey, image));
            else if (rowKey.StartsWith(TenantRows.MemberPrefix, StringComparison.Ordinal))
                Set(members, (RowKeys.LastNumber(rowKey[..^20]), RowKeys.LastNumber(rowKey)), image is null ? null : TenantRows.ReadMember(rowKey, image));
            else if (rowKey.StartsWith(TenantRows.KeyPrefix, StringComparison.Ordinal))
                SetKey(RowKeys.LastNumber(rowKey), image is null ? null : TenantRows.ReadKey(rowKey, image));
            else if (rowKey.StartsWith(TenantRows.TypePrefix, StringComparison.Ordinal))
                SetType(RowKeys.LastNumber(rowKey), image is null ? null : TenantRows.ReadType(image));
        }

        return new TenantSnapshot
        {
            Version = version,
            Teams = teams.ToImmutable(),
            Users = users.ToImmutable(),
            Members = members.ToImmutable(),
            Keys = keys.ToImmutable(),
            Types = types.ToImmutable(),
            KeysByHash = hashes.ToImmutable(),
            TypesByField = fields.ToImmutable(),
        };

        void SetKey(long id, ApiKey? key)
        {
            if (keys.TryGetValue(id, out var old)) hashes.Remove(old.Hash);
            if (key is not null) hashes[key.Hash] = id;
            Set(keys, id, key);
        }

        void SetType(long id, CatalogEntry? entry)
        {
            if (types.TryGetValue(id, out var old)) fields.RemoveRange(FieldIds(old.Type));
            if (entry is { IsOpen: true })
            {
                foreach (var field in FieldIds(entry.Type)) fields[field] = id;
            }

            Set(types, id, entry);
        }
    }

    private static IEnumerable<long> FieldIds(RecordType type)
        => type.Fields.Select(field => field.Id).Append(type.StoryNameFieldId).Append(type.TimestampFieldId);

    private static void Set<TKey, TValue>(IDictionary<TKey, TValue> rows, TKey key, TValue? value) where TValue : class
    {
        if (value is null) rows.Remove(key);
        else rows[key] = value;
    }
}
