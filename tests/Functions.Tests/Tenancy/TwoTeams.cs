using System.Net;
using Casefile.Core.Storage;

namespace Casefile.Functions.Tests.Tenancy;

/// <summary>
/// A service with two teams, and keys of every kind in the first. All that is in the second has "unseen" in it, so that an answer to one of
/// those keys betrays itself by that word.
/// </summary>
public class TwoTeams : IAsyncLifetime
{
    /// <summary>Is in every name and value of the other team.</summary>
    public const string Mark = "unseen";

    /// <summary>The service.</summary>
    public ServiceFixture Service { get; init; } = new() { Settings = ["--Webhooks:Deliver", "false", "--Webhooks:PerTeam", "1000"] };

    /// <summary>The team of the keys.</summary>
    public TestTeam Own { get; private set; } = null!;

    /// <summary>The team that they are to know nothing of.</summary>
    public TestTeam Other { get; private set; } = null!;

    /// <summary>The keys by what they are: owner, admin, editor, viewer, writer, member (a personal key of an editor), leaver (one of an admin who was removed), stranger (one of nobody's team).</summary>
    public IReadOnlyDictionary<string, string> Keys { get; private set; } = null!;

    /// <summary>A key that was revoked.</summary>
    public string RevokedKey { get; private set; } = "";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await Service.InitializeAsync();
        Own = await TestTeam.CreateAsync(Service, "open");
        Other = await TestTeam.CreateAsync(Service, Mark);
        await Other.KeyAsync();
        await Other.MemberAsync();
        await Other.OptionAsync();
        Keys = await KeysOfAsync(Own);
        var revoked = (await Service.PostAsync("/api/v1/api_keys", $$"""{"name":"open key","team_id":{{Own.Id}},"role":"admin"}""")).Json;
        RevokedKey = revoked.GetProperty("key").GetString()!;
        await Service.DeleteAsync($"/api/v1/api_keys/{revoked.GetProperty("id")}");
    }

    /// <summary>Keys of every kind, those of a role in this team.</summary>
    public async Task<IReadOnlyDictionary<string, string>> KeysOfAsync(TestTeam team)
    {
        var stranger = (await Service.PostAsync("/api/v1/users", """{"name":"open stranger","email":"stranger@example.com"}""")).Json.GetProperty("id").GetInt64();
        var leaver = await team.MemberAsync("admin");
        var left = await Service.DeleteAsync($"/api/v1/teams/{team.Id}/members/{leaver}");
        Assert.Equal(HttpStatusCode.NoContent, left.Status);
        return new Dictionary<string, string>
        {
            ["owner"] = ServiceFixture.OwnerKey,
            ["admin"] = await TeamKeyAsync("admin"),
            ["editor"] = await TeamKeyAsync("editor"),
            ["viewer"] = await TeamKeyAsync("viewer"),
            ["writer"] = await TeamKeyAsync("writer"),
            ["member"] = await KeyAsync($$"""{"name":"open laptop","user_id":{{await team.MemberAsync("editor")}}}"""),
            ["leaver"] = await KeyAsync($$"""{"name":"open laptop","user_id":{{leaver}}}"""),
            ["stranger"] = await KeyAsync($$"""{"name":"open laptop","user_id":{{stranger}}}"""),
        };

        Task<string> TeamKeyAsync(string role) => KeyAsync($$"""{"name":"open {{role}}","team_id":{{team.Id}},"role":"{{role}}"}""");
    }

    /// <inheritdoc/>
    public virtual Task DisposeAsync() => Service.DisposeAsync();

    /// <summary>The rows of the tenant, of both teams' types and of their cases, and all blobs: what a refused request must not change.</summary>
    public Task<IReadOnlyList<string>> EverythingAsync()
        => Service.EverythingAsync([(TableNames.Records, $"{Own.Type}"), (TableNames.Records, $"{Other.Type}"), (TableNames.Cases, $"{Own.Id}"), (TableNames.Cases, $"{Other.Id}")]);

    private async Task<string> KeyAsync(string body) => (await Service.PostAsync("/api/v1/api_keys", body)).Json.GetProperty("key").GetString()!;
}

/// <summary>The same over the embedded storage, for what asks and looks so often that the emulator, which slows down with what it holds, would take minutes.</summary>
public sealed class EmbeddedTwoTeams : TwoTeams
{
    private readonly string folder;

    /// <summary>Over a folder of its own.</summary>
    public EmbeddedTwoTeams()
    {
        folder = Directory.CreateTempSubdirectory("casefile-two-teams-").FullName;
        Service = new ServiceFixture
        {
            ConnectionString = "none",
            Settings = ["--Storage:Embedded", folder, "--Webhooks:Deliver", "false", "--Webhooks:PerTeam", "1000000", "--Tenancy:MaxRecordTypes", "1000000"],
        };
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A team with a record type, and how to put more into it with the owner's key.</summary>
/// <param name="Service">The service.</param>
/// <param name="Id">The team.</param>
/// <param name="Word">Is in every name and value that is made in it.</param>
/// <param name="Type">Its record type.</param>
/// <param name="Text">The type's field of type TEXT.</param>
/// <param name="Artifact">The type's field of type ARTIFACT.</param>
public sealed record TestTeam(ServiceFixture Service, long Id, string Word, long Type, long Text, long Artifact)
{
    /// <summary>Makes a team.</summary>
    public static async Task<TestTeam> CreateAsync(ServiceFixture service, string word)
    {
        var team = await IdAsync(service, "/api/v1/teams", $$"""{"name":"{{word}} team"}""");
        var type = (await service.PostAsync("/api/v1/record_types", TypeBody(team, word))).Json;
        var fields = type.GetProperty("record_fields");
        return new TestTeam(
            service, team, word, type.GetProperty("id").GetInt64(), fields[0].GetProperty("id").GetInt64(), fields[1].GetProperty("id").GetInt64());
    }

    /// <summary>The body that makes a record type in it.</summary>
    public string TypeBody() => TypeBody(Id, Word);

    /// <summary>The body that makes a record of its type.</summary>
    public string RecordBody(string more = "") => $$"""
        {"record_type_id":{{Type}},"field_values":[{"field_id":{{Text}},"value":"{{Word}} text"},{"field_id":{{Artifact}},"value":"{{Word}} artifact"}]{{more}}}
        """;

    /// <summary>Makes a record type.</summary>
    public Task<long> TypeAsync() => IdAsync(Service, "/api/v1/record_types", TypeBody());

    /// <summary>Makes a record, with an artifact whose id is <see cref="ArtifactOfAsync"/>.</summary>
    public Task<long> RecordAsync(string more = "") => IdAsync(Service, "/api/v1/records", RecordBody(more));

    /// <summary>The id of a record's artifact.</summary>
    public async Task<long> ArtifactOfAsync(long record)
        => (await Service.GetAsync($"/api/v1/records/{record}")).Json.GetProperty("record_artifacts")[0].GetProperty("id").GetInt64();

    /// <summary>The body that makes a case in it.</summary>
    public string CaseBody() => $$"""{"team_id":{{Id}},"name":"{{Word}} case","description":"{{Word}} description","tag_names":["{{Word}} tag"]}""";

    /// <summary>Makes a case.</summary>
    public Task<long> CaseAsync() => IdAsync(Service, "/api/v2/cases", CaseBody(), "case_id");

    /// <summary>Makes anything else.</summary>
    public Task<long> MakeAsync(string path, string body) => IdAsync(Service, path, body);

    /// <summary>The body that makes a record of its type where that is a dataset.</summary>
    public string DatasetRecordBody(string more = "") => $$"""
        {"dataset":{"id":{{Type}}},"datums":[{"property":{"id":{{Text}}},"stringValue":"{{Word}} text"},{"property":{"id":{{Artifact}}},"stringValue":"{{Word}} artifact"}]{{more}}}
        """;

    /// <summary>Makes a state of a type of its own, which has another one too.</summary>
    public async Task<long> StateAsync()
    {
        var made = await Service.PostAsync("/v1/datasets", $$"""{"name":"{{Word}} set","teamId":{{Id}},"states":[{"name":"{{Word}} one"},{"name":"{{Word}} two"}]}""");
        return made.Json.GetProperty("states")[0].GetProperty("id").GetInt64();
    }

    /// <summary>Makes a property that has an option.</summary>
    public async Task<long> ChoiceAsync() => (await ChoiceJsonAsync()).GetProperty("id").GetInt64();

    /// <summary>Makes an option of a property of its own.</summary>
    public async Task<long> OptionAsync() => (await ChoiceJsonAsync()).GetProperty("options")[0].GetProperty("id").GetInt64();

    /// <summary>Makes a user who is in no team.</summary>
    public Task<long> UserAsync() => IdAsync(Service, "/api/v1/users", $$"""{"name":"{{Word}} user","email":"{{Word}}@example.com"}""");

    /// <summary>Makes a user who is in the team.</summary>
    public async Task<long> MemberAsync(string role = "viewer")
    {
        var user = await UserAsync();
        var added = await Service.PostAsync($"/api/v1/teams/{Id}/members", $$"""{"user_id":{{user}},"role":"{{role}}"}""");
        Assert.Equal(HttpStatusCode.Created, added.Status);
        return user;
    }

    /// <summary>Makes a key of the team.</summary>
    public Task<long> KeyAsync() => IdAsync(Service, "/api/v1/api_keys", $$"""{"name":"{{Word}} key","team_id":{{Id}},"role":"viewer"}""");

    /// <summary>Makes a key of the team and answers the user that it acts as, whom the team's members see.</summary>
    public async Task<long> ServiceAccountAsync() => (await Service.GetAsync($"/api/v1/api_keys/{await KeyAsync()}")).Json.GetProperty("user_id").GetInt64();

    private async Task<System.Text.Json.JsonElement> ChoiceJsonAsync()
    {
        var made = await Service.PostAsync("/v1/datasets", $$"""
            {"name":"{{Word}} set","teamId":{{Id}},"properties":[{"name":"{{Word}} choice","propertyType":{"id":"option"},"options":[{"text":"{{Word}} one"}]}]}
            """);
        Assert.True(made.Status == HttpStatusCode.OK, made.Text);
        return made.Json.GetProperty("properties")[0];
    }

    private static string TypeBody(long team, string word) => $$"""
        {"name":"{{word}} type","team_id":{{team}},"fields":[{"name":"{{word}} text","result_type":"TEXT"},{"name":"{{word}} artifact","result_type":"ARTIFACT"}]}
        """;

    private static async Task<long> IdAsync(ServiceFixture service, string path, string body, string name = "id")
    {
        var answer = await service.PostAsync(path, body);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer.Json.GetProperty(name).GetInt64();
    }
}
