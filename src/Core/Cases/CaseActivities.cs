using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>What happened to a case (cases.md, "activities"). A singleton.</summary>
public sealed class CaseActivities(CaseInside inside)
{
    /// <summary>A page of the activities, newest first: of these types, or of all where none is given.</summary>
    public Task<Result<PartPage>> ListAsync(Caller caller, long caseId, IReadOnlyList<string> types, long skip, int take, CancellationToken cancellationToken)
        => inside.PageAsync(caller, caseId, PartKind.Activity, types, skip, take, cancellationToken);

    /// <summary>An activity.</summary>
    public Task<Result<PartView>> GetAsync(Caller caller, long caseId, long id, CancellationToken cancellationToken)
        => inside.GetAsync(caller, caseId, PartKind.Activity, id, cancellationToken);
}
