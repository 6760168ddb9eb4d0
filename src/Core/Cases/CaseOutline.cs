using System.Globalization;
using System.Text;

namespace Casefile.Core.Cases;

/// <summary>
/// The blocks of a case in their order, with their slugs and groups. It is kept in the case's row, which every change writes anyway: so positions are dense however blocks
/// come and go, nothing is renumbered, and a slug finds its block without a read.
/// </summary>
internal sealed class CaseOutline
{
    /// <summary>Begins every slug.</summary>
    public const string SlugPrefix = "blk_";

    /// <summary>Blocks of a case at most.</summary>
    public const int MostBlocks = 200;

    private const int LongestSlug = 64;
    private const char BetweenBlocks = ' ';
    private const char WithinBlock = '/';

    private readonly List<OutlineEntry> entries;

    private CaseOutline(List<OutlineEntry> entries, long changes) => (this.entries, Changes) = (entries, changes);

    /// <summary>How often it has changed. A block's answer says where the block stands, so this is part of its ETag.</summary>
    public long Changes { get; private set; }

    /// <summary>How many blocks there are.</summary>
    public int Count => entries.Count;

    /// <summary>Reads it from the image of a case's row.</summary>
    public static CaseOutline Read(IReadOnlyDictionary<string, object> image)
    {
        var entries = new List<OutlineEntry>();
        foreach (var entry in (LongText.Read(image, CaseRow.Outline) ?? "").Split(BetweenBlocks, StringSplitOptions.RemoveEmptyEntries))
        {
            var members = entry.Split(WithinBlock);
            var group = long.Parse(members[2], CultureInfo.InvariantCulture);
            entries.Add(new OutlineEntry(long.Parse(members[0], CultureInfo.InvariantCulture), members[1], group == 0 ? null : group));
        }

        return new CaseOutline(entries, image.GetValueOrDefault(CaseRow.OutlineChanges) as long? ?? 0);
    }

    /// <summary>Puts it, changed, into the image of a case's row.</summary>
    public void Write(Dictionary<string, object> image)
    {
        image[CaseRow.OutlineChanges] = ++Changes;
        LongText.Write(
            image,
            CaseRow.Outline,
            entries.Count == 0
                ? null
                : string.Join(BetweenBlocks, entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Id}{WithinBlock}{entry.Slug}{WithinBlock}{entry.Group ?? 0}"))));
    }

    /// <summary>A block by its id in decimal, or by its slug; null where there is none.</summary>
    public OutlineEntry? Find(string reference) => long.TryParse(reference, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? entries.Find(entry => entry.Id == id)
        : entries.Find(entry => entry.Slug == reference);

    /// <summary>The blocks of a group, of null those of none, in their order.</summary>
    public IEnumerable<OutlineEntry> Within(long? group) => entries.Where(entry => entry.Group == group);

    /// <summary>All blocks in their order, those of a group behind it, each with its position among its like.</summary>
    public IEnumerable<(OutlineEntry Entry, int Position)> InOrder()
    {
        foreach (var (position, entry) in Within(null).Index())
        {
            yield return (entry, position);
            foreach (var (inner, child) in Within(entry.Id).Index()) yield return (child, inner);
        }
    }

    /// <summary>Adds a block.</summary>
    /// <param name="id">The block.</param>
    /// <param name="title">Its title, which its slug is made of.</param>
    /// <param name="group">The group, or null for none.</param>
    /// <param name="position">Its position among its like, from 0; null, or one past the end, for the end.</param>
    public void Add(long id, string title, long? group, int? position) => Insert(new OutlineEntry(id, NewSlug(title), group), position);

    /// <summary>Has a block stand elsewhere.</summary>
    public void Move(OutlineEntry entry, long? group, int? position)
    {
        entries.RemoveAll(other => other.Id == entry.Id);
        Insert(entry with { Group = group }, position);
    }

    /// <summary>Makes the slug of a block anew.</summary>
    public void Rename(long id, string title)
    {
        var index = entries.FindIndex(entry => entry.Id == id);
        var renamed = entries[index];
        entries[index] = renamed with { Slug = "" };
        entries[index] = renamed with { Slug = NewSlug(title) };
    }

    /// <summary>Removes a block; what is in a group stays, in the group's place.</summary>
    public void Remove(long id)
    {
        var children = Within(id).Select(child => child with { Group = null }).ToArray();
        entries.RemoveAll(entry => entry.Group == id);
        var index = entries.FindIndex(entry => entry.Id == id);
        entries.RemoveAt(index);
        entries.InsertRange(index, children);
    }

    private void Insert(OutlineEntry entry, int? position)
    {
        var next = position is { } given ? Within(entry.Group).ElementAtOrDefault(given) : null;
        if (next is null) entries.Add(entry);
        else entries.Insert(entries.IndexOf(next), entry);
    }

    private string NewSlug(string title)
    {
        var slug = SlugPrefix + Words(title);
        for (var number = 2; entries.Exists(entry => entry.Slug == slug); number++)
            slug = string.Create(CultureInfo.InvariantCulture, $"{SlugPrefix}{Words(title)}_{number}");
        return slug;
    }

    /// <summary>A title in letters and digits of ASCII, words joined by underscores.</summary>
    private static string Words(string title)
    {
        var words = new StringBuilder();
        foreach (var letter in title)
        {
            if (words.Length >= LongestSlug - SlugPrefix.Length) break;
            if (char.IsAsciiLetterOrDigit(letter)) words.Append(char.ToLowerInvariant(letter));
            else if (words.Length > 0 && words[^1] != '_') words.Append('_');
        }

        var joined = words.ToString().TrimEnd('_');
        return joined.Length == 0 ? "block" : joined;
    }
}

/// <summary>A block in the outline.</summary>
/// <param name="Id">The block.</param>
/// <param name="Slug">Its name in paths, unique in the case.</param>
/// <param name="Group">The group that it is in, or null.</param>
internal sealed record OutlineEntry(long Id, string Slug, long? Group);
