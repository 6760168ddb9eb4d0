using System.Globalization;
using System.Text.Json;

namespace Casefile.Core.Records;

/// <summary>
/// The cases that a record is linked to: how they are kept, and the one place that says which a record may be linked to. Every
/// positive id is taken, until there are cases to look them up among.
/// </summary>
public sealed class CaseLinks(RecordLimits limits)
{
    /// <summary>Finds what is wrong with links that are to be made.</summary>
    /// <param name="caseIds">The cases.</param>
    /// <param name="atCreation">Whether the record is new, which may be linked to fewer.</param>
    /// <param name="place">The request's member, for faults.</param>
    /// <param name="faults">Takes a fault for every case that is not there or that the caller may not link to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask CheckAsync(IReadOnlyList<long> caseIds, bool atCreation, string place, List<Fault> faults, CancellationToken cancellationToken)
    {
        var most = atCreation ? limits.CasesOnCreate : limits.CasesPerRecord;
        if (caseIds.Distinct().Count() > most) faults.Add(new Fault("Too many cases", $"{place}: at most {most} are allowed"));
        return ValueTask.CompletedTask;
    }

    /// <summary>The ids in a stored text (<see cref="RecordRow.Cases"/>); none in null.</summary>
    public static IReadOnlyList<long> Decode(string? text)
        => text is null ? [] : JsonSerializer.Deserialize<long[]>(text)!;

    /// <summary>The text to store: each id once, in the order in which they were linked; null without any.</summary>
    public static string? Encode(IEnumerable<long> caseIds)
    {
        var distinct = caseIds.Distinct().Select(id => id.ToString(CultureInfo.InvariantCulture)).ToArray();
        return distinct.Length == 0 ? null : $"[{string.Join(',', distinct)}]";
    }
}
