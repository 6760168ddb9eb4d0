using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>A block as its answer shows it.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Block">Its row.</param>
/// <param name="Elements">Its elements in their order.</param>
/// <param name="Slug">Its name in paths.</param>
/// <param name="GroupId">The group that it is in, or null.</param>
/// <param name="Position">Where it stands among the blocks of that group, or of none, from 0.</param>
/// <param name="Revision">Grows whenever anything of this does: what its ETag says.</param>
/// <param name="Tenant">Users and teams.</param>
public sealed record BlockView(
    long CaseId, CasePart Block, IReadOnlyList<CasePart> Elements, string Slug, long? GroupId, int Position, long Revision, TenantSnapshot Tenant)
{
    /// <summary>A <see cref="BlockType"/>.</summary>
    public string Type => Block.Text(BlockRow.Type)!;

    /// <summary>All blocks of a case in their order, those of a group behind it.</summary>
    public static IReadOnlyList<BlockView> AllOf(CaseSnapshot found, TenantSnapshot tenant)
    {
        var blocks = found.Of(PartKind.Block).ToDictionary(block => block.Id);
        if (blocks.Count == 0) return [];
        var elements = found.Of(PartKind.Element).ToDictionary(element => element.Id);
        var outline = CaseOutline.Read(found.Image);
        var views = new List<BlockView>(blocks.Count);
        foreach (var (entry, position) in outline.InOrder())
        {
            if (!blocks.TryGetValue(entry.Id, out var block)) continue;
            views.Add(new BlockView(
                found.Id,
                block,
                [.. block.Ids(BlockRow.Elements).Select(id => elements.GetValueOrDefault(id)).OfType<CasePart>()],
                entry.Slug,
                entry.Group,
                position,
                RevisionOf(block, outline),
                tenant));
        }

        return views;
    }

    /// <summary>Both grow and never fall, so their sum is another one whenever either has changed.</summary>
    internal static long RevisionOf(CasePart block, CaseOutline outline) => block.Revision + outline.Changes;
}

/// <summary>All blocks of a case, or those of a type.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Blocks">The blocks in their order, those of a group behind it.</param>
public sealed record BlockList(long CaseId, IReadOnlyList<BlockView> Blocks);
