using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Tests.Tenancy;
using Casefile.Testing.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Casefile.Core.Tests.Records;

public sealed class RecordLinksTests : IAsyncDisposable
{
    private readonly SimulatedStorage storage = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RecordProcess here;

    public RecordLinksTests() => here = new RecordProcess(storage, time);

    public ValueTask DisposeAsync() => here.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_made_at_the_child_reads_from_both_sides(bool oneType)
    {
        var (parentType, childType) = await TypesAsync(oneType);
        var parent = await here.CreateAsync(parentType);
        var child = await here.CreateAsync(childType, parent: parent.Record.Id);

        Assert.Equal([child.Record.Id], await here.ChildrenAsync(parent.Record.Id));
        Assert.Equal(parent.Record.Id, (await here.GetAsync(child.Record.Id))!.Record.ParentId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_made_at_the_parent_reads_from_both_sides_and_moves_a_child(bool oneType)
    {
        var (parentType, childType) = await TypesAsync(oneType);
        var (first, second) = (await here.CreateAsync(parentType), await here.CreateAsync(parentType));
        var child = await here.CreateAsync(childType, parent: first.Record.Id);

        await here.UpdateAsync(second, new RecordChanges { AddChildren = [child.Record.Id] });
        Assert.Empty(await here.ChildrenAsync(first.Record.Id));
        Assert.Equal([child.Record.Id], await here.ChildrenAsync(second.Record.Id));
        Assert.Equal(second.Record.Id, (await here.GetAsync(child.Record.Id))!.Record.ParentId);

        await here.UpdateAsync(second, new RecordChanges { RemoveChildren = [child.Record.Id] });
        Assert.Empty(await here.ChildrenAsync(second.Record.Id));
        Assert.Null((await here.GetAsync(child.Record.Id))!.Record.ParentId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleting_a_parent_leaves_its_children_without_one(bool oneType)
    {
        var (parentType, childType) = await TypesAsync(oneType);
        var parent = await here.CreateAsync(parentType);
        var children = new List<RecordSnapshot>();
        for (var i = 0; i < 60; i++) children.Add(await here.CreateAsync(childType, parent: parent.Record.Id));

        await here.Store.DeleteAsync(RecordProcess.Owner, parent.Record.Id, default, default);
        foreach (var child in children) Assert.Null((await here.GetAsync(child.Record.Id))!.Record.ParentId);
        Assert.Empty(here.RowKeys(parentType, "child-"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deleted_child_is_no_longer_listed(bool oneType)
    {
        var (parentType, childType) = await TypesAsync(oneType);
        var parent = await here.CreateAsync(parentType);
        var child = await here.CreateAsync(childType, parent: parent.Record.Id);

        await here.Store.DeleteAsync(RecordProcess.Owner, child.Record.Id, default, default);
        Assert.Empty(await here.ChildrenAsync(parent.Record.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cycle_of_any_length_is_refused_and_leaves_nothing(bool oneType)
    {
        var (parentType, childType) = await TypesAsync(oneType);
        var top = await here.CreateAsync(parentType);
        var middle = await here.CreateAsync(childType, parent: top.Record.Id);
        var bottom = await here.CreateAsync(parentType, parent: middle.Record.Id);

        Assert.Equal(ProblemKind.Invalid, (await here.UpdateAsync(top, new RecordChanges { SetsParent = true, ParentId = bottom.Record.Id, AddCases = [await here.CreateCaseAsync()] })).Problem?.Kind);
        Assert.Equal(ProblemKind.Invalid, (await here.UpdateAsync(bottom, new RecordChanges { AddChildren = [top.Record.Id] })).Problem?.Kind);
        Assert.Equal(ProblemKind.Invalid, (await here.UpdateAsync(top, new RecordChanges { SetsParent = true, ParentId = top.Record.Id })).Problem?.Kind);
        var unchanged = await here.GetAsync(top.Record.Id);
        Assert.Null(unchanged!.Record.ParentId);
        Assert.Null(unchanged.Record.CaseIds);
    }

    [Fact]
    public async Task A_parent_that_is_not_there_is_refused()
    {
        var type = await here.CreateTypeAsync();
        var record = await here.CreateAsync(type);

        Assert.Equal(ProblemKind.Invalid, (await here.TryCreateAsync(type, parent: record.Record.Id + 1)).Problem?.Kind);
        Assert.Equal(ProblemKind.Invalid, (await here.TryCreateAsync(type, parent: 5_000_000)).Problem?.Kind);
        Assert.Equal((1, 1), here.Counts(type));
    }

    [Fact]
    public async Task A_child_past_its_time_loses_a_parent_that_goes_since_a_longer_time_to_live_brings_it_back()
    {
        var parentType = await here.CreateTypeAsync();
        var childType = await here.CreateTypeAsync(TenantProcess.Request("Others") with { TtlDays = new Setting<double?>(1) });
        var parent = await here.CreateAsync(parentType);
        var child = await here.CreateAsync(childType, parent: parent.Record.Id);

        time.Advance(TimeSpan.FromDays(2));
        await here.Store.DeleteAsync(RecordProcess.Owner, parent.Record.Id, default, default);
        await here.UpdateTypeAsync(childType.Id, new RecordTypeChange { TtlDays = new Setting<double?>(null) });

        Assert.Null((await here.GetAsync(child.Record.Id))!.Record.ParentId);
    }

    [Fact]
    public async Task Of_two_racing_calls_that_would_make_a_cycle_over_two_types_no_cycle_is_left()
    {
        var (one, other) = await TypesAsync(oneType: false);
        for (var round = 0; round < 20; round++)
        {
            var (a, b) = (await here.CreateAsync(one), await here.CreateAsync(other));
            await Task.WhenAll(
                here.UpdateAsync(a, new RecordChanges { SetsParent = true, ParentId = b.Record.Id }),
                here.UpdateAsync(b, new RecordChanges { SetsParent = true, ParentId = a.Record.Id }));

            var (parentOfA, parentOfB) = ((await here.GetAsync(a.Record.Id))!.Record.ParentId, (await here.GetAsync(b.Record.Id))!.Record.ParentId);
            Assert.False(parentOfA is not null && parentOfB is not null);
            Assert.Equal(parentOfA is null ? [] : [a.Record.Id], await here.ChildrenAsync(b.Record.Id));
            Assert.Equal(parentOfB is null ? [] : [b.Record.Id], await here.ChildrenAsync(a.Record.Id));
        }
    }

    private async Task<(RecordType Parent, RecordType Child)> TypesAsync(bool oneType)
    {
        var parent = await here.CreateTypeAsync();
        return (parent, oneType ? parent : await here.CreateTypeAsync(TenantProcess.Request("Others")));
    }
}
