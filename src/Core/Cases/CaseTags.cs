using Casefile.Core.Partitions;

namespace Casefile.Core.Cases;

/// <summary>
/// The tags of a team: rows <c>tag-{id}</c>, and for each name a row <c>tagname-{hash}</c> that keeps it unique, whatever its case.
/// </summary>
internal static class CaseTags
{
    /// <summary>The tag's name as it is shown.</summary>
    public const string Name = "name";

    /// <summary>Names that one request gives at most: each may be a tag to make, which is two rows of the transaction.</summary>
    public const int MostAtOnce = 40;

    /// <summary>UTF-16 units of a name.</summary>
    public const int LongestName = 255;

    /// <summary>Who has which name.</summary>
    public static UniqueName Names { get; } = new("tagname-", "tag");

    public static string Key(long id) => CaseRow.TagPrefix + RowKeys.Number(id);

    /// <summary>The tag of a name, or null.</summary>
    public static ValueTask<long?> FindAsync(OperationScope scope, string name, CancellationToken cancellationToken) => Names.FindAsync(scope, name, cancellationToken);

    /// <summary>The tags of these names, made where there are none (cases.md, "tag_names").</summary>
    public static async ValueTask<IReadOnlyList<long>> FindOrMakeAsync(
        OperationScope scope, CaseIds ids, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var tags = new List<long>();
        foreach (var name in names.Select(name => name.Trim()).Distinct(StringComparer.OrdinalIgnoreCase))
            tags.Add(await FindAsync(scope, name, cancellationToken) ?? await MakeAsync(scope, ids, name, cancellationToken));
        return tags;
    }

    /// <summary>Makes a tag whose name no other has.</summary>
    public static async ValueTask<long> MakeAsync(OperationScope scope, CaseIds ids, string name, CancellationToken cancellationToken)
    {
        var id = await ids.TakePartAsync(scope, cancellationToken);
        var now = scope.Now.ToUnixTimeMilliseconds();
        scope.Insert(Key(id), new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [Name] = name,
            [CaseRow.Created] = now,
            [CaseRow.Updated] = now,
            [CaseRow.Revision] = 1L,
        });
        scope[CaseCounters.Rows]++;
        Names.Give(scope, name, id);
        return id;
    }

    /// <summary>The faults of names.</summary>
    public static IEnumerable<Fault> FaultsOf(IReadOnlyList<string> names, string place)
    {
        if (names.Count > MostAtOnce)
        {
            yield return new Fault("Too many tags", $"{place}: at most {MostAtOnce} are taken at once");
            yield break;
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Trim().Length is 0 or > LongestName) yield return new Fault("Tag is invalid", $"{place}[{i}]: a name has 1 to {LongestName} characters");
        }
    }
}
