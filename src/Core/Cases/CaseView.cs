using System.Text.RegularExpressions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>A case with what its answer needs of the world around it, as far as the caller may know of that.</summary>
/// <param name="Case">The case.</param>
/// <param name="Tenant">Users and teams.</param>
/// <param name="Things">The images of tags, sub-statuses and case inputs that the case names, by prefix (<see cref="CaseRow"/>) and id.</param>
/// <param name="Linked">The linked cases that the caller may read: their names by their ids.</param>
/// <param name="Records">The linked records that the caller may read.</param>
public sealed record CaseView(
    CaseSnapshot Case,
    TenantSnapshot Tenant,
    IReadOnlyDictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>> Things,
    IReadOnlyDictionary<long, string> Linked,
    IReadOnlyList<LinkedRecord> Records)
{
    /// <summary>How many linked records the caller may read, shown or not.</summary>
    public long RecordCount { get; init; } = Records.Count;

    /// <summary>What a case names of the things around it: its tags, its sub-status, the inputs of its fields.</summary>
    internal static IEnumerable<(string Prefix, long Id)> Named(CaseSnapshot found)
    {
        foreach (var tag in found.Tags) yield return (CaseRow.TagPrefix, tag);
        if (found.SubStatusId is { } status) yield return (CaseRow.SubStatusPrefix, status);
        foreach (var input in Named(found.Parts)) yield return input;
    }

    /// <summary>What parts of a case name of the things around it: the inputs of fields.</summary>
    internal static IEnumerable<(string Prefix, long Id)> Named(IEnumerable<CasePart> parts)
        => parts.Where(part => part.Kind == PartKind.Field).Select(field => (CaseRow.InputPrefix, field.Number(FieldRow.Input) ?? 0)).Distinct();

    /// <summary>The names of its tags.</summary>
    public IEnumerable<string> TagNames => Case.Tags.Select(tag => TextOf(CaseRow.TagPrefix, tag, CaseTags.Name)).OfType<string>();

    /// <summary>The name of its sub-status; null without one.</summary>
    public string? SubStatusName => Case.SubStatusId is { } id ? TextOf(CaseRow.SubStatusPrefix, id, "name") : null;

    /// <summary>A property of something around the case, or null.</summary>
    public string? TextOf(string prefix, long id, string property) => Things.GetValueOrDefault((prefix, id))?.GetValueOrDefault(property) as string;
}

/// <summary>How answers about cases are written.</summary>
/// <param name="Host">Scheme and host of the request, without a slash at the end.</param>
/// <param name="ResolveMentions">Whether mentions are replaced by display names.</param>
/// <param name="V1">Whether the members are those of v1, which the vendor has deprecated, or of v2.</param>
/// <param name="Reader">Who reads the answer; null for the service itself, to which nothing is too sensitive.</param>
public sealed partial record CaseStyle(string Host, bool ResolveMentions = false, bool V1 = false, Caller? Reader = null)
{
    /// <summary>What stands in place of a value that the reader may not see.</summary>
    public const string Hidden = "[sensitive]";

    /// <summary>Whether the reader sees what is marked as sensitive in a team: who may write there does.</summary>
    public bool ShowsSensitive(long teamId) => Reader is null || Reader.CanWrite(teamId);

    private Func<long, bool>? sees;

    /// <summary>
    /// A text as it is answered: mentions (<c>&lt;@user-12&gt;</c>) replaced where that is asked for, and where there is such a user whom the reader may know of: anybody
    /// can write any number into a text.
    /// </summary>
    public string? Text(string? text, TenantSnapshot tenant)
    {
        if (text is null || !ResolveMentions) return text;
        sees ??= Reader is null ? static _ => true : Users.Visible(Reader, tenant);
        return Mention().Replace(
            text, found => long.TryParse(found.Groups[1].ValueSpan, out var id) && sees(id) && tenant.Users.GetValueOrDefault(id) is { } user ? $"@{user.Name}" : found.Value);
    }

    [GeneratedRegex("<@user-([0-9]{1,16})>", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Mention();
}

/// <summary>A record as a case shows it.</summary>
/// <param name="TypeId">Its record type.</param>
/// <param name="TypeName">That type's name.</param>
/// <param name="Id">The record.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Values">Its fields in their order: id, name, and the value as JSON writes it (null, text, number, true or false).</param>
public sealed record LinkedRecord(long TypeId, string TypeName, long Id, DateTimeOffset Created, IReadOnlyList<(long FieldId, string Name, object? Value)> Values);
