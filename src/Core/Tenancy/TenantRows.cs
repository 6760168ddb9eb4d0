using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;

namespace Casefile.Core.Tenancy;

/// <summary>How teams, users, memberships, keys and the catalog of record types are laid out as rows of the tenant's one partition.</summary>
internal static class TenantRows
{
    public const string TeamPrefix = "team-";
    public const string UserPrefix = "user-";
    public const string MemberPrefix = "member-";
    public const string KeyPrefix = "key-";
    public const string TypePrefix = "type-";

    public static readonly PartitionAddress Address = new(TableNames.Tenant, "tenant");

    private const string Created = "created";
    private const string Updated = "updated";
    private const string Version = "version";
    private const string Name = "name";
    private const string FirstName = "first";
    private const string LastName = "last";

    public static string Team(long id) => TeamPrefix + RowKeys.Number(id);

    public static string User(long id) => UserPrefix + RowKeys.Number(id);

    public static string Key(long id) => KeyPrefix + RowKeys.Number(id);

    public static string Type(long id) => TypePrefix + RowKeys.Number(id);

    public static string MembersOf(long teamId) => $"{MemberPrefix}{RowKeys.Number(teamId)}-";

    public static string Member(long teamId, long userId) => MembersOf(teamId) + RowKeys.Number(userId);

    public static Dictionary<string, object> Encode(Team team)
    {
        var row = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [Name] = team.Name,
            ["types"] = team.RecordTypes,
            [Created] = Milliseconds(team.Created),
            [Updated] = Milliseconds(team.Updated),
            [Version] = team.Version,
        };
        if (team.Removal > 0) row["removal"] = team.Removal;
        return row;
    }

    public static Team ReadTeam(string rowKey, IReadOnlyDictionary<string, object> row) => new(
        RowKeys.LastNumber(rowKey), (string)row[Name], Long(row, "types") ?? 0, Time(row, Created), Time(row, Updated), Long(row, Version) ?? 0)
    {
        Removal = Long(row, "removal") ?? 0,
    };

    public static Dictionary<string, object> Encode(User user)
    {
        var row = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [Name] = user.Name,
            [FirstName] = user.Called.First,
            [LastName] = user.Called.Last,
            ["service"] = user.IsServiceAccount,
            [Created] = Milliseconds(user.Created),
            [Updated] = Milliseconds(user.Updated),
            [Version] = user.Version,
        };
        if (user.Email is not null) row["email"] = user.Email;
        return row;
    }

    public static User ReadUser(string rowKey, IReadOnlyDictionary<string, object> row) => new(
        RowKeys.LastNumber(rowKey),
        ReadName(row),
        row.GetValueOrDefault("email") as string,
        row.GetValueOrDefault("service") is true,
        Time(row, Created),
        Time(row, Updated),
        Long(row, Version) ?? 0);

    public static Dictionary<string, object> Encode(Membership member) => new(StringComparer.Ordinal)
    {
        ["role"] = (long)member.Role,
        [Created] = Milliseconds(member.Created),
        [Version] = member.Version,
    };

    public static Membership ReadMember(string rowKey, IReadOnlyDictionary<string, object> row) => new(
        RowKeys.LastNumber(rowKey[..^20]),
        RowKeys.LastNumber(rowKey),
        (TeamRole)(Long(row, "role") ?? 0),
        Time(row, Created),
        Long(row, Version) ?? 0);

    public static Dictionary<string, object> Encode(ApiKey key)
    {
        var row = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [Name] = key.Name,
            ["user"] = key.UserId,
            ["start"] = key.Start,
            ["hash"] = key.Hash,
            [Created] = Milliseconds(key.Created),
            [Version] = key.Version,
        };
        if (key.TeamId is { } team) row["team"] = team;
        if (key.Role is { } role) row["role"] = (long)role;
        return row;
    }

    public static ApiKey ReadKey(string rowKey, IReadOnlyDictionary<string, object> row) => new(
        RowKeys.LastNumber(rowKey),
        (string)row[Name],
        Long(row, "user") ?? 0,
        Long(row, "team"),
        Long(row, "role") is { } role ? (TeamRole)role : null,
        (string)row["start"],
        (string)row["hash"],
        Time(row, Created),
        Long(row, Version) ?? 0);

    public static Dictionary<string, object> Encode(CatalogEntry entry)
    {
        var row = RecordTypeRow.Encode(entry.Type);
        if (!entry.IsOpen) row["pending"] = true;
        return row;
    }

    public static CatalogEntry ReadType(IReadOnlyDictionary<string, object> row)
        => new(RecordTypeRow.Decode(row), row.GetValueOrDefault("pending") is not true);

    // Rows of before there were two names have the whole alone.
    private static PersonName ReadName(IReadOnlyDictionary<string, object> row)
        => row.GetValueOrDefault(FirstName) is string first && row.GetValueOrDefault(LastName) is string last
            ? new PersonName((string)row[Name], first, last)
            : PersonName.Of((string)row[Name]);

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static DateTimeOffset Time(IReadOnlyDictionary<string, object> row, string name)
        => DateTimeOffset.FromUnixTimeMilliseconds(Long(row, name) ?? 0);

    private static long? Long(IReadOnlyDictionary<string, object> row, string name) => row.GetValueOrDefault(name) as long?;
}

/// <summary>A record type in the catalog.</summary>
/// <param name="Type">A copy of its definition.</param>
/// <param name="IsOpen">False while its partition is still being made; nobody sees it then.</param>
internal sealed record CatalogEntry(RecordType Type, bool IsOpen);

/// <summary>The counters of the tenant partition's head.</summary>
internal static class TenantCounters
{
    /// <summary>The newest team id given.</summary>
    public const string Team = "team";

    /// <summary>The newest user id given.</summary>
    public const string User = "user";

    /// <summary>The newest key id given.</summary>
    public const string Key = "key";

    /// <summary>The newest record type id given.</summary>
    public const string Type = "type";

    /// <summary>The newest field id given, over all record types.</summary>
    public const string Field = "field";

    /// <summary>Rows of the catalog, open or not.</summary>
    public const string Types = "types";
}
