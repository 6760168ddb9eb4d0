using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Replicas;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// Takes a deleted tag off the cases that have it, and gives cases of a deleted sub-status another. From the deletion on no case can get what is gone, so the cases that the
/// replica names at that version are all there are.
/// </summary>
public sealed class GoneThings(CaseDesk desk, PartitionSet partitions, ReplicaSet replicas) : IOwedWorkHandler
{
    private const string TagKind = "case-tag-gone";
    private const string SubStatusKind = "case-substatus-gone";

    /// <summary>Cases a commit: with their activities well below a transaction of 100 rows.</summary>
    private const int CasesPerCommit = 30;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [TagKind, SubStatusKind];

    /// <summary>The work after a tag was deleted.</summary>
    internal static OwedWork Tag(long id, string name, long userId) => new(TagKind, JsonSerializer.Serialize(new Gone(id, userId, name, 0)));

    /// <summary>The work after a sub-status was deleted.</summary>
    /// <param name="id">The sub-status.</param>
    /// <param name="fallback">The one that its cases get; 0 for none.</param>
    /// <param name="userId">Who deleted it.</param>
    internal static OwedWork SubStatus(long id, long fallback, long userId) => new(SubStatusKind, JsonSerializer.Serialize(new Gone(id, userId, "", fallback)));

    /// <inheritdoc/>
    public async Task DoAsync(PartitionAddress owner, long version, OwedWork work, CancellationToken cancellationToken)
    {
        var gone = JsonSerializer.Deserialize<Gone>(work.Payload)!;
        foreach (var cases in (await HavingAsync(owner, version, work.Kind, gone.Id, cancellationToken)).Chunk(CasesPerCommit))
            await DoAsync(owner, work.Kind, gone, cases, cancellationToken);
    }

    private async Task DoAsync(PartitionAddress owner, string kind, Gone gone, long[] cases, CancellationToken cancellationToken)
    {
        var done = await partitions[owner].CommitAsync<bool>(
            async (scope, token) =>
            {
                foreach (var id in cases)
                {
                    if (await CaseEdit.FindAsync(scope, desk.Ids, By(gone.UserId), id, token) is not { } edit || edit.Image.ContainsKey(CaseRow.Moved)) continue;
                    if (kind == TagKind) await TakeOffAsync(edit, gone, token);
                    else await ReplaceAsync(edit, gone, token);
                    edit.Save();
                }

                return true;
            },
            cancellationToken);
        switch (done.Problem)
        {
            case null or { Kind: ProblemKind.NotFound }:
                return;

            // Cases with long texts may be too much for one transaction together, however often it is tried.
            case { Kind: ProblemKind.Invalid } when cases.Length > 1:
                foreach (var half in cases.Chunk((cases.Length + 1) / 2)) await DoAsync(owner, kind, gone, half, cancellationToken);
                return;

            case { } problem:
                throw new StorageUnavailableException(problem.Faults[0].Message);
        }
    }

    private static async ValueTask TakeOffAsync(CaseEdit edit, Gone gone, CancellationToken cancellationToken)
    {
        var tags = IdList.Read(edit.Image, CaseRow.Tags);
        if (!tags.Contains(gone.Id)) return;
        IdList.Write(edit.Image, CaseRow.Tags, tags.Where(tag => tag != gone.Id));
        await edit.TellAsync(ActivityType.TagsRemoved, gone.Name, cancellationToken);
    }

    private static async ValueTask ReplaceAsync(CaseEdit edit, Gone gone, CancellationToken cancellationToken)
    {
        if (edit.Image.GetValueOrDefault(CaseRow.SubStatus) as long? != gone.Id) return;
        var closed = edit.Image.GetValueOrDefault(CaseRow.Closed) is true;
        var next = gone.Fallback == 0 ? null : await TeamSubStatuses.FindAsync(edit.Scope, gone.Fallback, closed, cancellationToken);

        // The fallback may be gone too by now.
        if (next is null && edit.Scope[SubStatusRow.DefaultCounter(closed)] is not 0 and var other)
            next = await TeamSubStatuses.FindAsync(edit.Scope, other, closed, cancellationToken);
        if (next is null) edit.Image.Remove(CaseRow.SubStatus);
        else edit.Image[CaseRow.SubStatus] = RowKeys.LastNumber(next.RowKey);
        await edit.TellAsync(ActivityType.SubStatusUpdated, next?.Properties[CaseRow.Name] as string, cancellationToken);
    }

    private async Task<IReadOnlyList<long>> HavingAsync(PartitionAddress owner, long version, string kind, long id, CancellationToken cancellationToken)
    {
        var opened = await replicas.OpenWrittenAsync(owner, version, cancellationToken);
        if (!opened.Try(out var lease, out var problem)) return problem.Kind == ProblemKind.NotFound ? [] : throw new StorageUnavailableException(problem.Faults[0].Message);
        using (lease)
        {
            var queries = new CaseQueries(lease, long.Parse(owner.Key, CultureInfo.InvariantCulture));
            var having = kind == TagKind ? queries.TaggedWith(id, cancellationToken) : queries.InSubStatus(id, cancellationToken);
            return having.Try(out var cases, out problem) ? cases : throw new StorageUnavailableException(problem.Faults[0].Message);
        }
    }

    private static Caller By(long userId) => new(userId, 0, IsOwner: false, new Dictionary<long, TeamRole>());

    /// <summary>What is gone.</summary>
    /// <param name="Id">Which one.</param>
    /// <param name="UserId">Who deleted it.</param>
    /// <param name="Name">What it was called.</param>
    /// <param name="Fallback">What its cases get instead; 0 for nothing.</param>
    private sealed record Gone(long Id, long UserId, string Name, long Fallback);
}
