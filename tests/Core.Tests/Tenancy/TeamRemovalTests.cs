using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Tenancy;

/// <summary>A process dies between saying that a team is to go and the end of that.</summary>
public sealed class TeamRemovalTests : IDisposable
{
    private readonly SimulatedStorage storage = new();
    private readonly FakeTimeProvider time = new();
    private readonly TenantProcess alive;

    public TeamRemovalTests() => alive = new TenantProcess(storage, time);

    public void Dispose() => alive.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_dead_process_began_maintenance_finishes(bool closed)
    {
        var team = await TeamAsync();
        var intent = await BeginAsync(team);
        if (closed) await CountAsync(team, CaseCounters.Closed, intent);

        await MaintainAsync();
        Assert.DoesNotContain(await alive.Teams.ListAsync(TenantProcess.Owner, default), each => each.Id == team);
    }

    [Fact]
    public async Task A_team_that_has_cases_by_then_stays_and_can_be_deleted_when_they_are_gone()
    {
        var team = await TeamAsync();
        await CountAsync(team, CaseCounters.Cases, 2);
        await BeginAsync(team);

        await MaintainAsync();
        Assert.Contains(await alive.Teams.ListAsync(TenantProcess.Owner, default), each => each.Id == team);
        Assert.Equal(0, (await alive.Partitions[CaseRow.Address(team)].ReadHeadAsync(default))![CaseCounters.Closed]);
        Assert.Equal(ProblemKind.Invalid, (await alive.Teams.DeleteAsync(TenantProcess.Owner, team, null, default))?.Kind);

        await CountAsync(team, CaseCounters.Cases, 0);
        Assert.Null(await alive.Teams.DeleteAsync(TenantProcess.Owner, team, null, default));
    }

    [Fact]
    public async Task A_team_with_a_record_type_stays_and_its_cases_are_open_again()
    {
        var team = await TeamAsync();
        var intent = await BeginAsync(team);
        await CountAsync(team, CaseCounters.Closed, intent);
        await alive.CreateTypeAsync(TenantProcess.Request(teamId: team));

        await MaintainAsync();
        Assert.Contains(await alive.Teams.ListAsync(TenantProcess.Owner, default), each => each.Id == team);
        Assert.Equal(0, (await alive.Partitions[CaseRow.Address(team)].ReadHeadAsync(default))![CaseCounters.Closed]);
    }

    private async Task<long> TeamAsync() => TenantProcess.Value(await alive.Teams.CreateAsync(TenantProcess.Owner, "Passing", null, default)).Value.Id;

    private async Task MaintainAsync()
    {
        time.Advance(TimeSpan.FromHours(1));
        await alive.Maintenance.RunAsync(default);
    }

    /// <summary>Says that a team is to go in a process that does nothing of what it owes.</summary>
    private async Task<long> BeginAsync(long team)
    {
        var partitions = new PartitionSet(
            storage, new DueTable(storage), new OwedWorkHandlers(storage, NullLogger<OwedWorkHandlers>.Instance), new PartitionOptions(), time, NullLogger<Partition>.Instance);
        return TenantProcess.Value(await partitions[TenantRows.Address].CommitAsync<long>(
            async (scope, token) =>
            {
                var row = await scope.GetAsync(TenantRows.Team(team), token);
                scope.Put(row!.RowKey, TenantRows.Encode(TenantRows.ReadTeam(row.RowKey, row.Properties) with { Removal = scope.Version }));
                scope.Owe(TeamRemoval.Of(team, scope.Version));
                return scope.Version;
            },
            default));
    }

    private async Task CountAsync(long team, string counter, long value)
    {
        var partition = alive.Partitions[CaseRow.Address(team)];
        if (await partition.ReadHeadAsync(default) is null)
            await partition.CreateAsync(new Dictionary<string, long>(), new Dictionary<string, IReadOnlyDictionary<string, object>>(), null, default);
        await partition.CommitAsync<bool>(
            (scope, _) =>
            {
                scope[counter] = value;
                return ValueTask.FromResult<Result<bool>>(true);
            },
            default);
    }
}
