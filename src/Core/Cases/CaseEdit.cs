using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Casefile.Core.Webhooks;

namespace Casefile.Core.Cases;

/// <summary>
/// A case within an operation. Whatever changes in it or inside it goes through here, so that every change of a case counts its revision and its <c>updated_at</c> on, in
/// the same commit; telling what happened by an activity is for whoever makes the change.
/// </summary>
internal sealed class CaseEdit
{
    /// <summary>Rows inside a case that a formula sees at most.</summary>
    private const int MostParts = 5_000;

    private readonly CaseIds ids;
    private readonly bool isNew;
    private bool changed;
    private bool deleted;

    private CaseEdit(OperationScope scope, CaseIds ids, Caller caller, long id, Dictionary<string, object> image, bool isNew)
        => (Scope, this.ids, Caller, Id, Image, this.isNew, changed) = (scope, ids, caller, id, image, isNew, isNew);

    /// <summary>The operation's scope. Rows of cases are written through this object, not past it.</summary>
    public OperationScope Scope { get; }

    /// <summary>Who changes it.</summary>
    public Caller Caller { get; }

    /// <summary>The case.</summary>
    public long Id { get; }

    /// <summary>The properties of its row (<see cref="CaseRow"/>), to be changed; <see cref="Touch"/> says that they were.</summary>
    public Dictionary<string, object> Image { get; }

    /// <summary>The timestamp of the commit, Unix milliseconds.</summary>
    public long Now => Scope.Now.ToUnixTimeMilliseconds();

    /// <summary>The team whose partition this is.</summary>
    public long TeamId => long.Parse(Scope.Address.Key, CultureInfo.InvariantCulture);

    /// <summary>
    /// The case as its GET would answer it after this operation, but for the records and cases that are linked, which other partitions have: by a range read of what is
    /// inside.
    /// </summary>
    public async ValueTask<CaseView> ViewAsync(TenantSnapshot tenant, CancellationToken cancellationToken)
    {
        var rows = await Scope.ReadAsync(CaseRow.PartsOf(Id), MostParts, cancellationToken);
        if (rows.Count >= MostParts)
        {
            // Of a long story the activities alone would take all the room.
            var kinds = new List<Row>();
            foreach (var kind in PartKind.OfCase) kinds.AddRange(await Scope.ReadAsync(CaseRow.PartsOf(Id, kind), MostParts, cancellationToken));
            rows = kinds;
        }

        return await ViewAsync(tenant, [.. rows.Where(row => !CaseCopies.IsGone(row.Properties)).Select(row => CasePart.Read(row.RowKey, row.Properties))], cancellationToken);
    }

    /// <summary>As the other, of parts that are known to be all.</summary>
    public async ValueTask<CaseView> ViewAsync(TenantSnapshot tenant, IReadOnlyList<CasePart> parts, CancellationToken cancellationToken)
    {
        var found = new CaseSnapshot(TeamId, Id, Image, parts);
        return new CaseView(found, tenant, await ThingsAsync(CaseView.Named(found), cancellationToken), new Dictionary<long, string>(), []);
    }

    /// <summary>Things around the case (<see cref="CaseView.Things"/>) as operations before this one leave them.</summary>
    public async ValueTask<Dictionary<(string Prefix, long Id), IReadOnlyDictionary<string, object>>> ThingsAsync(
        IEnumerable<(string Prefix, long Id)> named, CancellationToken cancellationToken)
    {
        var things = new Dictionary<(string, long), IReadOnlyDictionary<string, object>>();
        foreach (var (prefix, id) in named)
        {
            if (await Scope.GetAsync(prefix + RowKeys.Number(id), cancellationToken) is { } row) things[(prefix, id)] = row.Properties;
        }

        return things;
    }

    /// <summary>A new case.</summary>
    public static async ValueTask<CaseEdit> NewAsync(OperationScope scope, CaseIds ids, Caller caller, CancellationToken cancellationToken)
    {
        var now = scope.Now.ToUnixTimeMilliseconds();
        var id = await ids.TakeCaseAsync(scope, cancellationToken);
        var image = new Dictionary<string, object>(StringComparer.Ordinal) { [CaseRow.Created] = now, [CaseRow.Revision] = 0L };
        scope[CaseCounters.Cases]++;
        return new CaseEdit(scope, ids, caller, id, image, isNew: true);
    }

    /// <summary>A case that is there; null where the partition has no row of it.</summary>
    public static async ValueTask<CaseEdit?> FindAsync(OperationScope scope, CaseIds ids, Caller caller, long id, CancellationToken cancellationToken)
        => await scope.GetAsync(CaseRow.Key(id), cancellationToken) is { } row
            ? new CaseEdit(scope, ids, caller, id, new Dictionary<string, object>(row.Properties, StringComparer.Ordinal), isNew: false)
            : null;

    /// <summary>A case that comes from another team, over the sign-post that it may have left here once.</summary>
    public static async ValueTask<CaseEdit> ArriveAsync(
        OperationScope scope, CaseIds ids, Caller caller, long id, Dictionary<string, object> image, CancellationToken cancellationToken)
    {
        var isNew = await scope.GetAsync(CaseRow.Key(id), cancellationToken) is null;
        scope[CaseCounters.Cases]++;
        var edit = new CaseEdit(scope, ids, caller, id, image, isNew);
        edit.Touch();
        return edit;
    }

    /// <summary>Says that <see cref="Image"/> has changed, or will.</summary>
    public void Touch() => changed = true;

    /// <summary>A part, or null.</summary>
    public async ValueTask<CasePart?> FindAsync(string kind, long id, CancellationToken cancellationToken)
        => await Scope.GetAsync(CaseRow.PartKey(Id, PartKind.OfRows(kind), id), cancellationToken) is { } row && !CaseCopies.IsGone(row.Properties)
            && CasePart.Read(row.RowKey, row.Properties) is var part && PartKind.Holds(kind, part)
                ? part
                : null;

    /// <summary>All parts of a kind, by id ascending, as operations before this one leave them: a range read.</summary>
    public async ValueTask<IReadOnlyList<CasePart>> AllAsync(string kind, int most, CancellationToken cancellationToken)
        => [.. (await Scope.ReadAsync(CaseRow.PartsOf(Id, kind), most, cancellationToken)).Where(row => !CaseCopies.IsGone(row.Properties)).Select(row => CasePart.Read(row.RowKey, row.Properties))];

    /// <summary>Adds a part under a new id.</summary>
    public async ValueTask<CasePart> AddAsync(string kind, Dictionary<string, object> image, CancellationToken cancellationToken)
        => Add(kind, await ids.TakePartAsync(Scope, cancellationToken), image);

    /// <summary>Adds a part under an id that is known: of the case or the record that is linked.</summary>
    public CasePart Add(string kind, long id, Dictionary<string, object> image)
    {
        image[CaseRow.Created] = image[CaseRow.Updated] = Now;
        image[CaseRow.Revision] = 1L;
        Scope.Insert(CaseRow.PartKey(Id, kind, id), image);
        Scope[CaseCounters.Rows]++;
        Touch();
        return new CasePart(kind, id, image);
    }

    /// <summary>Writes a part anew.</summary>
    /// <param name="part">As it was found.</param>
    /// <param name="change">Changes a copy of its image.</param>
    public CasePart Change(CasePart part, Action<Dictionary<string, object>> change)
    {
        var image = new Dictionary<string, object>(part.Image, StringComparer.Ordinal);
        change(image);
        image[CaseRow.Updated] = Now;
        image[CaseRow.Revision] = part.Revision + 1;
        Scope.Put(CaseRow.PartKey(Id, part.Kind, part.Id), image);
        Touch();
        return part with { Image = image };
    }

    /// <summary>Writes a part as it is: no change, but the log has it, where a request that is repeated under its idempotency key finds what the first one was answered.</summary>
    public CasePart Keep(CasePart part)
    {
        Scope.Put(CaseRow.PartKey(Id, part.Kind, part.Id), part.Image);
        return part;
    }

    /// <summary>Removes a part that is there.</summary>
    public void Remove(CasePart part)
    {
        Scope.Delete(CaseRow.PartKey(Id, part.Kind, part.Id));
        Scope[CaseCounters.Rows]--;
        if (part.Kind == PartKind.Activity) Image[CaseRow.Activities] = ((Image.GetValueOrDefault(CaseRow.Activities) as long?) ?? 0) - 1;
        Touch();
    }

    /// <summary>Tells what happened.</summary>
    /// <param name="type">An <see cref="ActivityType"/>.</param>
    /// <param name="value">What there is to say, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="userId">The user who did it; null for the caller.</param>
    /// <param name="more">Puts further properties into the activity's row.</param>
    public ValueTask<CasePart> TellAsync(
        string type, string? value, CancellationToken cancellationToken, long? userId = null, Action<Dictionary<string, object>>? more = null)
    {
        var image = new Dictionary<string, object>(StringComparer.Ordinal) { [ActivityRow.Type] = type, [ActivityRow.User] = userId ?? Caller.UserId };
        LongText.Write(image, ActivityRow.Value, value);
        more?.Invoke(image);
        Image[CaseRow.Activities] = ((Image.GetValueOrDefault(CaseRow.Activities) as long?) ?? 0) + 1;
        return AddAsync(PartKind.Activity, image, cancellationToken);
    }

    /// <summary>Deletes the case's row; what is inside is for owed work.</summary>
    public void Delete()
    {
        Scope.Delete(CaseRow.Key(Id));
        Scope[CaseCounters.Cases]--;
        Scope[CaseCounters.Rows]--;
        changed = false;
        deleted = true;
    }

    /// <summary>Writes the case's row, if anything has changed. The last thing that an operation does.</summary>
    public void Save()
    {
        if (!changed || deleted) return;
        Image[CaseRow.Updated] = Now;
        Image[CaseRow.Revision] = (long)Image[CaseRow.Revision] + 1;
        // Should this process die before it tells the team's webhooks, the next maintenance does.
        if (Scope[WebhookCounters.Enabled] > 0) Scope.DueBy(DueKind.Maintenance, Scope.Now);
        if (isNew)
        {
            Scope.Insert(CaseRow.Key(Id), Image);
            Scope[CaseCounters.Rows]++;
        }
        else
        {
            Scope.Put(CaseRow.Key(Id), Image);
        }
    }
}
