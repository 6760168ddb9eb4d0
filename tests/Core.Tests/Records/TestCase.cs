using Casefile.Core.Cases;
using Casefile.Core.Tests.Tenancy;

namespace Casefile.Core.Tests.Records;

/// <summary>A case with nothing inside.</summary>
internal static class TestCase
{
    public static async Task<long> CreateAsync(CaseDesk desk, CaseIds ids, long team)
        => TenantProcess.Value(await desk.CommitAsync<long>(
            team,
            async (scope, token) =>
            {
                var edit = await CaseEdit.NewAsync(scope, ids, TenantProcess.Owner, token);
                edit.Image[CaseRow.Name] = "case";
                edit.Image[CaseRow.Priority] = (long)CasePriority.Low;
                edit.Image[CaseRow.Opened] = edit.Now;
                edit.Save();
                return edit.Id;
            },
            default));
}
