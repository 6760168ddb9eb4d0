using System.Net;

namespace Casefile.Functions.Tests.Tenancy;

/// <summary>
/// Every endpoint by every kind of key, in the key's own team and in another (common.md, "Authentication"). The endpoints are those of the
/// functions' attributes: one that is not in <see cref="Rules"/> fails.
/// </summary>
public sealed class AuthorizationTests(EmbeddedTwoTeams teams) : IClassFixture<EmbeddedTwoTeams>
{
    private static readonly Dictionary<string, AccessRule> Rules = new(AccessRule.Sets.SelectMany(set => set), StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. DeclaredEndpoint.All.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_endpoint_has_its_rule_here()
        => Assert.Equal(DeclaredEndpoint.All.Keys.Order(StringComparer.Ordinal), Rules.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Without_a_valid_key_there_is_401_and_nothing_happens(string name)
    {
        var (path, body) = await Rules[name].Request(teams.Own);
        var before = await teams.EverythingAsync();

        foreach (var key in new[] { null, "", "wrong", "rk_" + new string('A', 43), ServiceFixture.OwnerKey + "x", teams.RevokedKey })
        {
            var answer = await SendAsync(name, key, path, body);
            if (Rules[name].Needs == Needs.Nothing)
            {
                Assert.Equal(HttpStatusCode.OK, answer.Status);
                continue;
            }

            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
            Assert.Single(answer.Details);
        }

        Assert.Equal(before, await teams.EverythingAsync());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_key_does_what_its_role_allows_and_learns_nothing_of_another_team(string name)
    {
        var rule = Rules[name];
        foreach (var team in new[] { teams.Own, teams.Other })
        {
            var (refusedPath, refusedBody) = await rule.Request(team);
            var before = await teams.EverythingAsync();
            foreach (var (kind, key) in teams.Keys)
            {
                if (Refusal(rule.Needs, kind, team == teams.Own) is not { } refusal) continue;
                if (refusal == HttpStatusCode.NotFound) refusal = rule.Missing;
                var refused = await SendAsync(name, key, refusedPath, refusedBody);
                Assert.True(refused.Status == refusal, $"{name} by {kind} in team {team.Word}: {refused.Status}, not {refusal}: {refused.Text}");
                Assert.DoesNotContain(TwoTeams.Mark, refused.Text, StringComparison.Ordinal);
            }

            Assert.Equal(before, await teams.EverythingAsync());

            foreach (var (kind, key) in teams.Keys)
            {
                if (Refusal(rule.Needs, kind, team == teams.Own) is not null) continue;
                var (path, body) = await (rule.Allowed ?? rule.Request)(team);
                var allowed = await SendAsync(name, key, path, body);
                Assert.True((int)allowed.Status is 200 or 201 or 204, $"{name} by {kind} in team {team.Word}: {allowed.Status}: {allowed.Text}");
                if (kind != "owner") Assert.DoesNotContain(TwoTeams.Mark, allowed.Text, StringComparison.Ordinal);
                else if (rule.Needs == Needs.NothingToList) Assert.Contains(TwoTeams.Mark, allowed.Text, StringComparison.Ordinal);
            }
        }
    }

    private Task<Answer> SendAsync(string name, string? key, string path, string? body)
        => teams.Service.SendAsAsync(key, new HttpMethod(DeclaredEndpoint.All[name].Method), path, body, name == "RecordsImport" ? "application/x-ndjson" : "application/json");

    /// <summary>How a kind of key is refused; null when it is not.</summary>
    private static HttpStatusCode? Refusal(Needs needs, string kind, bool own)
    {
        if (kind == "owner" || needs is Needs.Nothing or Needs.NothingToList or Needs.AnyKey) return null;
        if (needs == Needs.OwnerAnywhere) return HttpStatusCode.Forbidden;
        var role = kind switch
        {
            _ when !own => (Needs?)null,
            "admin" => Needs.Admin,
            "editor" or "member" => Needs.Editor,
            "viewer" => Needs.Viewer,
            "writer" when needs == Needs.Creator => Needs.Creator,
            _ => null,
        };
        return (role, needs) switch
        {
            (null, _) => HttpStatusCode.NotFound,
            (Needs.Admin, Needs.AdminToSee) => null,
            (_, Needs.AdminToSee) => HttpStatusCode.NotFound,
            _ => role >= needs ? null : HttpStatusCode.Forbidden,
        };
    }
}
