using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Creates, changes and deletes cases: one commit each, activities included.</summary>
internal sealed class CaseWriting(CaseDesk desk, CaseRecords records)
{
    private const int LongestName = 255;

    /// <summary>Tasks, blocks and fields that a case is made with at most: all of a case is one transaction of 100 rows.</summary>
    private const int MostPartsOnCreate = 60;

    /// <summary>Users that one request assigns and takes off at most: an activity tells of each.</summary>
    private const int MostAssigned = 80;

    /// <summary>Tags that one request takes off at most: each is a read.</summary>
    private const int MostTagsRemoved = 100;

    /// <summary>Creates a case; a repeat with the same idempotency key finds the first.</summary>
    public async Task<Result<Made<CaseView>>> CreateAsync(Caller caller, NewCase input, Once? once, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        if (!caller.CanRead(input.TeamId) || !tenant.Teams.ContainsKey(input.TeamId)) return Refusals.NotFound("Team", input.TeamId);
        if (!caller.CanWrite(input.TeamId)) return Refusals.Forbidden("Writing cases takes the role editor in the team");

        var faults = new List<Fault>();
        CheckName(input.Name, faults);
        if (LongText.TooLong("description", input.Description) is { } tooLong) faults.Add(tooLong);
        var author = CaseUsers.FindOne(tenant, caller, input.TeamId, input.AuthorEmail, "author_email", faults) ?? caller.UserId;
        IReadOnlyList<long> assignees = input.AssigneeEmails is { } emails
            ? CaseUsers.Find(tenant, caller, input.TeamId, emails, "assignee_emails", faults)
            : [caller.UserId];
        faults.AddRange(CaseTags.FaultsOf(input.TagNames, "tag_names"));
        ClosureCondition.Check(input.ClosureConditions, faults);
        if (input.Tasks.Count + input.Fields.Count + input.Blocks.Sum(block => 1 + block.Elements.Count) + input.Actions.Count > MostPartsOnCreate)
            faults.Add(new Fault("Too many parts", $"tasks, field_values, blocks, their elements and actions: at most {MostPartsOnCreate} together are taken with a new case"));
        if (LongText.TooLongTogether("tasks, blocks", [.. input.Tasks.Select(task => task.Description), .. input.Blocks.SelectMany(block => block.Elements).Select(element => element.Content)]) is { } tooMuch)
            faults.Add(tooMuch);
        var tasks = input.Tasks.Select((task, index) => CaseTasks.Image(tenant, caller, input.TeamId, task, $"tasks[{index}].", faults)).ToArray();
        var metadata = CaseMetadata.Encode(input.Metadata, faults);
        CaseActions.CheckAll(input.Actions, "actions", faults);
        var authors = input.Blocks.Select((block, index) => CheckBlock(block, $"blocks[{index}].")).ToArray();
        await records.CheckAsync(caller, input.RecordIds, adding: true, "record_ids", faults, cancellationToken);
        if (faults.Count > 0)
        {
            // A record or a user may be gone that was there when the first request with this key came.
            if (once is null) return new Problem(ProblemKind.Invalid, faults);
            if (!(await desk.FindMadeAsync(input.TeamId, once, cancellationToken)).Try(out var first, out var unsure)) return unsure;
            return first is null ? new Problem(ProblemKind.Invalid, faults) : await ReplayAsync(tenant, input.TeamId, first, cancellationToken);
        }

        var committed = await desk.CommitAsync<(CaseView? View, OnceMade? Before)>(
            input.TeamId,
            async (scope, token) =>
            {
                if (once is not null)
                {
                    if (!(await once.FindAsync(scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return (null, before);
                }

                var edit = await CaseEdit.NewAsync(scope, desk.Ids, caller, token);
                var image = edit.Image;
                image[CaseRow.Name] = input.Name;
                LongText.Write(image, CaseRow.Description, input.Description);
                image[CaseRow.Priority] = (long)input.Priority;
                image[CaseRow.Author] = author;
                image[CaseRow.OpenedBy] = author;
                image[CaseRow.Opened] = input.OpenedAt?.ToUnixTimeMilliseconds() ?? edit.Now;
                if (input.IsClosed)
                {
                    image[CaseRow.Closed] = true;
                    image[CaseRow.ResolvedBy] = caller.UserId;
                    image[CaseRow.Resolved] = input.ResolvedAt?.ToUnixTimeMilliseconds() ?? edit.Now;
                }
                else if (input.ResolvedAt is { } resolved)
                {
                    image[CaseRow.Resolved] = resolved.ToUnixTimeMilliseconds();
                }

                if (await SetSubStatusAsync(edit, input.SubStatusId, closed: input.IsClosed, token) is { } misplaced) return misplaced;
                IdList.Write(image, CaseRow.Assignees, assignees);
                IdList.Write(image, CaseRow.Tags, await CaseTags.FindOrMakeAsync(scope, desk.Ids, input.TagNames, token));
                LongText.Write(image, CaseRow.Metadata, metadata);
                LongText.Write(image, CaseRow.ClosureConditions, ClosureCondition.Encode(input.ClosureConditions));

                var parts = new List<CasePart> { await edit.TellAsync(ActivityType.Created, edit.Id.ToString(CultureInfo.InvariantCulture), token, author) };
                foreach (var task in tasks) parts.Add(await edit.AddAsync(PartKind.Task, task, token));
                var unfit = new List<Fault>();
                foreach (var field in input.Fields)
                {
                    var place = string.Create(CultureInfo.InvariantCulture, $"field_values.{field.InputId}");
                    if (await CaseFields.ImageAsync(edit, field, place, unfit, token) is { } row) parts.Add(await edit.AddAsync(PartKind.Field, row, token));
                }

                if (input.Actions.Count > 0) parts.AddRange(await CaseActions.AddAsync(edit, input.Actions, token));
                for (var i = 0; i < input.Blocks.Count; i++) parts.AddRange(await CaseBlocks.AddAsync(edit, input.Blocks[i], authors[i], $"blocks[{i}].", unfit, token));
                if (unfit.Count > 0) return new Problem(ProblemKind.Invalid, unfit);
                edit.Save();
                var view = await edit.ViewAsync(tenant, parts, token);
                if (input.IsClosed && RefuseToClose(view, scope.Now) is { } open) return open;
                if (input.RecordIds.Count > 0) scope.Owe(new CaseRecordsWork(edit.Id, input.RecordIds, [], caller.UserId).ToOwed());
                once?.Remember(scope, edit.Id.ToString(CultureInfo.InvariantCulture));
                return (view, null);
            },
            cancellationToken);
        if (!committed.Try(out var outcome, out var problem)) return problem;
        return outcome.View is { } made ? new Made<CaseView>(made, Replayed: false) : await ReplayAsync(tenant, input.TeamId, outcome.Before!, cancellationToken);

        long CheckBlock(NewBlock block, string place)
        {
            CaseBlocks.Check(block, place, faults);
            return CaseUsers.FindOne(tenant, caller, input.TeamId, block.AuthorEmail, $"{place}author_email", faults) ?? author;
        }
    }

    /// <summary>Changes a case.</summary>
    public async Task<Result<Written<long>>> UpdateAsync(Caller caller, long id, CaseChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        if (changes.AddRecordIds.Count + changes.RemoveRecordIds.Count > 0 && await CheckRecordsAsync(caller, id, changes, cancellationToken) is { } refusal) return refusal;
        return await desk.ChangeAsync(
            caller,
            id,
            ifMatch,
            async (edit, token) =>
            {
                if (await ApplyAsync(tenant, caller, edit, changes, token) is { } problem) return problem;
                if (changes.AddRecordIds.Count + changes.RemoveRecordIds.Count > 0)
                    edit.Scope.Owe(new CaseRecordsWork(id, changes.AddRecordIds, [.. changes.RemoveRecordIds.Except(changes.AddRecordIds)], caller.UserId).ToOwed());
                return (Result<long>)edit.Id;
            },
            cancellationToken);
    }

    /// <summary>Deletes a case: at once invisible with all that is inside, which is cleared by owed work.</summary>
    public Task<Result<Written<bool>>> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => desk.ChangeAsync<bool>(
            caller,
            id,
            ifMatch,
            (edit, _) =>
            {
                edit.Delete();
                edit.Scope.Owe(CaseCleanup.Of(id, caller.UserId));
                return ValueTask.FromResult<Result<bool>>(true);
            },
            cancellationToken);

    private async Task<Problem?> CheckRecordsAsync(Caller caller, long id, CaseChanges changes, CancellationToken cancellationToken)
    {
        if (await desk.LocateAsync(id, cancellationToken) is not { } team) return CaseDesk.NoSuchCase(id);
        if (CaseDesk.RefuseToWrite(caller, team, id) is { } refusal) return refusal;
        var faults = new List<Fault>();
        await records.CheckAsync(caller, changes.AddRecordIds, adding: true, "add_record_ids", faults, cancellationToken);
        await records.CheckAsync(caller, changes.RemoveRecordIds, adding: false, "remove_record_ids", faults, cancellationToken);
        return faults.Count > 0 ? new Problem(ProblemKind.Invalid, faults) : null;
    }

    private async ValueTask<Problem?> ApplyAsync(TenantSnapshot tenant, Caller caller, CaseEdit edit, CaseChanges changes, CancellationToken cancellationToken)
    {
        var team = edit.TeamId;
        var faults = new List<Fault>();
        if (changes.Name is { } name) CheckName(name, faults);
        if (changes.TeamId is { } wanted && (!caller.CanRead(wanted) || !tenant.Teams.ContainsKey(wanted)))
            faults.Add(new Fault("Team not found", string.Create(CultureInfo.InvariantCulture, $"team_id: there is no team {wanted}")));
        else if (changes.TeamId is { } readable && !caller.CanWrite(readable))
            return Refusals.Forbidden("Moving a case takes the role editor in both teams");
        if (LongText.TooLong("description", changes.Description) is { } tooLong) faults.Add(tooLong);
        var author = CaseUsers.FindOne(tenant, caller, team, changes.AuthorEmail, "author_email", faults);
        var replaced = changes.AssigneeEmails is { } emails ? CaseUsers.Find(tenant, caller, team, emails, "assignee_emails", faults) : null;
        var added = CaseUsers.Find(tenant, caller, team, changes.AddAssigneeEmails, "add_assignee_emails", faults);
        var removed = CaseUsers.Find(tenant, caller, team, changes.RemoveAssigneeEmails, "remove_assignee_emails", faults);
        faults.AddRange(CaseTags.FaultsOf(changes.AddTagNames, "add_tag_names"));
        if (changes.RemoveTagNames.Count > MostTagsRemoved) faults.Add(new Fault("Too many tags", $"remove_tag_names: at most {MostTagsRemoved} are taken at once"));
        if (changes.ClosureConditions is { } given) ClosureCondition.Check(given, faults);
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);

        var image = edit.Image;
        await SetAsync(CaseRow.Name, changes.Name);
        if (changes.Description is { } description && description != LongText.Read(image, CaseRow.Description))
        {
            LongText.Write(image, CaseRow.Description, description);
            await edit.TellAsync(ActivityType.FieldUpdated, "description", cancellationToken);
        }

        await SetAsync(CaseRow.Author, author);
        await SetAsync(CaseRow.Opened, changes.OpenedAt?.ToUnixTimeMilliseconds(), "opened_at");
        if (changes.Priority is { } priority && (long)priority != (long)image[CaseRow.Priority])
        {
            image[CaseRow.Priority] = (long)priority;
            await edit.TellAsync(ActivityType.SeverityUpdated, priority.ToString().ToUpperInvariant(), cancellationToken);
        }

        if (await AssignAsync(tenant, edit, (replaced ?? IdList.Read(image, CaseRow.Assignees)).Concat(added).Except(removed), cancellationToken) is { } tooMany) return tooMany;
        await TagAsync(edit, changes, cancellationToken);
        if (changes.ClosureConditions is { } conditions && ClosureCondition.Encode(conditions) is var encoded && encoded != LongText.Read(image, CaseRow.ClosureConditions))
        {
            LongText.Write(image, CaseRow.ClosureConditions, encoded);
            await edit.TellAsync(ActivityType.FieldUpdated, "closure_conditions", cancellationToken);
        }

        if (changes.IsClosed is { } closed && closed != image.GetValueOrDefault(CaseRow.Closed) is true)
        {
            if (closed)
            {
                image[CaseRow.Closed] = true;
                image[CaseRow.ResolvedBy] = caller.UserId;
                image[CaseRow.Resolved] = edit.Now;
            }
            else
            {
                image.Remove(CaseRow.Closed);
                image.Remove(CaseRow.ResolvedBy);
                image.Remove(CaseRow.Resolved);
            }

            await edit.TellAsync(ActivityType.StatusUpdated, closed ? "CLOSED" : "OPEN", cancellationToken);
            if (await MoveSubStatusAsync(edit, changes.SubStatusId, closed, cancellationToken) is { } misplaced) return misplaced;
            if (closed && await RefuseToCloseAsync(tenant, edit, cancellationToken) is { } open) return open;
        }
        else if (changes.SubStatusId is not null
            && await MoveSubStatusAsync(edit, changes.SubStatusId, image.GetValueOrDefault(CaseRow.Closed) is true, cancellationToken) is { } misplaced)
        {
            return misplaced;
        }

        await SetAsync(CaseRow.Resolved, changes.ResolvedAt?.ToUnixTimeMilliseconds(), "resolved_at");
        if (changes.TeamId is { } to && to != team) CaseMove.Leave(edit, to);
        return null;

        async ValueTask SetAsync(string property, object? value, string? member = null)
        {
            if (value is null || value.Equals(image.GetValueOrDefault(property))) return;
            image[property] = value;
            await edit.TellAsync(ActivityType.FieldUpdated, member ?? property, cancellationToken);
        }
    }

    /// <summary>Puts a case into a sub-status below its status: the one that is asked for, or else the team's default there, or none where it has none.</summary>
    /// <returns>The refusal where the team has no such sub-status below the status, or null.</returns>
    private static async ValueTask<Problem?> SetSubStatusAsync(CaseEdit edit, long? wanted, bool closed, CancellationToken cancellationToken)
    {
        if (wanted is { } id && await TeamSubStatuses.FindAsync(edit.Scope, id, closed, cancellationToken) is null)
        {
            return Problem.Invalid(
                "Parameter is invalid",
                string.Create(CultureInfo.InvariantCulture, $"sub_status_id: the case's team has no sub-status {id} below {(closed ? "CLOSED" : "OPEN")}"));
        }

        var next = wanted ?? edit.Scope[SubStatusRow.DefaultCounter(closed)];
        if (next == 0) edit.Image.Remove(CaseRow.SubStatus);
        else edit.Image[CaseRow.SubStatus] = next;
        return null;
    }

    private static async ValueTask<Problem?> MoveSubStatusAsync(CaseEdit edit, long? wanted, bool closed, CancellationToken cancellationToken)
    {
        var before = edit.Image.GetValueOrDefault(CaseRow.SubStatus) as long?;
        if (await SetSubStatusAsync(edit, wanted, closed, cancellationToken) is { } problem) return problem;
        if (edit.Image.GetValueOrDefault(CaseRow.SubStatus) as long? is var after && after == before) return null;
        var row = after is { } id ? await TeamSubStatuses.FindAsync(edit.Scope, id, closed, cancellationToken) : null;
        await edit.TellAsync(ActivityType.SubStatusUpdated, row?.Properties[CaseRow.Name] as string, cancellationToken);
        return null;
    }

    private static async ValueTask<Problem?> AssignAsync(TenantSnapshot tenant, CaseEdit edit, IEnumerable<long> wanted, CancellationToken cancellationToken)
    {
        var before = IdList.Read(edit.Image, CaseRow.Assignees);
        var after = wanted.Distinct().ToArray();
        if (after.Except(before).Count() + before.Except(after).Count() > MostAssigned)
            return Problem.Invalid("Too many assignees", $"At most {MostAssigned} users are assigned and taken off at once");
        foreach (var user in after.Except(before)) await edit.TellAsync(ActivityType.Assigned, CaseUsers.AddressOf(tenant, user), cancellationToken);
        foreach (var user in before.Except(after)) await edit.TellAsync(ActivityType.Unassigned, CaseUsers.AddressOf(tenant, user), cancellationToken);
        IdList.Write(edit.Image, CaseRow.Assignees, after);
        return null;
    }

    private async ValueTask TagAsync(CaseEdit edit, CaseChanges changes, CancellationToken cancellationToken)
    {
        var before = IdList.Read(edit.Image, CaseRow.Tags);
        var added = (await CaseTags.FindOrMakeAsync(edit.Scope, desk.Ids, changes.AddTagNames, cancellationToken)).Except(before).ToArray();
        var removed = new List<long>();
        foreach (var name in changes.RemoveTagNames)
        {
            if (await CaseTags.FindAsync(edit.Scope, name.Trim(), cancellationToken) is { } tag && (before.Contains(tag) || added.Contains(tag))) removed.Add(tag);
        }

        added = [.. added.Except(removed)];
        var gone = removed.Intersect(before).ToArray();
        if (added.Length > 0) await edit.TellAsync(ActivityType.TagsAdded, await NamesAsync(added), cancellationToken);
        if (gone.Length > 0) await edit.TellAsync(ActivityType.TagsRemoved, await NamesAsync(gone), cancellationToken);
        IdList.Write(edit.Image, CaseRow.Tags, before.Concat(added).Except(gone));

        async ValueTask<string> NamesAsync(IEnumerable<long> tags)
        {
            var names = new List<string>();
            foreach (var tag in tags)
            {
                if (await edit.Scope.GetAsync(CaseTags.Key(tag), cancellationToken) is { } row) names.Add((string)row.Properties[CaseTags.Name]);
            }

            return string.Join(", ", names);
        }
    }

    /// <summary>What stands against closing a case as it is now in the operation; null when all its conditions hold.</summary>
    internal static async ValueTask<Problem?> RefuseToCloseAsync(TenantSnapshot tenant, CaseEdit edit, CancellationToken cancellationToken)
    {
        if (!edit.Image.ContainsKey(CaseRow.ClosureConditions)) return null;
        return RefuseToClose(await edit.ViewAsync(tenant, cancellationToken), edit.Scope.Now);
    }

    private static Problem? RefuseToClose(CaseView view, DateTimeOffset now)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonText.Compact)) CaseJson.Write(json, view, new CaseStyle(""));
        using var document = JsonDocument.Parse(stream.GetBuffer().AsMemory(0, (int)stream.Length));
        return ClosureCondition.RefuseToClose(ClosureCondition.Decode(view.Case.ClosureConditions), document.RootElement, now);
    }

    /// <summary>The case as the first request of an idempotency key made it.</summary>
    private async Task<Result<Made<CaseView>>> ReplayAsync(TenantSnapshot tenant, long teamId, OnceMade before, CancellationToken cancellationToken)
    {
        var id = long.Parse(before.Made, CultureInfo.InvariantCulture);
        var (key, parts) = (CaseRow.Key(id), CaseRow.PartsOf(id));
        var rows = await desk.ReplayAsync(teamId, before.Version, row => row == key || row.StartsWith(parts, StringComparison.Ordinal), cancellationToken);
        if (rows is null || rows.Count == 0 || rows[0].RowKey != key) return Refusals.KeyForgotten();
        var made = new CaseSnapshot(teamId, id, rows[0].Image!, [.. rows.Skip(1).Select(row => CasePart.Read(row.RowKey, row.Image!))]);
        return new Made<CaseView>(new CaseView(made, tenant, await desk.ThingsAsync(made, cancellationToken), new Dictionary<long, string>(), []), Replayed: true);
    }

    private static void CheckName(string name, List<Fault> faults)
    {
        if (name.Trim().Length is 0 || name.Length > LongestName) faults.Add(new Fault("Parameter is invalid", $"name: must have 1 to {LongestName} characters"));
    }
}
