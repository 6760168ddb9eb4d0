using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;

namespace Casefile.Core.Records;

/// <summary>
/// Parents and children. The child's row owns the link; the row <c>child-{parent:D19}-{child:D19}</c> in the parent's partition is a copy. Within one partition
/// both are in one commit. Across partitions the copy follows as owed work, keeps the version of the link (<see cref="RecordRow.ParentVersion"/>) and takes
/// only a newer one; a removal stays as a tombstone for a day, so that late, repeated and reordered work does no harm.
/// </summary>
internal static class RecordLinks
{
    /// <summary>Begins the rows of a record's children.</summary>
    public const string ChildPrefix = "child-";

    /// <summary>Begins the rows that order tombstones by their time.</summary>
    public const string TombstonePrefix = "tomb-";

    /// <summary>How far up a chain of parents is walked (design: 64 at most).</summary>
    public const int DeepestChain = 64;

    /// <summary>How long a tombstone is kept.</summary>
    public static readonly TimeSpan TombstoneKept = TimeSpan.FromHours(25);

    private const string VersionProperty = "version";
    private const string TypeProperty = "type";
    private const string GoneProperty = "gone";

    public static string ChildrenOf(long parent) => $"{ChildPrefix}{RowKeys.Number(parent)}-";

    public static string ChildKey(long parent, long child) => ChildrenOf(parent) + RowKeys.Number(child);

    /// <summary>Reads a copy; the type is the partition's own where the row names none.</summary>
    public static ChildLink Read(Row row, long ownType)
        => new(RowKeys.LastNumber(row.RowKey), row.Integer(TypeProperty) ?? ownType, row.Integer(VersionProperty) ?? 0, row.Flag(GoneProperty) ?? false);

    /// <summary>The parent that a record's image names, or null.</summary>
    public static RecordAddress? ParentOf(IReadOnlyDictionary<string, object> image, long ownType)
        => image.GetValueOrDefault(RecordRow.Parent) is long parent
            ? new RecordAddress(parent, image.GetValueOrDefault(RecordRow.ParentType) as long? ?? ownType)
            : null;

    /// <summary>
    /// Gives a record another parent, or none, in its image, which the caller writes. The copies follow: here at once, elsewhere as owed work. That there is such a
    /// parent elsewhere, and that no cycle arises, is for the caller to have seen.
    /// </summary>
    /// <returns>Whether anything changed; a refusal when the parent belongs here and is not here.</returns>
    public static async ValueTask<Result<bool>> SetParentAsync(
        OperationScope scope, RecordType type, long child, Dictionary<string, object> image, RecordAddress? parent, CancellationToken cancellationToken)
    {
        var before = ParentOf(image, type.Id);
        if (before == parent) return false;

        Row? parentRow = null;
        if (parent is { } here && here.TypeId == type.Id)
        {
            parentRow = await scope.GetAsync(RecordRow.Key(here.Id), cancellationToken);
            if (parentRow is null || RecordRows.IsExpired(type, parentRow.Properties, scope.Now)) return NoSuchRecord("parent_record_id", here.Id);
        }

        var version = VersionOf(image) + 1;
        image[RecordRow.ParentVersion] = version;
        if (before is { } old) RemoveCopy(scope, type.Id, child, old, version);
        RecordDraft.Set(image, RecordRow.Parent, parent?.Id);
        RecordDraft.Set(image, RecordRow.ParentType, parent is { } other && other.TypeId != type.Id ? other.TypeId : null);
        if (parent is not { } now) return true;

        if (parentRow is null)
        {
            scope.Owe(new LinkWork(now.Id, now.TypeId, child, type.Id, version, Linked: true).ToOwed());
            return true;
        }

        scope.Put(ChildKey(now.Id, child), Copy(type.Id, type.Id, version));
        scope[RecordCounters.Children]++;
        RecordRows.MarkAsParent(scope, type, now.Id, parentRow);
        return true;
    }

    /// <summary>Brings a copy up in the parent's partition.</summary>
    /// <returns>False when the parent is gone, so that the child has to lose it.</returns>
    public static async ValueTask<Result<bool>> CopyAsync(OperationScope scope, RecordType type, LinkWork work, CancellationToken cancellationToken)
    {
        var parentRow = await scope.GetAsync(RecordRow.Key(work.Parent), cancellationToken);
        if (parentRow is null) return false;

        var key = ChildKey(work.Parent, work.Child);
        var known = await scope.GetAsync(key, cancellationToken);
        if (known is not null && Read(known, type.Id).Version >= work.Version) return true;

        var copy = Copy(work.ChildType, type.Id, work.Version);
        if (!work.Linked)
        {
            copy[GoneProperty] = true;
            scope.Put(TombstoneKey(scope.Now, work.Parent, work.Child), new Dictionary<string, object>(StringComparer.Ordinal));
            scope.DueBy(DueKind.Maintenance, scope.Now + TombstoneKept);
        }

        scope.Put(key, copy);
        if (known is null) scope[RecordCounters.Children]++;
        RecordRows.MarkAsParent(scope, type, work.Parent, parentRow);
        return true;
    }

    /// <summary>Removes tombstones that are older than a day.</summary>
    /// <returns>When the next one is, or null.</returns>
    public static async ValueTask<Result<DateTimeOffset?>> ForgetTombstonesAsync(OperationScope scope, long ownType, CancellationToken cancellationToken)
    {
        var rows = await scope.ReadAsync(TombstonePrefix, 31, cancellationToken);
        var until = (scope.Now - TombstoneKept).ToUnixTimeMilliseconds();
        var removed = 0;
        foreach (var row in rows)
        {
            var parts = row.RowKey.Split('-');
            var at = long.Parse(parts[1], CultureInfo.InvariantCulture);
            if (at > until || removed == 30) return (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(at) + TombstoneKept;

            scope.Delete(row.RowKey);
            removed++;
            var key = $"{ChildPrefix}{parts[2]}-{parts[3]}";
            if (await scope.GetAsync(key, cancellationToken) is not { } copy || !Read(copy, ownType).Gone) continue;
            scope.Delete(key);
            scope[RecordCounters.Children]--;
        }

        return (DateTimeOffset?)null;
    }

    /// <summary>The refusal of a link to a record that is not there.</summary>
    public static Problem NoSuchRecord(string place, long id)
        => Problem.Invalid("Record not found", string.Create(CultureInfo.InvariantCulture, $"{place}: there is no record {id}"));

    public static long VersionOf(IReadOnlyDictionary<string, object> image) => image.GetValueOrDefault(RecordRow.ParentVersion) as long? ?? 0;

    /// <summary>
    /// Removes the copy of a record's link. In its own partition it is there whenever the record names a parent, so it is deleted without a look.
    /// </summary>
    public static void RemoveCopy(OperationScope scope, long ownType, long child, RecordAddress parent, long version)
    {
        if (parent.TypeId != ownType)
        {
            scope.Owe(new LinkWork(parent.Id, parent.TypeId, child, ownType, version, Linked: false).ToOwed());
            return;
        }

        scope.Delete(ChildKey(parent.Id, child));
        scope[RecordCounters.Children]--;
    }

    private static Dictionary<string, object> Copy(long childType, long ownType, long version)
    {
        var copy = new Dictionary<string, object>(StringComparer.Ordinal) { [VersionProperty] = version };
        if (childType != ownType) copy[TypeProperty] = childType;
        return copy;
    }

    private static string TombstoneKey(DateTimeOffset at, long parent, long child)
        => $"{TombstonePrefix}{RowKeys.Number(at.ToUnixTimeMilliseconds())}-{RowKeys.Number(parent)}-{RowKeys.Number(child)}";
}

/// <summary>A record and the type, and so the partition, that it is in.</summary>
internal readonly record struct RecordAddress(long Id, long TypeId);

/// <summary>The copy of a link at the parent.</summary>
/// <param name="Id">The child.</param>
/// <param name="TypeId">The child's type.</param>
/// <param name="Version">The link's version.</param>
/// <param name="Gone">Whether it is the tombstone of a link that was removed.</param>
internal sealed record ChildLink(long Id, long TypeId, long Version, bool Gone);

/// <summary>Owed to the parent's partition: the copy of a link, or its removal.</summary>
internal sealed record LinkWork(long Parent, long ParentType, long Child, long ChildType, long Version, bool Linked)
{
    public const string Kind = "record-link";

    public OwedWork ToOwed() => new(Kind, JsonSerializer.Serialize(this));
}

/// <summary>Owed to the child's partition: a link that was asked for at the parent. It holds only if the child's link is still the one that was seen.</summary>
internal sealed record AdoptWork(long Parent, long ParentType, long Child, long ChildType, long Seen, bool Adopt)
{
    public const string Kind = "record-adopt";

    public OwedWork ToOwed() => new(Kind, JsonSerializer.Serialize(this));
}

/// <summary>Owed to the children of a record that was deleted: they lose their parent.</summary>
internal sealed record OrphanWork(long Parent, long ParentType)
{
    public const string Kind = "record-orphans";

    public OwedWork ToOwed() => new(Kind, JsonSerializer.Serialize(this));
}
