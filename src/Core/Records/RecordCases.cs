using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;

namespace Casefile.Core.Records;

/// <summary>
/// The cases of a record within an operation. The record's row owns its links (<see cref="RecordRow.Cases"/>); each case has a copy, which follows as owed work with the
/// number of the change (<see cref="RecordRow.CasesVersion"/>).
/// </summary>
internal static class RecordCases
{
    /// <summary>The cases that a record's image names.</summary>
    public static IReadOnlyList<long> Of(IReadOnlyDictionary<string, object> image) => CaseLinks.Decode(image.GetValueOrDefault(RecordRow.Cases) as string);

    public static long VersionOf(IReadOnlyDictionary<string, object> image) => image.GetValueOrDefault(RecordRow.CasesVersion) as long? ?? 0;

    /// <summary>Links a record to cases and takes it from others, in its image, which the caller writes; the copies follow. What is so already stays.</summary>
    /// <param name="scope">The operation's scope.</param>
    /// <param name="typeId">The record's type.</param>
    /// <param name="record">The record.</param>
    /// <param name="image">Its image, to be changed.</param>
    /// <param name="added">Cases that are known to be there, as far as one can know outside their partitions.</param>
    /// <param name="removed">Cases that it leaves.</param>
    /// <param name="userId">Who does it.</param>
    /// <returns>Whether anything changed.</returns>
    public static bool Change(
        OperationScope scope, long typeId, long record, Dictionary<string, object> image, IReadOnlyCollection<long> added, IReadOnlyCollection<long> removed, long userId)
    {
        if (added.Count + removed.Count == 0) return false;
        var before = Of(image);
        long[] after = [.. before.Except(removed).Union(added)];
        long[] gone = [.. before.Except(after)], linked = [.. after.Except(before)];
        if (gone.Length + linked.Length == 0) return false;
        Write(image, after);
        scope[RecordCounters.Linked] = 1;
        scope.Owe(new RecordCasesWork(record, typeId, VersionOf(image), linked, gone, userId, scope.Now).ToOwed());
        return true;
    }

    /// <summary>Takes a record from a case that is no more, and so has no copy to bring up.</summary>
    /// <returns>Whether it was linked.</returns>
    public static bool Forget(Dictionary<string, object> image, long caseId)
    {
        var before = Of(image);
        if (!before.Contains(caseId)) return false;
        Write(image, before.Where(id => id != caseId));
        return true;
    }

    /// <summary>Owes what becomes of the cases of a record that is deleted.</summary>
    /// <param name="scope">The operation's scope.</param>
    /// <param name="typeId">The record's type.</param>
    /// <param name="record">The record.</param>
    /// <param name="image">Its row's image, or that of its age row.</param>
    /// <param name="userId">Who deletes it; null where nobody does.</param>
    public static void Leave(OperationScope scope, long typeId, long record, IReadOnlyDictionary<string, object> image, long? userId)
    {
        if (image.ContainsKey(RecordRow.Cases)) scope.Owe(Left(typeId, record, image, userId, scope.Now).ToOwed());
    }

    /// <summary>That a record has left all its cases, since it is gone.</summary>
    public static RecordCasesWork Left(long typeId, long record, IReadOnlyDictionary<string, object> image, long? userId, DateTimeOffset at)
        => new(record, typeId, VersionOf(image) + 1, [], Of(image), userId, at);

    /// <summary>The refusal of more cases than a record may have.</summary>
    public static Problem TooMany(string place, int most)
        => Problem.Invalid("Too many cases", string.Create(CultureInfo.InvariantCulture, $"{place}: a record is linked to at most {most}"));

    private static void Write(Dictionary<string, object> image, IEnumerable<long> cases)
    {
        RecordDraft.Set(image, RecordRow.Cases, CaseLinks.Encode(cases));
        image[RecordRow.CasesVersion] = VersionOf(image) + 1;
    }
}

/// <summary>Owed to the cases' partitions: the copies of a record's links, or their removal.</summary>
/// <param name="Record">The record.</param>
/// <param name="RecordType">Its type.</param>
/// <param name="Version">The number of the change.</param>
/// <param name="Added">Cases that it is linked to.</param>
/// <param name="Removed">Cases that it has left.</param>
/// <param name="UserId">Who did it; null where nobody did.</param>
/// <param name="At">When it was committed.</param>
internal sealed record RecordCasesWork(long Record, long RecordType, long Version, IReadOnlyList<long> Added, IReadOnlyList<long> Removed, long? UserId, DateTimeOffset At)
{
    public const string Kind = "record-cases";

    public OwedWork ToOwed() => new(Kind, JsonSerializer.Serialize(this));
}

/// <summary>Owed to the cases of a record type that was deleted: its records have left them.</summary>
internal sealed record TypeCasesWork(long RecordType, long? UserId, DateTimeOffset At)
{
    public const string Kind = "type-cases";

    public OwedWork ToOwed() => new(Kind, JsonSerializer.Serialize(this));
}

/// <summary>Owed to records' partitions: links that were asked for at the case.</summary>
internal sealed record CaseRecordsWork(long Case, IReadOnlyList<long> Added, IReadOnlyList<long> Removed, long UserId)
{
    public const string Kind = "case-records";

    public OwedWork ToOwed() => new(Kind, JsonSerializer.Serialize(this));
}
