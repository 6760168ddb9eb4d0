using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Replicas;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>
/// Blocks of a case's page and their elements (cases.md, "blocks"). Rows hold what is in them; where they stand, their slugs and groups are in the
/// <see cref="CaseOutline"/>. A singleton.
/// </summary>
public sealed class CaseBlocks(CaseDesk desk, ReplicaSet replicas)
{
    /// <summary>Elements of a block at most: a block is made in one transaction.</summary>
    public const int MostElements = 50;

    /// <summary>What notes of text are called.</summary>
    public const string TextNote = "text";

    /// <summary>What notes of HTML are called.</summary>
    public const string HtmlNote = "html";

    private const string Name = "blocks";
    private const int LongestTitle = 255;

    /// <summary>Rows that one request deletes at most: they are one transaction.</summary>
    private const int MostRowsAtOnce = 80;

    private readonly CaseReading reading = new(desk, replicas);

    /// <summary>The blocks in their order, those of a group behind it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="caseId">The case.</param>
    /// <param name="type">Only those of a <see cref="BlockType"/>; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<BlockList>> ListAsync(Caller caller, long caseId, string? type, CancellationToken cancellationToken)
        => (await ReadAsync(caller, caseId, null, cancellationToken)).Map(
            blocks => new BlockList(caseId, type is null ? blocks : [.. blocks.Where(block => block.Type == type)]));

    /// <summary>A block, by its id in decimal or by its slug.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<BlockView>> GetAsync(Caller caller, long caseId, string reference, CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(caller, caseId, null, cancellationToken)).Try(out var blocks, out var problem)) return problem;
        return blocks.FirstOrDefault(block => Is(block, reference)) is { } found ? found : NoSuchBlock(reference);
    }

    /// <summary>An element of a block.</summary>
    /// <exception cref="Storage.StorageUnavailableException">Storage did not answer.</exception>
    public async Task<Result<PartView>> GetElementAsync(Caller caller, long caseId, string reference, long elementId, CancellationToken cancellationToken)
    {
        if (!(await GetAsync(caller, caseId, reference, cancellationToken)).Try(out var block, out var problem)) return problem;
        return block.Elements.FirstOrDefault(element => element.Id == elementId) is { } found
            ? new PartView(caseId, found, block.Tenant)
            : CaseInside.NoSuchPart(PartKind.Element, elementId);
    }

    /// <summary>Makes a block, or answers what the first request of this idempotency key made.</summary>
    public async Task<Result<Made<BlockView>>> CreateAsync(Caller caller, long caseId, NewBlock block, Once? once, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        var written = await desk.ChangeAsync<(OnceMade? Before, BlockView? Made)>(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                if (once is not null)
                {
                    if (!(await once.FindAsync(edit.Scope, token)).Try(out var before, out var conflict)) return conflict;
                    if (before is not null) return (before, null);
                }

                var faults = new List<Fault>();
                Check(block, "", faults);
                var author = CaseUsers.FindOne(tenant, caller, edit.TeamId, block.AuthorEmail, "author_email", faults) ?? caller.UserId;
                var parts = await AddAsync(edit, block, author, "", faults, token);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                once?.Remember(edit.Scope, parts[0].Id.ToString(CultureInfo.InvariantCulture));
                return (null, ViewOf(edit.TeamId, caseId, edit.Image, parts, tenant));
            },
            cancellationToken);
        if (!written.Try(out var outcome, out var refusal)) return refusal;
        if (outcome.Answer.Made is { } made) return new Made<BlockView>(made, Replayed: false);

        var first = outcome.Answer.Before!;
        var (caseKey, partKeys) = (CaseRow.Key(caseId), CaseRow.PartsOf(caseId));
        var rows = await desk.ReplayAsync(outcome.TeamId, first.Version, key => key == caseKey || key.StartsWith(partKeys, StringComparison.Ordinal), cancellationToken);
        return rows is [{ Image: { } image }, ..] && rows[0].RowKey == caseKey
            ? new Made<BlockView>(
                BlockView.AllOf(new CaseSnapshot(outcome.TeamId, caseId, image, [.. rows.Skip(1).Select(row => CasePart.Read(row.RowKey, row.Image!))]), tenant)
                    .First(view => Is(view, first.Made)),
                Replayed: true)
            : Refusals.KeyForgotten();
    }

    /// <summary>Changes a block; what is null stays.</summary>
    public async Task<Result<BlockView>> UpdateAsync(Caller caller, long caseId, string reference, BlockChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var written = await desk.ChangeAsync<long>(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                var outline = CaseOutline.Read(edit.Image);
                if (!(await FindAsync(edit, outline, reference, ifMatch, token)).Try(out var found, out var refusal)) return refusal;
                var (entry, block) = found;
                var faults = new List<Fault>();
                if (changes.Title is { } title) CheckTitle(title, "", faults);
                var group = changes.Group is { } given
                    ? await GroupAsync(edit, outline, given, block.Text(BlockRow.Type)!, "", faults, token)
                    : changes.OutOfGroup ? null : entry.Group;
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);

                var moves = group != entry.Group || changes.Position is not null;
                var isRenamed = changes.Title is not null && changes.Title != block.Text(BlockRow.Title);
                if (moves) outline.Move(entry, group, changes.Position);
                if (isRenamed) outline.Rename(block.Id, changes.Title!);
                if (moves || isRenamed) outline.Write(edit.Image);
                edit.Change(block, image =>
                {
                    if (changes.Title is { } name) image[BlockRow.Title] = name;
                    if (changes.Hidden is { } hidden) image[BlockRow.Hidden] = hidden;
                });
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return block.Id;
            },
            cancellationToken);
        if (!written.Try(out var outcome, out var problem)) return problem;
        if (!(await ReadAsync(caller, caseId, (outcome.TeamId, outcome.Version), cancellationToken)).Try(out var blocks, out problem)) return problem;
        return blocks.FirstOrDefault(block => block.Block.Id == outcome.Answer) is { } changed ? changed : NoSuchBlock(reference);
    }

    /// <summary>Changes an element; what is null stays.</summary>
    public async Task<Result<PartView>> UpdateElementAsync(
        Caller caller, long caseId, string reference, long elementId, ElementChanges changes, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var tenant = await desk.TenantAsync(cancellationToken);
        var written = await desk.ChangeAsync<CasePart>(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                if (!(await FindAsync(edit, CaseOutline.Read(edit.Image), reference, null, token)).Try(out var found, out var refusal)) return refusal;
                if (!found.Block.Ids(BlockRow.Elements).Contains(elementId) || await edit.FindAsync(PartKind.Element, elementId, token) is not { } element)
                    return CaseInside.NoSuchPart(PartKind.Element, elementId);
                if (ifMatch?.Refuse(element.Revision) is { } stale) return stale;
                var faults = new List<Fault>();
                if (LongText.TooLong("content", changes.Content) is { } tooLong) faults.Add(tooLong);
                if (changes.Color is not null && element.Text(ElementRow.NoteType) != TextNote)
                    faults.Add(new Fault("Parameter is invalid", "color: only a note of text has one"));
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);

                // The block's answer shows its elements, so its revision counts on with theirs.
                edit.Change(found.Block, _ => { });
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return edit.Change(element, image =>
                {
                    if (changes.Content is { } content) LongText.Write(image, ElementRow.Content, content);
                    if (changes.Color is { } color) image[ElementRow.Color] = color;
                });
            },
            cancellationToken);
        return written.Map(outcome => new PartView(caseId, outcome.Answer, tenant));
    }

    /// <summary>Deletes a block with its elements. What is in a group stays, in the group's place, unless it is to go too.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public async Task<Problem?> DeleteAsync(Caller caller, long caseId, string reference, bool includeChildren, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var written = await desk.ChangeAsync<bool>(
            caller,
            caseId,
            null,
            async (edit, token) =>
            {
                var outline = CaseOutline.Read(edit.Image);
                if (!(await FindAsync(edit, outline, reference, ifMatch, token)).Try(out var found, out var refusal)) return refusal;
                var doomed = new List<CasePart> { found.Block };
                foreach (var child in includeChildren ? outline.Within(found.Block.Id) : [])
                {
                    if (await edit.FindAsync(PartKind.Block, child.Id, token) is { } block) doomed.Add(block);
                }

                var elements = doomed.SelectMany(block => block.Ids(BlockRow.Elements)).ToArray();
                if (doomed.Count + elements.Length > MostRowsAtOnce)
                    return Problem.Invalid("Too much to delete at once", $"include_children: at most {MostRowsAtOnce} blocks and elements are deleted at once; delete some of the group's blocks first");

                foreach (var id in elements)
                {
                    if (await edit.FindAsync(PartKind.Element, id, token) is { } element) edit.Remove(element);
                }

                foreach (var block in Enumerable.Reverse(doomed))
                {
                    outline.Remove(block.Id);
                    edit.Remove(block);
                }

                outline.Write(edit.Image);
                await edit.TellAsync(ActivityType.FieldUpdated, Name, token);
                return true;
            },
            cancellationToken);
        return written.Problem;
    }

    /// <summary>
    /// Puts a file of the case into one of its blocks of files; for whoever makes the file, in the same commit, and tells of it.
    /// </summary>
    /// <param name="edit">The case.</param>
    /// <param name="blockId">The block.</param>
    /// <param name="file">The activity that the file is.</param>
    /// <param name="filename">Its name.</param>
    /// <param name="author">Who attached it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A refusal where there is no such block, it is none of files, or it is full; null when it is done.</returns>
    internal static async ValueTask<Problem?> AttachAsync(CaseEdit edit, long blockId, CasePart file, string filename, long author, CancellationToken cancellationToken)
    {
        const string place = "team_case_block_id";
        if (await edit.FindAsync(PartKind.Block, blockId, cancellationToken) is not { } block)
            return Problem.Invalid("Block not found", string.Create(CultureInfo.InvariantCulture, $"{place}: the case has no block {blockId}"));
        if (block.Text(BlockRow.Type) != BlockType.File) return Problem.Invalid("Parameter is invalid", $"{place}: is no block of files");
        var elements = block.Ids(BlockRow.Elements);
        if (elements.Count >= MostElements) return Problem.Invalid("Too many elements", $"{place}: a block has at most {MostElements} elements");
        var element = await edit.AddAsync(
            PartKind.Element,
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [ElementRow.Type] = BlockType.File,
                [ElementRow.File] = file.Id,
                [ElementRow.Filename] = filename,
                [ElementRow.Author] = author,
            },
            cancellationToken);
        edit.Change(block, image => IdList.Write(image, BlockRow.Elements, elements.Append(element.Id)));
        return null;
    }

    /// <summary>Takes a file that is deleted out of the block that it is in, if it is in one; in the same commit.</summary>
    /// <param name="edit">The case.</param>
    /// <param name="blockId">The block that <see cref="AttachAsync"/> put it into.</param>
    /// <param name="fileId">The activity that the file was.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async ValueTask DetachAsync(CaseEdit edit, long blockId, long fileId, CancellationToken cancellationToken)
    {
        if (await edit.FindAsync(PartKind.Block, blockId, cancellationToken) is not { } block) return;
        var elements = block.Ids(BlockRow.Elements);
        foreach (var id in elements)
        {
            if (await edit.FindAsync(PartKind.Element, id, cancellationToken) is not { } element || element.Number(ElementRow.File) != fileId) continue;
            edit.Remove(element);
            edit.Change(block, image => IdList.Write(image, BlockRow.Elements, elements.Where(other => other != id)));
            return;
        }
    }

    /// <summary>The faults of a block that can be told without its case.</summary>
    internal static void Check(NewBlock block, string place, List<Fault> faults)
    {
        CheckTitle(block.Title, place, faults);
        if (block.Elements.Count > MostElements) faults.Add(new Fault("Too many elements", $"{place}elements: a block has at most {MostElements}"));
        if (block.Elements.Count > 0 && NoteTypeIn(block.Type) is null)
        {
            faults.Add(new Fault("Parameter is invalid", block.Type == BlockType.File
                ? $"{place}elements: files are put into a block by POST …/files with its team_case_block_id"
                : $"{place}elements: a block of type {block.Type} has none"));
            return;
        }

        for (var i = 0; i < block.Elements.Count; i++)
        {
            var element = block.Elements[i];
            var at = string.Create(CultureInfo.InvariantCulture, $"{place}elements[{i}].");
            if (LongText.TooLong($"{at}content", element.Content) is { } tooLong) faults.Add(tooLong);
            if (element.NoteType is { } type && type != NoteTypeIn(block.Type))
                faults.Add(new Fault("Parameter is invalid", $"{at}note_type: must be {NoteTypeIn(block.Type)} in a block of type {block.Type}"));
            if (element.Color is not null && block.Type == BlockType.Html) faults.Add(new Fault("Parameter is invalid", $"{at}color: only a note of text has one"));
        }

        if (LongText.TooLongTogether($"{place}elements", block.Elements.Select(element => element.Content)) is { } tooMuch) faults.Add(tooMuch);
    }

    /// <summary>Adds a block that <see cref="Check"/> has nothing against.</summary>
    /// <returns>The block, then its elements; to be dropped where there are faults.</returns>
    internal static async ValueTask<IReadOnlyList<CasePart>> AddAsync(
        CaseEdit edit, NewBlock block, long author, string place, List<Fault> faults, CancellationToken cancellationToken)
    {
        var outline = CaseOutline.Read(edit.Image);
        if (outline.Count >= CaseOutline.MostBlocks)
            faults.Add(new Fault("Too many blocks", string.Create(CultureInfo.InvariantCulture, $"A case has at most {CaseOutline.MostBlocks} blocks")));
        var group = block.Group is { } reference ? await GroupAsync(edit, outline, reference, block.Type, place, faults, cancellationToken) : null;

        var elements = new List<CasePart>(block.Elements.Count);
        foreach (var element in block.Elements)
        {
            var note = new Dictionary<string, object>(StringComparer.Ordinal) { [ElementRow.Type] = BlockType.Note, [ElementRow.Author] = author };
            LongText.Write(note, ElementRow.Content, element.Content);
            if (NoteTypeIn(block.Type) is { } type) note[ElementRow.NoteType] = type;
            if (block.Type == BlockType.Note) note[ElementRow.Color] = element.Color ?? NoteColor.Default;
            elements.Add(await edit.AddAsync(PartKind.Element, note, cancellationToken));
        }

        var image = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [BlockRow.Title] = block.Title,
            [BlockRow.Type] = block.Type,
            [BlockRow.Hidden] = block.Hidden,
        };
        IdList.Write(image, BlockRow.Elements, elements.Select(element => element.Id));
        var made = await edit.AddAsync(PartKind.Block, image, cancellationToken);
        outline.Add(made.Id, block.Title, group, block.Position);
        outline.Write(edit.Image);
        return [made, .. elements];
    }

    private Task<Result<IReadOnlyList<BlockView>>> ReadAsync(Caller caller, long caseId, (long TeamId, long Version)? at, CancellationToken cancellationToken)
        => reading.ReadAsync<IReadOnlyList<BlockView>>(
            caller, caseId, at, async (_, found) => BlockView.AllOf(found, await desk.TenantAsync(cancellationToken)).ToList(), cancellationToken);

    /// <summary>A block with its place, to be changed; a refusal where there is none, or another revision of it than was named.</summary>
    private static async ValueTask<Result<(OutlineEntry Entry, CasePart Block)>> FindAsync(
        CaseEdit edit, CaseOutline outline, string reference, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        if (outline.Find(reference) is not { } entry || await edit.FindAsync(PartKind.Block, entry.Id, cancellationToken) is not { } block) return NoSuchBlock(reference);
        return ifMatch?.Refuse(BlockView.RevisionOf(block, outline)) is { } stale ? stale : (entry, block);
    }

    /// <summary>The group that a request names.</summary>
    private static async ValueTask<long?> GroupAsync(
        CaseEdit edit, CaseOutline outline, string reference, string type, string place, List<Fault> faults, CancellationToken cancellationToken)
    {
        if (type == BlockType.Group)
        {
            faults.Add(new Fault("Parameter is invalid", $"{place}block_group_id: a group stands in no group"));
            return null;
        }

        if (outline.Find(reference) is { } entry && await edit.FindAsync(PartKind.Block, entry.Id, cancellationToken) is { } group && group.Text(BlockRow.Type) == BlockType.Group)
            return entry.Id;
        faults.Add(new Fault("Block not found", $"{place}block_group_id: the case has no group '{reference}'"));
        return null;
    }

    private static BlockView ViewOf(long teamId, long caseId, IReadOnlyDictionary<string, object> image, IReadOnlyList<CasePart> parts, TenantSnapshot tenant)
        => BlockView.AllOf(new CaseSnapshot(teamId, caseId, image, parts), tenant).Single();

    /// <summary>The notes that a type of block takes; null where it takes none.</summary>
    private static string? NoteTypeIn(string blockType) => blockType switch
    {
        BlockType.Note => TextNote,
        BlockType.Html => HtmlNote,
        _ => null,
    };

    private static bool Is(BlockView block, string reference) => block.Slug == reference || block.Block.Id.ToString(CultureInfo.InvariantCulture) == reference;

    private static void CheckTitle(string title, string place, List<Fault> faults)
    {
        if (title.Trim().Length is 0 || title.Length > LongestTitle)
            faults.Add(new Fault("Parameter is invalid", $"{place}title: must have 1 to {LongestTitle} characters"));
    }

    private static Problem NoSuchBlock(string reference) => Problem.NotFound("Block", $"The case has no block '{reference}'");
}
