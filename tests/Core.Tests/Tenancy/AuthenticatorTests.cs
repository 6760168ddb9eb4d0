using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Tenancy;

public sealed class AuthenticatorTests : IDisposable
{
    private readonly SimulatedStorage storage = new();
    private readonly FakeTimeProvider time = new();
    private readonly TenantProcess here;
    private readonly TenantProcess there;

    public AuthenticatorTests() => (here, there) = (new TenantProcess(storage, time), new TenantProcess(storage, time));

    public void Dispose()
    {
        here.Dispose();
        there.Dispose();
    }

    [Fact]
    public async Task The_owner_key_may_do_everything_and_is_nowhere_in_storage()
    {
        var caller = await here.Authenticator.AuthenticateAsync(TenantProcess.OwnerKey, default);

        Assert.True(caller?.IsOwner);
        await here.Teams.ListAsync(TenantProcess.Owner, default);
        Assert.DoesNotContain(TenantProcess.OwnerKey, StoredText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("the-owners-kez")]
    [InlineData("rk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_wrong_key_is_nobody(string key) => Assert.Null(await here.Authenticator.AuthenticateAsync(key, default));

    [Fact]
    public async Task A_team_key_has_its_role_in_its_team_alone()
    {
        var key = await TeamKeyAsync(here, TeamRole.Editor);

        var caller = await here.Authenticator.AuthenticateAsync(key, default);

        Assert.NotNull(caller);
        Assert.True(caller.CanWrite(1));
        Assert.False(caller.CanAdminister(1));
        Assert.False(caller.CanRead(2));
    }

    [Fact]
    public async Task A_key_is_stored_as_a_hash_only()
    {
        var key = await TeamKeyAsync(here, TeamRole.Viewer);

        Assert.DoesNotContain(key[8..], StoredText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_made_by_another_process_is_known_at_once()
    {
        Assert.Null(await there.Authenticator.AuthenticateAsync("rk_" + new string('A', 43), default));
        time.Advance(TimeSpan.FromSeconds(1));

        var key = await TeamKeyAsync(here, TeamRole.Viewer);

        Assert.NotNull(await there.Authenticator.AuthenticateAsync(key, default));
    }

    [Fact]
    public async Task Requests_that_come_together_with_a_new_key_are_all_let_in()
    {
        await there.Tenant.FreshAsync(default);
        var key = await TeamKeyAsync(here, TeamRole.Viewer);

        var callers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => there.Authenticator.AuthenticateAsync(key, default).AsTask()));

        Assert.All(callers, Assert.NotNull);
    }

    [Fact]
    public async Task Unknown_keys_make_a_process_look_at_storage_at_most_once_a_second()
    {
        await there.Authenticator.AuthenticateAsync("rk_" + new string('A', 43), default);
        var before = storage.Counts.PointReads;

        for (var i = 0; i < 10; i++) await there.Authenticator.AuthenticateAsync("rk_" + new string('B', 43), default);

        Assert.Equal(before, storage.Counts.PointReads);
    }

    [Fact]
    public async Task A_known_key_costs_no_storage_request()
    {
        var key = await TeamKeyAsync(here, TeamRole.Viewer);
        await here.Authenticator.AuthenticateAsync(key, default);
        var before = storage.Counts.All;

        for (var i = 0; i < 10; i++) await here.Authenticator.AuthenticateAsync(key, default);

        Assert.Equal(before, storage.Counts.All);
    }

    [Fact]
    public async Task A_revoked_key_stops_at_once_here_and_after_ten_seconds_elsewhere()
    {
        var key = await TeamKeyAsync(here, TeamRole.Viewer);
        var known = await there.Authenticator.AuthenticateAsync(key, default);

        Assert.Null(await here.Keys.RevokeAsync(TenantProcess.Owner, known!.KeyId, null, default));

        Assert.Null(await here.Authenticator.AuthenticateAsync(key, default));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await there.Authenticator.AuthenticateAsync(key, default));
    }

    [Fact]
    public async Task A_personal_key_has_the_roles_of_its_user()
    {
        var user = TenantProcess.Value(await here.Users.CreateAsync(TenantProcess.Owner, new NameChange("Ada", null, null), "ada@example.com", false, null, default)).Value;
        var key = TenantProcess.Value(await here.Keys.CreatePersonalAsync(TenantProcess.Owner, "laptop", user.Id, null, default)).Value.Secret!;
        Assert.Empty((await here.Authenticator.AuthenticateAsync(key, default))!.Roles);

        TenantProcess.Value(await here.Teams.AddMemberAsync(TenantProcess.Owner, 1, user.Id, TeamRole.Admin, null, default));
        Assert.True((await here.Authenticator.AuthenticateAsync(key, default))!.CanAdminister(1));

        Assert.Null(await here.Teams.RemoveMemberAsync(TenantProcess.Owner, 1, user.Id, null, default));
        Assert.False((await here.Authenticator.AuthenticateAsync(key, default))!.CanRead(1));
    }

    [Fact]
    public async Task A_key_of_a_deleted_team_is_nobodys_and_leaves_no_row()
    {
        var team = TenantProcess.Value(await here.Teams.CreateAsync(TenantProcess.Owner, "Red", null, default)).Value;
        var key = TenantProcess.Value(await here.Keys.CreateForTeamAsync(TenantProcess.Owner, "ci", team.Id, TeamRole.Admin, null, default)).Value;

        Assert.Null(await here.Teams.DeleteAsync(TenantProcess.Owner, team.Id, null, default));

        Assert.Null(await here.Authenticator.AuthenticateAsync(key.Secret!, default));
        Assert.DoesNotContain(TenantRows.Key(key.Key.Id), storage.Rows("tenant", "tenant").Select(row => row.RowKey));
    }

    [Fact]
    public async Task A_key_made_under_the_previous_pepper_is_known_while_it_is_configured()
    {
        using var old = new TenantProcess(storage, time, new TenancyOptions { Pepper = "old" });
        var key = await TeamKeyAsync(old, TeamRole.Viewer);

        using var rotating = new TenantProcess(storage, time, new TenancyOptions { Pepper = "new", PreviousPepper = "old" });
        using var rotated = new TenantProcess(storage, time, new TenancyOptions { Pepper = "new" });

        Assert.NotNull(await rotating.Authenticator.AuthenticateAsync(key, default));
        Assert.Null(await rotated.Authenticator.AuthenticateAsync(key, default));
    }

    [Fact]
    public async Task Processes_that_start_together_on_a_fresh_store_set_it_up_once()
    {
        var processes = Enumerable.Range(0, 8).Select(_ => new TenantProcess(storage, time)).ToArray();

        var teams = await Task.WhenAll(processes.Select(process => process.Teams.ListAsync(TenantProcess.Owner, default)));

        Assert.All(teams, each => Assert.Equal("Default team", Assert.Single(each).Name));
        Assert.Single(storage.Rows("tenant", "tenant"), row => row.RowKey.StartsWith(TenantRows.UserPrefix, StringComparison.Ordinal));
        foreach (var process in processes) process.Dispose();
    }

    [Fact]
    public async Task A_repeat_of_making_a_key_answers_the_same_key_without_its_secret()
    {
        Once Key() => new(1, "api_keys", "once-1", "body"u8);

        var first = TenantProcess.Value(await here.Keys.CreateForTeamAsync(TenantProcess.Owner, "ci", 1, TeamRole.Viewer, Key(), default));
        var second = TenantProcess.Value(await there.Keys.CreateForTeamAsync(TenantProcess.Owner, "ci", 1, TeamRole.Viewer, Key(), default));

        Assert.NotNull(first.Value.Secret);
        Assert.True(second.Replayed);
        Assert.Null(second.Value.Secret);
        Assert.Equal(first.Value.Key, second.Value.Key);
        Assert.Single(await there.Keys.ListAsync(TenantProcess.Owner, default));
    }

    private static async Task<string> TeamKeyAsync(TenantProcess process, TeamRole role)
        => TenantProcess.Value(await process.Keys.CreateForTeamAsync(TenantProcess.Owner, "key", 1, role, null, default)).Value.Secret!;

    private string StoredText()
        => string.Join('\n', storage.Rows("tenant", "tenant").SelectMany(row => row.Properties.Values).Select(value => value as string ?? ""));
}
