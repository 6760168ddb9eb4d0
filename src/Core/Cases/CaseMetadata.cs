using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Replicas;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// The metadata of a case (cases.md, "metadata"): pairs of a key and any JSON value. It is in the case's row, so its ETag is the case's. A singleton.
/// </summary>
public sealed class CaseMetadata(CaseDesk desk, ReplicaSet replicas)
{
    private readonly CaseReading reading = new(desk, replicas);

    /// <summary>All of it.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public Task<Result<MetadataView>> GetAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => reading.ReadAsync<MetadataView>(caller, caseId, null, (_, found) => new(new MetadataView(caseId, found.Metadata, found.Revision)), cancellationToken);

    /// <summary>One pair of it; NotFound where there is none.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<MetadataView>> GetAsync(Caller caller, long caseId, string key, CancellationToken cancellationToken)
    {
        if (!(await GetAsync(caller, caseId, cancellationToken)).Try(out var all, out var problem)) return problem;
        using var document = JsonDocument.Parse(all.Json);
        var pair = document.RootElement.EnumerateObject().Where(member => member.NameEquals(key)).ToArray();
        return pair.Length > 0 ? all with { Json = JsonMembers.Write(pair) } : Problem.NotFound("Metadata", $"The case has no metadata '{key}'");
    }

    /// <summary>Adds pairs; a key that is there keeps its value.</summary>
    public async Task<Result<Made<MetadataView>>> AddAsync(Caller caller, long caseId, JsonElement pairs, Once? once, CancellationToken cancellationToken)
    {
        if (await RefuseAsync(caller, caseId, pairs, cancellationToken) is { } tooMuch) return tooMuch;
        var written = await desk.ChangeAsync<(OnceMade? Before, IReadOnlyDictionary<string, object> Image)>(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                if (once is not null)
                {
                    if (!(await once.FindAsync(edit.Scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return (before, edit.Image);
                }

                using var document = JsonDocument.Parse(Of(edit));
                var there = document.RootElement.EnumerateObject().Select(pair => pair.Name).ToHashSet(StringComparer.Ordinal);
                var added = pairs.EnumerateObject().Where(pair => !there.Contains(pair.Name)).ToArray();
                if (await ChangeAsync(edit, added, JsonMembers.Write(document.RootElement.EnumerateObject().Concat(added)), token) is { } problem) return problem;

                if (once is null) return (null, edit.Image);

                // A repeat is answered by the row that this commit logs, also where nothing was new.
                edit.Touch();
                once.Remember(edit.Scope, CaseRow.Key(caseId));
                return (null, edit.Image);
            },
            cancellationToken);
        if (!written.Try(out var outcome, out var refusal)) return refusal;
        if (outcome.Answer.Before is not { } first) return new Made<MetadataView>(View(caseId, outcome.Answer.Image), Replayed: false);
        return await desk.ReplayAsync(outcome.TeamId, first.Version, key => key == first.Made, cancellationToken) is [{ Image: { } image }]
            ? new Made<MetadataView>(View(caseId, image), Replayed: true)
            : Refusals.KeyForgotten();
    }

    /// <summary>Sets pairs, whether their keys are there or not; other keys stay.</summary>
    public async Task<Result<MetadataView>> SetAsync(Caller caller, long caseId, JsonElement pairs, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (await RefuseAsync(caller, caseId, pairs, cancellationToken) is { } tooMuch) return tooMuch;
        var given = pairs.EnumerateObject().ToDictionary(pair => pair.Name, StringComparer.Ordinal);
        return await ChangeAsync(
            caller,
            caseId,
            ifMatch,
            before =>
            {
                var there = before.EnumerateObject().Select(pair => pair.Name).ToHashSet(StringComparer.Ordinal);
                return (
                    [.. pairs.EnumerateObject()],
                    before.EnumerateObject().Select(pair => given.GetValueOrDefault(pair.Name, pair)).Concat(pairs.EnumerateObject().Where(pair => !there.Contains(pair.Name))));
            },
            cancellationToken);
    }

    /// <summary>Removes the pairs of these keys, as far as they are there.</summary>
    public Task<Result<MetadataView>> RemoveAsync(Caller caller, long caseId, IReadOnlyList<string> keys, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var gone = keys.ToHashSet(StringComparer.Ordinal);
        return ChangeAsync(
            caller,
            caseId,
            ifMatch,
            before => ([.. before.EnumerateObject().Where(pair => gone.Contains(pair.Name))], before.EnumerateObject().Where(pair => !gone.Contains(pair.Name))),
            cancellationToken);
    }

    /// <summary>The metadata of a new case as its row keeps it, null where it is empty; a fault where it is too long.</summary>
    internal static string? Encode(JsonElement? metadata, List<Fault> faults)
    {
        if (metadata is not { } given) return null;
        var text = JsonMembers.Text(given);
        if (LongText.TooLong("metadata", text) is { } tooLong) faults.Add(tooLong);
        return text == "{}" ? null : text;
    }

    private async Task<Result<MetadataView>> ChangeAsync(
        Caller caller, long caseId, IfMatch? ifMatch, Func<JsonElement, (JsonProperty[] Changed, IEnumerable<JsonProperty> After)> change, CancellationToken cancellationToken)
    {
        var written = await desk.ChangeAsync<IReadOnlyDictionary<string, object>>(
            caller,
            caseId,
            ifMatch,
            async (edit, token) =>
            {
                using var document = JsonDocument.Parse(Of(edit));
                var (changed, after) = change(document.RootElement);
                return await ChangeAsync(edit, changed, JsonMembers.Write(after), token) is { } problem ? problem : edit.Image;
            },
            cancellationToken);
        return written.Map(outcome => View(caseId, outcome.Answer));
    }

    /// <summary>The refusal of more than a case keeps, before anything is compared with it; null where the commit decides.</summary>
    private async ValueTask<Problem?> RefuseAsync(Caller caller, long caseId, JsonElement pairs, CancellationToken cancellationToken)
        => await desk.RefuseToWriteAsync(caller, caseId, cancellationToken)
            ?? (LongText.TooLong("metadata", JsonMembers.Text(pairs)) is { } tooLong ? new Problem(ProblemKind.Invalid, [tooLong]) : null);

    private static async ValueTask<Problem?> ChangeAsync(CaseEdit edit, JsonProperty[] changed, string after, CancellationToken cancellationToken)
    {
        if (LongText.TooLong("metadata", after) is { } tooLong) return new Problem(ProblemKind.Invalid, [tooLong]);
        if (changed.Length == 0) return null;
        LongText.Write(edit.Image, CaseRow.Metadata, after == "{}" ? null : after);
        await edit.TellAsync(ActivityType.MetadataUpdated, string.Join(", ", changed.Select(pair => pair.Name)), cancellationToken);
        return null;
    }

    private static string Of(CaseEdit edit) => LongText.Read(edit.Image, CaseRow.Metadata) ?? "{}";

    private static MetadataView View(long caseId, IReadOnlyDictionary<string, object> image)
        => new(caseId, LongText.Read(image, CaseRow.Metadata) ?? "{}", (long)image[CaseRow.Revision]);
}

/// <summary>The metadata of a case, or some of it.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Json">A JSON object.</param>
/// <param name="Revision">The case's revision.</param>
public sealed record MetadataView(long CaseId, string Json, long Revision);
