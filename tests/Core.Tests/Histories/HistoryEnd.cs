using System.Runtime.CompilerServices;
using Casefile.Core.Cases;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Histories;

/// <summary>What has to be true once the timers had their time and nobody writes any more.</summary>
internal static class HistoryEnd
{
    public static void Check(SimulatedStorage storage, SortedDictionary<long, TypeTrace> traces, DateTimeOffset now)
    {
        CheckCatalog(storage, traces);
        foreach (var trace in traces.Values)
        {
            if (trace.Deleted) CheckCleared(storage, trace);
            else CheckRows(storage, trace, traces, now);
        }

        CheckCases(storage, traces);
        var referred = traces.Values.Where(trace => !trace.Deleted)
            .SelectMany(trace => trace.Rows.Under(RecordRow.Prefix))
            .SelectMany(row => ArtifactReferences.Decode(row.Value.GetValueOrDefault(RecordRow.Artifacts) as string))
            .Select(reference => reference.Blob)
            .ToHashSet(StringComparer.Ordinal);

        // A process that has not heard of a type's end writes a blob before its commit finds out; should it die between the two, nothing looks there any more.
        // Nor does anything look before a type's next commit where nothing was due when it died.
        var strays = traces.Values.Where(trace => !trace.Deleted).SelectMany(trace => LookedFor(storage, trace.TypeId)).Where(blob => !referred.Contains(blob));
        Expect(!strays.Any(), $"blobs are there that nothing refers to: {string.Join(' ', strays)}");
        Expect(referred.IsSubsetOf(storage.BlobNames), $"blobs are gone that records refer to: {string.Join(' ', referred.Except(storage.BlobNames))}");
    }

    private static IEnumerable<string> LookedFor(SimulatedStorage storage, long typeId)
    {
        var address = RecordTypeRow.Address(typeId);
        var head = Head.FromRow(storage.Row(address.Table, address.Key, RowKeys.Head)!);
        var isDue = storage.Row(TableNames.Due, "due", $"{address.Table}-{address.Key}")?.Integer(DueTable.Counter(DueKind.Maintenance)) is not null;
        return storage.BlobNames.Where(blob => blob.StartsWith($"artifacts/{typeId}/", StringComparison.Ordinal) && (isDue || BlobName.HourOf(blob) < head[ArtifactOrphans.NextHour]));
    }

    private static void CheckCatalog(SimulatedStorage storage, SortedDictionary<long, TypeTrace> traces)
    {
        var rows = storage.Rows(TenantRows.Address.Table, TenantRows.Address.Key);
        Expect(!rows.Any(row => row.RowKey.StartsWith(RowKeys.OwedPrefix, StringComparison.Ordinal)), "the tenant still owes work");
        var entries = rows.Where(row => row.RowKey.StartsWith(TenantRows.TypePrefix, StringComparison.Ordinal)).Select(row => TenantRows.ReadType(row.Properties)).ToDictionary(entry => entry.Type.Id);
        foreach (var trace in traces.Values)
        {
            Expect(trace.Deleted != entries.ContainsKey(trace.TypeId), $"the catalog has other types than there are: {trace.TypeId}");
            if (entries.TryGetValue(trace.TypeId, out var entry))
                Expect(entry.IsOpen && entry.Type.SchemaVersion == trace.Type.SchemaVersion, $"the catalog has type {trace.TypeId} at {entry.Type.SchemaVersion}, it is at {trace.Type.SchemaVersion}");
        }

        foreach (var entry in entries.Values)
            Expect(entry.IsOpen && storage.Row(TableNames.Records, RecordTypeRow.Address(entry.Type.Id).Key, RowKeys.Head) is not null, $"type {entry.Type.Id} is in the catalog and not there");
        var head = Head.FromRow(rows.First(row => row.RowKey == RowKeys.Head));
        Expect(head[TenantCounters.Types] == entries.Count, "the tenant counts its types wrongly");
    }

    /// <summary>What cases say of their records is what the records say, and the heads count their rows.</summary>
    private static void CheckCases(SimulatedStorage storage, SortedDictionary<long, TypeTrace> traces)
    {
        var links = traces.Values.Where(trace => !trace.Deleted)
            .SelectMany(trace => trace.Rows.Under(RecordRow.Prefix))
            .SelectMany(row => RecordCases.Of(row.Value).Select(id => (Case: id, Record: RowKeys.LastNumber(row.Key))))
            .ToHashSet();
        var between = new HashSet<(long, long)>();
        foreach (var team in (string[])["1", "2"])
        {
            var rows = storage.Rows(TableNames.Cases, team);
            Expect(!rows.Any(row => row.RowKey.StartsWith(RowKeys.OwedPrefix, StringComparison.Ordinal)), $"team {team} still owes work");
            var shown = rows.Where(row => (row.RowKey.StartsWith(CaseRow.Prefix, StringComparison.Ordinal) || row.RowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal)) && !CaseCopies.IsGone(row.Properties)).ToArray();
            Expect(Head.FromRow(rows.First(row => row.RowKey == RowKeys.Head))[CaseCounters.Rows] == shown.Length, $"team {team} counts its rows wrongly");
            Expect(!shown.Any(row => row.Flag(CaseRow.Moving) == true), $"a case is still on its way from team {team}");
            foreach (var row in shown.Where(row => row.RowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal)))
            {
                var of = CaseRow.CaseOf(row.RowKey);
                Expect(shown.Any(each => each.RowKey == CaseRow.Key(of) && each.Integer(CaseRow.Moved) is null), $"{row.RowKey} of team {team} is inside no case");
                if (CaseRow.KindOf(row.RowKey) == PartKind.Link) between.Add((of, RowKeys.LastNumber(row.RowKey)));
            }

            foreach (var row in shown.Where(row => row.RowKey.StartsWith(CaseRow.PartPrefix, StringComparison.Ordinal) && CaseRow.KindOf(row.RowKey) == PartKind.Record))
                Expect(links.Remove((CaseRow.CaseOf(row.RowKey), RowKeys.LastNumber(row.RowKey))), $"{row.RowKey} says of a record what its row does not");
        }

        foreach (var (one, other) in between) Expect(between.Contains((other, one)), $"case {one} says that {other} is linked to it, and that one does not");
        Expect(links.Count == 0, $"no case says that {links.FirstOrDefault()} are linked");
    }

    private static void CheckCleared(SimulatedStorage storage, TypeTrace trace)
    {
        var left = storage.Rows(TableNames.Records, RecordTypeRow.Address(trace.TypeId).Key);
        Expect(left.Count == 0, $"of deleted type {trace.TypeId} there is still {(left.Count == 0 ? null : left[0].RowKey)}");
    }

    private static void CheckRows(SimulatedStorage storage, TypeTrace trace, SortedDictionary<long, TypeTrace> traces, DateTimeOffset now)
    {
        var stored = storage.Rows(TableNames.Records, RecordTypeRow.Address(trace.TypeId).Key);
        var head = Head.FromRow(stored.First(row => row.RowKey == RowKeys.Head));
        Expect(!stored.Any(row => row.RowKey.StartsWith(RowKeys.OwedPrefix, StringComparison.Ordinal)), $"type {trace.TypeId} still owes work");
        Expect(head[AgeOrder.Phase] == (long)AgePhase.Complete, $"type {trace.TypeId} was never put into its new order");
        Expect(!stored.Any(row => row.RowKey.StartsWith(RowKeys.LogPrefix, StringComparison.Ordinal) && CommitLog.VersionOf(row.RowKey) < head.LogFloor), "log is left below its floor");
        Expect(!stored.Any(row => row.RowKey.StartsWith(RowKeys.OncePrefix, StringComparison.Ordinal)), "idempotency keys are not forgotten");
        var forgotten = RecordLinks.TombstonePrefix + RowKeys.Number((now - RecordLinks.TombstoneKept - TimeSpan.FromHours(4)).ToUnixTimeMilliseconds());
        Expect(!trace.Rows.Keys.Any(key => key.StartsWith(RecordLinks.TombstonePrefix, StringComparison.Ordinal) && string.CompareOrdinal(key, forgotten) < 0), "tombstones are not forgotten");

        var records = trace.Rows.Under(RecordRow.Prefix).ToArray();
        Expect(!records.Any(row => TypeTrace.IsExpired(trace.Type, row.Value, now)), $"records of type {trace.TypeId} are past their time");
        Expect(trace.Type.OnLimit == LimitBehaviour.Reject || records.Length <= (trace.Type.MaxRecords ?? 20), $"type {trace.TypeId} is over its limit");

        var links = traces.Values.Where(each => !each.Deleted)
            .SelectMany(each => each.Rows.Under(RecordRow.Prefix).Select(row => (Child: RowKeys.LastNumber(row.Key), Parent: RecordLinks.ParentOf(row.Value, each.TypeId))))
            .Where(link => link.Parent is { } parent && parent.TypeId == trace.TypeId)
            .Select(link => (Parent: link.Parent!.Value.Id, link.Child))
            .ToHashSet();
        var ids = records.Select(row => RowKeys.LastNumber(row.Key)).ToHashSet();
        foreach (var (parent, child) in links) Expect(ids.Contains(parent), $"record {child} has a parent {parent} that is gone");

        // Copies of links from types that were deleted since stay: whoever reads them looks the type up.
        var copies = trace.Rows.Under(RecordLinks.ChildPrefix)
            .Select(row => (row.Key, Link: RecordLinks.Read(new Row("", row.Key, row.Value), trace.TypeId)))
            .Where(copy => traces.TryGetValue(copy.Link.TypeId, out var of) && !of.Deleted)
            .ToArray();
        foreach (var (key, link) in copies)
        {
            var parent = long.Parse(key.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);
            Expect(link.Gone || links.Remove((parent, link.Id)), $"{key} says of a child what its row does not");
        }

        Expect(links.Count == 0, $"no copy says that {links.FirstOrDefault()} are parent and child");
    }

    private static void Expect(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref Otherwise otherwise)
    {
        if (!holds) throw new HistoryException("At the end: " + otherwise.ToString());
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds) throw new HistoryException("At the end: " + otherwise);
    }
}
