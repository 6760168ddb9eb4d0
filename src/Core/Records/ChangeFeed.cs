using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Records;

/// <summary>What happened to the records of a type, in order, from the commit log (records.md, "Beyond").</summary>
internal sealed class ChangeFeed(PartitionSet partitions, RecordTypeCatalog catalog, IStorage storage, TimeProvider time)
{
    /// <summary>Log entries that one range read asks for: large ones have some 60 KB.</summary>
    private const int EntriesPerRead = 50;

    /// <summary>Log entries that one answer looks through at most; those that touch no record count too.</summary>
    private const int EntriesPerAnswer = 1_000;

    /// <summary>Changes after a place.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="typeId">The type.</param>
    /// <param name="since">The place; null for now, which answers nothing but where to go on from.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The changes; Gone when the log no longer reaches back to the place; Malformed for a place that has not been yet.</returns>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<ChangePage>> ReadAsync(Caller caller, long typeId, ChangePlace? since, int limit, CancellationToken cancellationToken)
    {
        var address = RecordTypeRow.Address(typeId);
        if (await catalog.FindAsync(typeId, cancellationToken) is not { } known || !caller.CanRead(known.TeamId)) return RecordAccess.NoSuchType(typeId);
        var head = await partitions[address].ReadHeadAsync(cancellationToken);
        if (head is null || head.Deleting || await catalog.OfAsync(typeId, head, cancellationToken) is not { } type) return RecordAccess.NoSuchType(typeId);

        if (since is not { } place) return new ChangePage(type, [], new ChangePlace(head.Version, 0), More: false);
        if (place.Version > head.Version) return Problem.Malformed("Parameter is invalid", "since: is not a place in the changes of this record type");

        var changes = new List<RecordChange>();
        var (next, last) = (place, Math.Min(head.Version, place.Version + EntriesPerAnswer));
        var now = time.GetUtcNow();
        while (next.NextVersion <= last)
        {
            var read = false;
            var to = Math.Min(last, next.NextVersion + EntriesPerRead - 1);
            await foreach (var entry in CommitLog.ReadAsync(storage.Table(address.Table), address.Key, next.NextVersion, to, cancellationToken))
            {
                read = true;
                var all = Of(entry, type, now);
                var room = limit - changes.Count;
                changes.AddRange(all.Skip(next.Done).Take(room));
                if (all.Count - next.Done > room) return new ChangePage(type, changes, new ChangePlace(entry.Version, next.Done + room), More: true);
                next = new ChangePlace(entry.Version, 0);
                if (changes.Count == limit) return new ChangePage(type, changes, next, next.Version < head.Version);
            }

            if (!read) return TooOld();
        }

        return new ChangePage(type, changes, next, next.Version < head.Version);
    }

    private static List<RecordChange> Of(LogEntry entry, RecordType type, DateTimeOffset now)
    {
        var changes = new List<RecordChange>();
        var revisions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (rowKey, image) in entry.Changes)
        {
            if (!rowKey.StartsWith(RecordRow.Prefix, StringComparison.Ordinal)) continue;
            var id = RowKeys.LastNumber(rowKey);
            if (image is null)
            {
                revisions.Remove(rowKey);
                changes.Add(new RecordChange(entry.Version, entry.At, ChangeKind.Delete, id, null));
                continue;
            }

            // A row is also written for what its readers do not see, and has its revision then as it was.
            var revision = RecordRows.RevisionOf(image);
            if (image.GetValueOrDefault(RecordRow.Version) as long? != entry.Version || (revisions.TryGetValue(rowKey, out var before) && before == revision)) continue;
            revisions[rowKey] = revision;
            var snapshot = RecordRows.IsExpired(type, image, now) ? null : RecordSnapshot.Read(type, rowKey, image);
            changes.Add(new RecordChange(entry.Version, entry.At, revision == 1 ? ChangeKind.Create : ChangeKind.Update, id, snapshot));
        }

        return changes;
    }

    private static Problem TooOld()
        => Problem.Of(ProblemKind.Gone, "Changes are no longer kept", "since: lies before the oldest change that is kept; start again from an export");
}

/// <summary>A place between two changes of a type's records.</summary>
/// <param name="Version">The commit.</param>
/// <param name="Done">How many changes of this commit lie before the place; 0 where all of them do.</param>
public readonly record struct ChangePlace(long Version, int Done)
{
    /// <summary>The commit that the place is in or before.</summary>
    internal long NextVersion => Done > 0 ? Version : Version + 1;

    /// <summary>The place in its text form; null when it is none.</summary>
    public static ChangePlace? Read(string text)
    {
        var parts = text.Split('.');
        if (parts.Length > 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return null;
        if (parts.Length == 1) return new ChangePlace(version, 0);
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var done) ? new ChangePlace(version, done) : null;
    }

    /// <summary>The text form: <c>12</c>, or within a commit <c>13.40</c>.</summary>
    public override string ToString() => Done == 0
        ? Version.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Version}.{Done}");
}

/// <summary>Changes of a type's records.</summary>
/// <param name="Type">The definition.</param>
/// <param name="Changes">The changes, in order.</param>
/// <param name="Next">The place behind the last of them.</param>
/// <param name="More">Whether there are more already.</param>
public sealed record ChangePage(RecordType Type, IReadOnlyList<RecordChange> Changes, ChangePlace Next, bool More);

/// <summary>What happened to a record.</summary>
/// <param name="Version">The commit that did it.</param>
/// <param name="At">When, Unix milliseconds.</param>
/// <param name="Kind">What.</param>
/// <param name="Id">The record.</param>
/// <param name="Record">The record after it; null when it was deleted, and when this state of it has outlived its time.</param>
public sealed record RecordChange(long Version, long At, ChangeKind Kind, long Id, RecordSnapshot? Record);

/// <summary>A kind of change.</summary>
public enum ChangeKind
{
    /// <summary>The record is new.</summary>
    Create,

    /// <summary>The record was changed.</summary>
    Update,

    /// <summary>The record was deleted, evicted or has expired.</summary>
    Delete,
}
