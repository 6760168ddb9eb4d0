using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tracy;

namespace Casefile.Core.Records;

/// <summary>
/// Writes records within an operation: the record's row, under UPDATED_AT its row <c>age-{updated:D19}-{id:D19}</c>, and the counts. The age row
/// carries what deleting needs, so that evicting the longest unchanged record reads nothing but the first of these rows.
/// </summary>
internal static class RecordRows
{
    /// <summary>Begins the rows that order records by their last change.</summary>
    public const string AgePrefix = "age-";

    private static readonly string[] CarriedByAge =
    [
        RecordRow.Test, RecordRow.Parent, RecordRow.ParentType, RecordRow.ParentVersion, RecordRow.HasChildren, RecordRow.Cases, RecordRow.CasesVersion,
        RecordRow.Artifacts, RecordRow.Events,
    ];

    public static string AgeKey(long updated, long id) => $"{AgePrefix}{RowKeys.Number(updated)}-{RowKeys.Number(id)}";

    /// <summary>When the record of an age row was last changed, Unix milliseconds.</summary>
    public static long UpdatedOf(string ageKey)
        => long.Parse(ageKey.AsSpan(AgePrefix.Length, 19), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The prefix of the rows that eviction and expiry go by, oldest first.</summary>
    public static string OldestPrefix(RecordType type) => type.Retention == RetentionColumn.UpdatedAt ? AgePrefix : RecordRow.Prefix;

    /// <summary>Until when a record's age must have begun for it to be expired, Unix milliseconds; null when nothing expires.</summary>
    public static long? ExpiredUntil(RecordType type, DateTimeOffset now) => type.Ttl is { } ttl ? (now - ttl).ToUnixTimeMilliseconds() : null;

    public static bool IsExpired(RecordType type, IReadOnlyDictionary<string, object> image, DateTimeOffset now)
        => ExpiredUntil(type, now) is { } until
            && (long)image[type.Retention == RetentionColumn.UpdatedAt ? RecordRow.Updated : RecordRow.Created] <= until;

    /// <summary>The record's image, or null where it is not there or has expired.</summary>
    public static async ValueTask<Dictionary<string, object>?> FindAsync(OperationScope scope, RecordType type, long id, CancellationToken cancellationToken)
        => await scope.GetAsync(RecordRow.Key(id), cancellationToken) is { } row && !IsExpired(type, row.Properties, scope.Now)
            ? new Dictionary<string, object>(row.Properties, StringComparer.Ordinal)
            : null;

    /// <summary>How often the record has been written as its readers see it: what its ETag says.</summary>
    public static long RevisionOf(IReadOnlyDictionary<string, object> image) => image.GetValueOrDefault(RecordRow.Revision) as long? ?? 0;

    /// <summary>Adds a record.</summary>
    public static void Add(OperationScope scope, RecordType type, long id, Dictionary<string, object> image)
    {
        image[RecordRow.Version] = scope.Version;
        image[RecordRow.Revision] = 1L;
        scope.Insert(RecordRow.Key(id), image);
        if (AgeOrder.Keeps(scope, type, id)) scope.Insert(AgeKey((long)image[RecordRow.Updated], id), AgeImage(image));
        scope[CounterOf(image)]++;
        if (type.Ttl is { } ttl) scope.DueBy(DueKind.Retention, scope.Now + ttl);
    }

    /// <summary>Writes a record anew that has changed in what its readers see.</summary>
    /// <param name="scope">The operation's scope.</param>
    /// <param name="type">The definition.</param>
    /// <param name="id">The record.</param>
    /// <param name="updatedBefore">When it was last updated before this change.</param>
    /// <param name="image">The new image.</param>
    public static void Change(OperationScope scope, RecordType type, long id, long updatedBefore, Dictionary<string, object> image)
    {
        image[RecordRow.Version] = scope.Version;
        image[RecordRow.Revision] = RevisionOf(image) + 1;
        DropDeletedFields(type, image);
        Rewrite(scope, type, id, updatedBefore, image);
    }

    /// <summary>Writes down that a record has children, which is nothing that its readers see.</summary>
    public static void MarkAsParent(OperationScope scope, RecordType type, long id, Row row)
    {
        if (row.Flag(RecordRow.HasChildren) == true) return;
        var image = new Dictionary<string, object>(row.Properties, StringComparer.Ordinal) { [RecordRow.HasChildren] = true };
        Rewrite(scope, type, id, (long)image[RecordRow.Updated], image);
    }

    /// <summary>Deletes a record and owes what hangs on it.</summary>
    /// <param name="scope">The operation's scope.</param>
    /// <param name="type">The definition.</param>
    /// <param name="id">The record.</param>
    /// <param name="updated">When it was last updated.</param>
    /// <param name="image">Its row's image, or that of its age row.</param>
    /// <param name="blobs">Takes the blobs that nothing refers to any more.</param>
    /// <param name="userId">Who deletes it; null where nobody does.</param>
    public static void Remove(
        OperationScope scope, RecordType type, long id, long updated, IReadOnlyDictionary<string, object> image, List<string> blobs, long? userId = null)
    {
        scope.Delete(RecordRow.Key(id));
        if (AgeOrder.Keeps(scope, type, id)) scope.Delete(AgeKey(updated, id));
        scope[CounterOf(image)]--;
        if (RecordLinks.ParentOf(image, type.Id) is { } parent)
            RecordLinks.RemoveCopy(scope, type.Id, id, parent, RecordLinks.VersionOf(image) + 1);
        RecordCases.Leave(scope, type.Id, id, image, userId);
        if (image.ContainsKey(RecordRow.HasChildren)) scope.Owe(new OrphanWork(id, type.Id).ToOwed());
        if (image.ContainsKey(RecordRow.Events)) scope.Owe(RecordHistoryWork.Of(id));
        blobs.AddRange(ArtifactReferences.Decode(image.GetValueOrDefault(RecordRow.Artifacts) as string).Select(reference => reference.Blob));
    }

    /// <summary>Values of fields that were deleted since take room until now: a row has 252 properties at most, however many fields came and went.</summary>
    private static void DropDeletedFields(RecordType type, Dictionary<string, object> image)
    {
        foreach (var property in image.Keys)
        {
            if (RecordRow.FieldOf(property) is { } fieldId && type.Field(fieldId) is null) image.Remove(property);
        }
    }

    private static void Rewrite(OperationScope scope, RecordType type, long id, long updatedBefore, Dictionary<string, object> image)
    {
        scope.Put(RecordRow.Key(id), image);
        if (!AgeOrder.Keeps(scope, type, id)) return;
        var updated = (long)image[RecordRow.Updated];
        if (updated != updatedBefore) scope.Delete(AgeKey(updatedBefore, id));
        scope.Put(AgeKey(updated, id), AgeImage(image));
    }

    /// <summary>What the age row of a record carries.</summary>
    public static Dictionary<string, object> AgeImage(IReadOnlyDictionary<string, object> image)
    {
        var carried = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var property in CarriedByAge)
        {
            if (image.TryGetValue(property, out var value)) carried[property] = value;
        }

        return carried;
    }

    private static string CounterOf(IReadOnlyDictionary<string, object> image)
        => image.GetValueOrDefault(RecordRow.Test) is true ? RecordCounters.Test : RecordCounters.Live;
}
