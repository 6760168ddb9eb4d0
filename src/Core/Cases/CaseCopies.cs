using System.Globalization;
using Casefile.Core.Partitions;

namespace Casefile.Core.Cases;

/// <summary>
/// Brings the rows of links inside a case up (<see cref="CopyRow"/>), by work that may come late, twice or out of order: a row takes only a newer version, and a removal
/// leaves a row behind that a replica does not show.
/// </summary>
internal static class CaseCopies
{
    /// <summary>How long the row of a removed link is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(25);

    /// <summary>Until when after its commit work may rely on these rows; work that is older looks whether its link still stands.</summary>
    public static readonly TimeSpan Reliable = TimeSpan.FromHours(12);

    /// <summary>Begins the rows that order what is to be forgotten by its time: <c>tomb-{time:D19}-{part's key}</c>.</summary>
    public const string TombstonePrefix = "tomb-";

    private const int ForgottenPerCommit = 30;

    public static bool IsGone(IReadOnlyDictionary<string, object> image) => image.GetValueOrDefault(CopyRow.Gone) is true;

    public static long VersionOf(IReadOnlyDictionary<string, object> image) => image.GetValueOrDefault(CopyRow.Version) as long? ?? 0;

    /// <summary>The version of a change of a link that the case owns: above that of every row that has been forgotten, since it is a time.</summary>
    public static async ValueTask<long> NextVersionAsync(CaseEdit edit, string kind, long other, CancellationToken cancellationToken)
        => await edit.Scope.GetPresumedAbsentAsync(CaseRow.PartKey(edit.Id, kind, other), cancellationToken) is { } known
            ? Math.Max(VersionOf(known.Properties) + 1, edit.Now)
            : edit.Now;

    /// <summary>Brings a link up to a version.</summary>
    /// <param name="edit">The case.</param>
    /// <param name="kind">What is linked: <see cref="PartKind.Record"/> or <see cref="PartKind.Link"/>.</param>
    /// <param name="other">Its id.</param>
    /// <param name="version">The version of the link.</param>
    /// <param name="linked">Whether it stands, or was removed.</param>
    /// <param name="more">Puts further properties into the row, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether those who read the case see a difference; they are told of it by an activity of the caller's making.</returns>
    public static async ValueTask<bool> BringAsync(
        CaseEdit edit, string kind, long other, long version, bool linked, Action<Dictionary<string, object>>? more, CancellationToken cancellationToken)
    {
        var scope = edit.Scope;
        var key = CaseRow.PartKey(edit.Id, kind, other);
        var known = await scope.GetPresumedAbsentAsync(key, cancellationToken);
        if (known is not null && VersionOf(known.Properties) >= version) return false;

        var stood = known is not null && !IsGone(known.Properties);
        var image = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [CopyRow.Version] = version,
            [CaseRow.Created] = stood ? known!.Properties[CaseRow.Created] : edit.Now,
            [CaseRow.Updated] = edit.Now,
            [CaseRow.Revision] = (known?.Integer(CaseRow.Revision) ?? 0) + 1,
        };
        more?.Invoke(image);
        if (!linked)
        {
            image[CopyRow.Gone] = true;
            Bury(scope, key);
        }

        scope.Put(key, image);
        scope[CaseCounters.Rows] += (linked ? 1 : 0) - (stood ? 1 : 0);
        if (linked == stood) return false;
        edit.Touch();
        return true;
    }

    /// <summary>Has the row of a removed link forgotten in time.</summary>
    public static void Bury(OperationScope scope, string partKey)
    {
        scope.Put($"{TombstonePrefix}{RowKeys.Number(scope.Now.ToUnixTimeMilliseconds())}-{partKey}", new Dictionary<string, object>(StringComparer.Ordinal));
        scope.DueBy(DueKind.Maintenance, scope.Now + Kept);
    }

    /// <summary>Forgets removed links whose time is past.</summary>
    /// <returns>When the next one is to be, or null.</returns>
    public static async ValueTask<Result<DateTimeOffset?>> ForgetAsync(OperationScope scope, CancellationToken cancellationToken)
    {
        var until = (scope.Now - Kept).ToUnixTimeMilliseconds();
        var forgotten = 0;
        foreach (var row in await scope.ReadAsync(TombstonePrefix, ForgottenPerCommit + 1, cancellationToken))
        {
            var at = RowKeys.FirstNumber(row.RowKey, TombstonePrefix);
            if (at > until || forgotten == ForgottenPerCommit) return (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(at) + Kept;
            scope.Delete(row.RowKey);
            forgotten++;

            // A link that has come and gone again since has a later row of its own here.
            var key = row.RowKey[(TombstonePrefix.Length + 20)..];
            if (await scope.GetAsync(key, cancellationToken) is { } part && IsGone(part.Properties) && (part.Integer(CaseRow.Updated) ?? 0) <= at) scope.Delete(key);
        }

        return (DateTimeOffset?)null;
    }

    /// <summary>Tells in the case what became of a link.</summary>
    /// <param name="edit">The case.</param>
    /// <param name="type">An <see cref="ActivityType"/>.</param>
    /// <param name="other">What was linked.</param>
    /// <param name="userId">Who did it; null where nobody did: the record was past its time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask TellAsync(CaseEdit edit, string type, long other, long? userId, CancellationToken cancellationToken)
        => await edit.TellAsync(
            type,
            other.ToString(CultureInfo.InvariantCulture),
            cancellationToken,
            more: image =>
            {
                if (userId is { } user) image[ActivityRow.User] = user;
                else image.Remove(ActivityRow.User);
            });
}
