using Casefile.Core.Storage;
using Casefile.Functions.Tests.Tenancy;

namespace Casefile.Functions.Tests.Fuzz;

/// <summary>Two teams over the embedded storage: requests are made with the keys of one, and in everything of the other is a word that no answer may have.</summary>
internal sealed class FuzzWorld : IAsyncDisposable
{
    private readonly EmbeddedTwoTeams teams = new();
    private readonly Dictionary<string, IReadOnlyList<Parameter>> grammar = new(StringComparer.Ordinal);
    private IReadOnlyList<Sample> foreign = [];
    private IReadOnlyList<string> before = [];

    /// <summary>Where the service listens.</summary>
    public Uri Address => teams.Service.Client.BaseAddress!;

    /// <summary>What each endpoint was learned to read.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Parameter>> Grammar => grammar;

    /// <summary>Fills the other team, and learns what each endpoint reads.</summary>
    public async Task BeginAsync()
    {
        await teams.InitializeAsync();
        foreach (var endpoint in DeclaredEndpoint.All.Values) grammar[endpoint.Name] = await LearnAsync(endpoint);
        foreign = await SamplesAsync(teams.Other);
        before = await OtherAsync();
    }

    /// <summary>A fresh team of those whose keys are used: those keys, and a right request for every endpoint in it and in the other team.</summary>
    public async Task<FuzzRound> RoundAsync()
    {
        var own = await TestTeam.CreateAsync(teams.Service, teams.Own.Word);
        var keys = await teams.KeysOfAsync(own);
        return new FuzzRound(await SamplesAsync(own), foreign, [keys["admin"], keys["admin"], keys["editor"], keys["member"], keys["viewer"], keys["writer"]]);
    }

    /// <summary>What has changed of the other team, as it is stored and as its owner sees it.</summary>
    public async Task<IReadOnlyList<string>> ChangesAsync()
    {
        var after = await OtherAsync();
        return [.. before.Except(after).Select(line => "- " + line), .. after.Except(before).Select(line => "+ " + line)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await teams.DisposeAsync();

    private async Task<IReadOnlyList<Sample>> SamplesAsync(TestTeam team)
    {
        var samples = new List<Sample>();
        foreach (var endpoint in DeclaredEndpoint.All.Values.OrderBy(each => each.Name, StringComparer.Ordinal)) samples.Add(await SampleAsync(endpoint, team));
        return samples;
    }

    private async Task<Sample> SampleAsync(DeclaredEndpoint endpoint, TestTeam team)
    {
        var rule = Rule(endpoint);
        var (target, body) = await rule.Request(team);
        var parts = target.Split('?', 2);
        return new Sample(endpoint.Name, endpoint.Method, parts[0], parts.Length == 1 ? [] : parts[1].Split('&'), body?.Replace(TwoTeams.Mark, "found", StringComparison.Ordinal))
        {
            IsForeign = team == teams.Other && rule.Needs is not (Needs.Nothing or Needs.NothingToList or Needs.AnyKey),
            Parameters = grammar.GetValueOrDefault(endpoint.Name, []),
        };
    }

    private static AccessRule Rule(DeclaredEndpoint endpoint) => AccessRule.Sets.Select(set => set.GetValueOrDefault(endpoint.Name)).First(rule => rule is not null)!;

    /// <summary>Asks with the owner's key, each time of something new: what is asked for may go by it.</summary>
    private async Task<IReadOnlyList<Parameter>> LearnAsync(DeclaredEndpoint endpoint)
    {
        var given = (await SampleAsync(endpoint, teams.Own)).Members().Select(member => member.Key).ToArray();
        return await new Grammar(async members =>
        {
            var sample = await SampleAsync(endpoint, teams.Own);
            var body = sample.Members();
            foreach (var (name, value) in members.ToArray())
            {
                members.Remove(name);
                body[name] = value;
            }

            var answer = await teams.Service.SendAsync(new HttpMethod(endpoint.Method), $"{sample.Path}?{string.Join('&', sample.Query)}", body.ToJsonString());
            return (int)answer.Status is 400 or 422 ? [.. answer.Details.OfType<string>()] : [];
        }).LearnAsync(given);
    }

    private async Task<IReadOnlyList<string>> OtherAsync()
    {
        var types = (await teams.Service.GetAsync($"/api/v1/record_types?per_page=500&team_id={teams.Other.Id}")).Json.GetProperty("record_types");
        var lines = (await teams.Service.EverythingAsync(
            [
                (TableNames.Cases, $"{teams.Other.Id}"),
                (TableNames.Webhooks, $"{teams.Other.Id}"),
                .. types.EnumerateArray().Select(type => (TableNames.Records, $"{type.GetProperty("id")}")),
            ]))
            .Where(line => line.Contains('/', StringComparison.Ordinal) && !line.StartsWith(TableNames.Tenant, StringComparison.Ordinal) && !line.StartsWith("artifacts/", StringComparison.Ordinal) && !line.StartsWith("files/", StringComparison.Ordinal))
            .ToList();

        // A PDF says when it was made.
        foreach (var sample in foreign.Where(sample => sample is { IsForeign: true, Method: "GET" } && !sample.Path.EndsWith("/pdf", StringComparison.Ordinal)))
        {
            var target = $"{sample.Path}?{string.Join('&', sample.Query)}";
            var answer = await teams.Service.GetAsync(target);
            lines.Add($"GET {target} {answer.Status} {answer.Text}");
        }

        return lines;
    }
}

/// <summary>What requests are made of for a while.</summary>
/// <param name="Own">A right request for every endpoint, by name.</param>
/// <param name="Foreign">The same in the other team.</param>
/// <param name="Keys">Keys of the own team, an admin's first.</param>
internal sealed record FuzzRound(IReadOnlyList<Sample> Own, IReadOnlyList<Sample> Foreign, IReadOnlyList<string> Keys)
{
    /// <summary>Ids to put where ids go.</summary>
    public IReadOnlyList<long> Ids { get; } = [.. Own.Concat(Foreign).Concat(Foreign).SelectMany(sample => sample.Ids())];
}
