using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tests.Tenancy;
using Casefile.Testing.Simulation;

namespace Casefile.Core.Tests.Records;

public sealed class RecordHistories
{
    [Theory]
    [InlineData(1, LimitBehaviour.Reject, RetentionColumn.CreatedAt)]
    [InlineData(2, LimitBehaviour.EvictOldest, RetentionColumn.CreatedAt)]
    [InlineData(3, LimitBehaviour.EvictOldest, RetentionColumn.UpdatedAt)]
    public async Task Over_storage_that_misbehaves_two_processes_keep_limits_counts_and_links_exact(int seed, LimitBehaviour onLimit, RetentionColumn retention)
    {
        var storage = new SimulatedStorage(seed);
        await using var here = new RecordProcess(storage, TimeProvider.System);
        await using var there = new RecordProcess(storage, TimeProvider.System);
        var type = await here.CreateTypeAsync(TenantProcess.Request(fields: [TenantProcess.NewField("Name"), TenantProcess.NewField("Log", FieldType.Artifact)]) with
        {
            MaxRecords = new Setting<long?>(40),
            OnLimit = onLimit,
            Retention = new Setting<RetentionColumn?>(retention),
        });
        var root = await here.CreateAsync(type);
        storage.Faults = new SimulatedFaults { RequestLost = 0.03, ReplyLost = 0.03, Throttled = 0.03 };

        var random = new Random(seed);
        var acknowledged = new List<long>();
        for (var round = 0; round < 12; round++)
        {
            var tasks = Enumerable.Range(0, 12).Select(async i =>
            {
                var process = random.Next(2) == 0 ? here : there;
                var victim = acknowledged.Count > 0 ? acknowledged[random.Next(acknowledged.Count)] : 0;
                switch (random.Next(4))
                {
                    case 0 when victim > 0:
                        await process.Store.DeleteAsync(RecordProcess.Owner, victim, default, default);
                        return 0L;
                    case 1 when victim > 0:
                        await process.Store.UpdateAsync(
                            RecordProcess.Owner, victim, new RecordChanges { Values = RecordProcess.Inputs(type, new { Log = $"{round} {i}" }) }, default, default);
                        return 0L;
                    default:
                        var made = await process.TryCreateAsync(type, new { Name = $"{round}", Log = $"{i}" }, random.Next(2) == 0 ? root.Record.Id : null);
                        return made.Value?.Record.Record.Id ?? 0;
                }
            }).ToArray();
            acknowledged.AddRange((await Task.WhenAll(tasks)).Where(id => id > 0));

            var (head, rows) = here.Counts(type);
            Assert.Equal(rows, head);
            Assert.InRange(rows, 0, 40);
        }

        storage.Faults = SimulatedFaults.None;
        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
        var listed = await there.ListIdsAsync(type);
        Assert.Equal(here.Counts(type).Rows, listed.Count);
        Assert.Equal(retention == RetentionColumn.UpdatedAt ? listed.Count : 0, here.RowKeys(type, "age-").Count);

        // A link reads from both sides, or the parent is gone and no side has it.
        var children = await here.GetAsync(root.Record.Id) is null ? [] : await here.ChildrenAsync(root.Record.Id);
        foreach (var id in listed)
            Assert.Equal(children.Contains(id) ? root.Record.Id : null, (await here.GetAsync(id))!.Record.ParentId);
    }
}
