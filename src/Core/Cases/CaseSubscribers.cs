using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// Who follows a case (cases.md, "subscribers"). A subscriber's row stands under the user's id, so nobody follows a case twice, however many requests ask for it at once.
/// A singleton.
/// </summary>
public sealed class CaseSubscribers(CaseInside inside)
{
    /// <summary>Users that one request subscribes at most.</summary>
    public const int MostAtOnce = 50;

    /// <summary>The subscribers, by user id.</summary>
    public Task<Result<PartList>> ListAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => inside.ListAsync(caller, caseId, PartKind.Subscriber, newestFirst: false, cancellationToken);

    /// <summary>Subscribes a user; one who follows the case already stays as it is.</summary>
    public async Task<Result<Made<PartView>>> SubscribeAsync(Caller caller, long caseId, string email, Once? once, CancellationToken cancellationToken)
        => (await SubscribeAsync(
                caller, caseId, once, (tenant, team, faults) => CaseUsers.FindOne(tenant, caller, team, email, "user_email", faults) is { } user ? [user] : [], cancellationToken))
            .Map(made => new Made<PartView>(new PartView(caseId, made.Value.Parts[0], made.Value.Tenant), made.Replayed));

    /// <summary>Subscribes users, all or none.</summary>
    public Task<Result<Made<PartPage>>> SubscribeAsync(Caller caller, long caseId, IReadOnlyList<string> emails, Once? once, CancellationToken cancellationToken)
        => SubscribeAsync(
            caller,
            caseId,
            once,
            (tenant, team, faults) =>
            {
                if (emails.Count is 0 or > MostAtOnce)
                    faults.Add(new Fault("Parameter is invalid", string.Create(CultureInfo.InvariantCulture, $"user_emails: takes 1 to {MostAtOnce} addresses")));
                return CaseUsers.Find(tenant, caller, team, emails, "user_emails", faults);
            },
            cancellationToken);

    /// <summary>Ends a subscription.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long caseId, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.RemoveAsync(
            caller,
            caseId,
            PartKind.Subscriber,
            id,
            ifMatch,
            async (edit, subscriber, _, token) =>
            {
                edit.Remove(subscriber);
                await edit.TellAsync(ActivityType.FieldUpdated, "subscribers", token);
                return null;
            },
            cancellationToken);

    private Task<Result<Made<PartPage>>> SubscribeAsync(
        Caller caller, long caseId, Once? once, Func<TenantSnapshot, long, List<Fault>, IReadOnlyList<long>> find, CancellationToken cancellationToken)
        => inside.MakeAllAsync(
            caller,
            caseId,
            once,
            async (edit, tenant, token) =>
            {
                var faults = new List<Fault>();
                var users = find(tenant, edit.TeamId, faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);

                var subscribers = new List<CasePart>(users.Count);
                var any = false;
                foreach (var user in users)
                {
                    var before = await edit.FindAsync(PartKind.Subscriber, user, token);
                    any |= before is null;
                    subscribers.Add(before is not null ? edit.Keep(before) : edit.Add(PartKind.Subscriber, user, new Dictionary<string, object>(StringComparer.Ordinal)));
                }

                if (any) await edit.TellAsync(ActivityType.FieldUpdated, "subscribers", token);
                return subscribers;
            },
            cancellationToken);
}
