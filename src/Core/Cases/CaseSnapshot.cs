using Casefile.Core.Partitions;

namespace Casefile.Core.Cases;

/// <summary>A case as it was at one version, with what is inside it.</summary>
/// <param name="TeamId">The team that it is in.</param>
/// <param name="Id">Its public number.</param>
/// <param name="Image">The properties of its row (<see cref="CaseRow"/>).</param>
/// <param name="Parts">What is inside, by kind and id ascending; of its activities the latest ones.</param>
public sealed record CaseSnapshot(long TeamId, long Id, IReadOnlyDictionary<string, object> Image, IReadOnlyList<CasePart> Parts)
{
    /// <summary>How many activities a case is shown with.</summary>
    public const int LatestActivities = 20;

    /// <summary>Its name.</summary>
    public string Name => (string)Image[CaseRow.Name];

    /// <summary>Its description, markdown; null without one.</summary>
    public string? Description => LongText.Read(Image, CaseRow.Description);

    /// <summary>Whether it is closed.</summary>
    public bool IsClosed => Image.GetValueOrDefault(CaseRow.Closed) is true;

    /// <summary>How urgent it is.</summary>
    public CasePriority Priority => (CasePriority)(long)Image[CaseRow.Priority];

    /// <summary>The sub-status by its id, or null.</summary>
    public long? SubStatusId => Image.GetValueOrDefault(CaseRow.SubStatus) as long?;

    /// <summary>The users who are assigned.</summary>
    public IReadOnlyList<long> Assignees => IdList.Read(Image, CaseRow.Assignees);

    /// <summary>The tags by their ids.</summary>
    public IReadOnlyList<long> Tags => IdList.Read(Image, CaseRow.Tags);

    /// <summary>The metadata, a JSON object.</summary>
    public string Metadata => LongText.Read(Image, CaseRow.Metadata) ?? "{}";

    /// <summary>The closure conditions, a JSON array of <c>{"name","formula"}</c>.</summary>
    public string ClosureConditions => LongText.Read(Image, CaseRow.ClosureConditions) ?? "[]";

    /// <summary>How often it has been written: what its ETag says.</summary>
    public long Revision => (long)Image[CaseRow.Revision];

    /// <summary>How many activities it has in all.</summary>
    public long Activities => Image.GetValueOrDefault(CaseRow.Activities) as long? ?? 0;

    /// <summary>A user's id under a property (<see cref="CaseRow.Author"/>…), or null.</summary>
    public long? User(string property) => Image.GetValueOrDefault(property) as long?;

    /// <summary>A time under a property (<see cref="CaseRow.Opened"/>…), or null.</summary>
    public DateTimeOffset? Time(string property)
        => Image.GetValueOrDefault(property) is long milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    /// <summary>What there is of one kind (<see cref="PartKind"/>), by id ascending.</summary>
    public IEnumerable<CasePart> Of(string kind) => Parts.Where(part => part.Kind == kind);
}

/// <summary>Something inside a case.</summary>
/// <param name="Kind">A <see cref="PartKind"/>.</param>
/// <param name="Id">Its id, unique within its kind and case.</param>
/// <param name="Image">The properties of its row.</param>
public sealed record CasePart(string Kind, long Id, IReadOnlyDictionary<string, object> Image)
{
    /// <summary>How often it has been written: what its ETag says.</summary>
    public long Revision => Image.GetValueOrDefault(CaseRow.Revision) as long? ?? 1;

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created => DateTimeOffset.FromUnixTimeMilliseconds((long)Image[CaseRow.Created]);

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset Updated => DateTimeOffset.FromUnixTimeMilliseconds((long)Image[CaseRow.Updated]);

    /// <summary>A short text of its row, or null.</summary>
    public string? Text(string property) => Image.GetValueOrDefault(property) as string;

    /// <summary>A long text of its row (<see cref="Cases.LongText"/>), or null.</summary>
    public string? LongText(string property) => Cases.LongText.Read(Image, property);

    /// <summary>A number of its row, or null.</summary>
    public long? Number(string property) => Image.GetValueOrDefault(property) as long?;

    /// <summary>A flag of its row.</summary>
    public bool Flag(string property) => Image.GetValueOrDefault(property) is true;

    /// <summary>Ids of its row.</summary>
    public IReadOnlyList<long> Ids(string property) => IdList.Read(Image, property);

    /// <summary>Reads a part from its row.</summary>
    public static CasePart Read(string rowKey, IReadOnlyDictionary<string, object> image) => new(CaseRow.KindOf(rowKey), RowKeys.LastNumber(rowKey), image);
}
