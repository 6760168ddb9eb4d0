using System.Text;
using Casefile.Functions.Tests.Tenancy;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Who may call the endpoints of activities, comments, reactions, files, subscribers and assignees.</summary>
internal static class CaseTalkAccess
{
    private const string Heart = """{"value":"heart"}""";

    public static IReadOnlyDictionary<string, AccessRule> Rules { get; } = new Dictionary<string, AccessRule>(
    [
        .. Of("", "/api/v2/cases"),
        .. Of("V1", "/api/v1/cases"),
        new("CaseActivitiesGet", new(Needs.Viewer, async team =>
        {
            var activities = $"/api/v2/cases/{await team.CaseAsync()}/activities";
            return ($"{activities}/{(await team.Service.GetAsync(activities)).Json.GetProperty("activities")[0].GetProperty("id")}", null);
        })),
        new("CaseActivitiesList", new(Needs.Viewer, async team => ($"/api/v2/cases/{await team.CaseAsync()}/activities", null))),
        new("CaseFilesInfo", new(Needs.Viewer, async team => ($"{await FileAsync(team, "/api/v2/cases")}/info", null))),
        new("CaseReactionsCreate", new(Needs.Editor, async team => ($"{await CommentAsync(team)}/reactions", Heart))),
        new("CaseReactionsDelete", new(Needs.Editor, async team => ($"{await CommentAsync(team)}/reactions", Heart))),
        new("CaseSubscribersCreateBatch", new(Needs.Editor, async team =>
        {
            await team.MemberAsync();
            return ($"/api/v2/cases/{await team.CaseAsync()}/subscribers/batch", $$"""{"user_emails":["{{team.Word}}@example.com"]}""");
        })),
    ]);

    private static IEnumerable<KeyValuePair<string, AccessRule>> Of(string version, string cases) =>
    [
        new($"Case{version}AssigneesList", new(Needs.Viewer, async team => ($"{cases}/{await team.CaseAsync()}/assignees", null))),
        new($"Case{version}CommentsCreate", new(Needs.Editor, async team => ($"{cases}/{await team.CaseAsync()}/comments", Comment(team)))),
        new($"Case{version}CommentsDelete", new(Needs.Editor, async team => (await CommentAsync(team, cases), null))),
        new($"Case{version}CommentsGet", new(Needs.Viewer, async team => (await CommentAsync(team, cases), null))),
        new($"Case{version}CommentsList", new(Needs.Viewer, async team => (Path.GetDirectoryName(await CommentAsync(team, cases))!, null))),
        new($"Case{version}CommentsUpdate", new(Needs.Editor, async team => (await CommentAsync(team, cases), $$"""{"value":"{{team.Word}} again"}"""))),
        new($"Case{version}FilesCreate", new(Needs.Editor, async team => ($"{cases}/{await team.CaseAsync()}/files", File(team)))),
        new($"Case{version}FilesDelete", new(Needs.Editor, async team => (await FileAsync(team, cases), null))),
        new($"Case{version}FilesDownload", new(Needs.Viewer, async team => ($"{await FileAsync(team, cases)}/download", null))),
        new($"Case{version}FilesGet", new(Needs.Viewer, async team => (await FileAsync(team, cases), null))),
        new($"Case{version}FilesList", new(Needs.Viewer, async team => (Path.GetDirectoryName(await FileAsync(team, cases))!, null))),
        new($"Case{version}ReactionsAdd", new(Needs.Editor, async team => ($"{await CommentAsync(team, cases)}/add_reaction", Heart))),
        new($"Case{version}ReactionsRemove", new(Needs.Editor, async team => ($"{await CommentAsync(team, cases)}/remove_reaction", Heart))),
        new($"Case{version}SubscribersCreate", new(Needs.Editor, async team =>
        {
            await team.MemberAsync();
            return ($"{cases}/{await team.CaseAsync()}/subscribers", Subscriber(team));
        })),
        new($"Case{version}SubscribersDelete", new(Needs.Editor, async team =>
        {
            var subscribers = await SubscribersAsync(team, cases);
            return ($"{subscribers}/{(await team.Service.GetAsync(subscribers)).Json.GetProperty("subscribers")[0].GetProperty("id")}", null);
        })),
        new($"Case{version}SubscribersList", new(Needs.Viewer, async team => (await SubscribersAsync(team, cases), null))),
    ];

    private static string Comment(TestTeam team) => $$"""{"value":"{{team.Word}} comment"}""";

    private static string File(TestTeam team)
        => $$"""{"filename":"{{team.Word}}.txt","file_contents":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(team.Word))}}","value":"{{team.Word}} file"}""";

    private static string Subscriber(TestTeam team) => $$"""{"user_email":"{{team.Word}}@example.com"}""";

    private static async Task<string> CommentAsync(TestTeam team, string cases = "/api/v2/cases")
    {
        var comments = $"{cases}/{await team.CaseAsync()}/comments";
        return $"{comments}/{await team.MakeAsync(comments, Comment(team))}";
    }

    private static async Task<string> FileAsync(TestTeam team, string cases)
    {
        var files = $"{cases}/{await team.CaseAsync()}/files";
        return $"{files}/{await team.MakeAsync(files, File(team))}";
    }

    private static async Task<string> SubscribersAsync(TestTeam team, string cases)
    {
        await team.MemberAsync();
        var subscribers = $"{cases}/{await team.CaseAsync()}/subscribers";
        await team.MakeAsync(subscribers, Subscriber(team));
        return subscribers;
    }
}
