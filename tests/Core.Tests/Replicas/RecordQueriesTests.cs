using System.Collections.Concurrent;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Replicas;
using CsCheck;
using static Casefile.Core.Tests.Replicas.ReplicaFixture;
using Rows = System.Collections.Generic.Dictionary<long, System.Collections.Generic.IReadOnlyDictionary<string, object>>;

namespace Casefile.Core.Tests.Replicas;

public sealed class RecordQueriesTests
{
    private const long Start = 1_700_000_000_000;

    private static readonly string[] Texts = ["", "a", "A", "b", "aa", "é", "\ue000", "\U0001F600", "x\0y", "x", "%", "'", "a b"];
    private static readonly double[] Numbers = [0, -1, 1, 2.5, 1e15, -3.25, 9007199254740991, 10];
    private static readonly string[] Times = ["2023-11-14 22:13:20", "2023-11-14 22:13:25", "2024-02-29 00:00:00", "1999-12-31 23:59:59"];
    private static readonly RecordField Created = new(10, RecordType.TimestampField, FieldType.Timestamp, [], IsDefault: true);
    private static readonly RecordField Story = new(9, RecordType.StoryNameField, FieldType.Text, [], IsDefault: true);
    private static readonly RecordField[] Comparable = [Name, Weight, Seen, Open, Kind, Created, Story];

    private static readonly Gen<RecordField> GenComparable = OneOf(Comparable);

    private static readonly Gen<Filter> GenLeaf = GenComparable.SelectMany(field => GenOperator(field).SelectMany(wanted =>
        GenValue(field).Array[1, 4].Select(values => (Filter)new Filter.Comparison(field, wanted, values!))));

    private static readonly Gen<Filter> GenFilter = Gen.Recursive<Filter>((depth, inner) => depth >= 3
        ? GenLeaf
        : Gen.Frequency(
            (4, GenLeaf),
            (1, inner.Array[0, 3].Select(parts => (Filter)new Filter.All(parts))),
            (1, inner.Array[0, 3].Select(parts => (Filter)new Filter.Any(parts))),
            (1, inner.Select(part => (Filter)new Filter.Not(part)))));

    private static readonly Gen<RecordSelection> GenSelection =
        from filter in Gen.Frequency((1, Gen.Const((Filter?)null)), (3, GenFilter.Select(filter => (Filter?)filter)))
        from test in OneOf<bool?>([null, true, false])
        from start in GenMoment
        from end in GenMoment
        from stories in GenIds
        from containers in GenIds
        from parents in GenIds
        from ids in GenIds
        select new RecordSelection(filter, test, start, end, stories, containers, parents, ids);

    private static Gen<DateTimeOffset?> GenMoment
        => Gen.Frequency((4, Gen.Const((DateTimeOffset?)null)), (1, Gen.Int[-2, 12].Select(second => (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(Start + second * 1000))));

    private static Gen<IReadOnlyList<long>?> GenIds
        => Gen.Frequency((5, Gen.Const((IReadOnlyList<long>?)null)), (1, Gen.Long[1, 12].Array[0, 80].Select(ids => (IReadOnlyList<long>?)ids)));

    private static readonly Gen<RecordOrder> GenOrder =
        from field in OneOf<RecordField?>([null, .. Comparable, Log])
        from down in Gen.Bool
        select new RecordOrder(field, down);

    private static readonly Gen<Rows> GenRows = Gen.Select(Gen.Int[0, 1500], GenImage).Array[0, 40].Select(made =>
    {
        var rows = new Rows();
        var (id, created) = (1L, Start);
        foreach (var (gap, image) in made)
        {
            created += gap;
            id += 1 + gap % 3;
            rows[id] = new Dictionary<string, object>(image) { [RecordRow.Created] = created, [RecordRow.Updated] = created + gap * 7 };
        }

        return rows;
    });

    private static Gen<Dictionary<string, object>> GenImage
        => from name in GenValue(Name)
           from size in GenValue(Weight)
           from seen in GenValue(Seen)
           from open in GenValue(Open)
           from kind in GenValue(Kind)
           from story in GenValue(Story)
           from present in Gen.Bool.Array[10]
           from number in Gen.Long[1, 12].Array[4]
           select Image(name, size, seen, open, kind, story, present, number);

    private static Dictionary<string, object> Image(
        object name, object size, object seen, object open, object kind, object story, bool[] present, long[] numbers)
    {
        var image = new Dictionary<string, object> { [RecordRow.Version] = 3L };
        object[] values = [name, size, seen, open, kind];
        for (var i = 0; i < values.Length; i++)
        {
            if (present[i]) image[RecordRow.Field(Comparable[i].Id)] = values[i];
        }

        if (present[5]) image[RecordRow.StoryName] = story;
        if (present[6]) image[RecordRow.Test] = true;
        if (present[7]) image[RecordRow.Parent] = numbers[0];
        if (present[8]) (image[RecordRow.StoryId], image[RecordRow.StoryContainerId]) = (numbers[1], numbers[2]);
        if (present[9]) image[RecordRow.Field(Log.Id)] = numbers[3];
        return image;
    }

    private static Gen<T> OneOf<T>(IReadOnlyList<T> values) => Gen.Int[0, values.Count - 1].Select(index => values[index]);

    private static Gen<object> GenValue(RecordField field) => field.Type switch
    {
        FieldType.Number => OneOf(Numbers).Select(value => (object)value),
        FieldType.Timestamp => OneOf(Times).Select(value => (object)value),
        FieldType.Boolean => Gen.Bool.Select(value => (object)value),
        _ => OneOf(Texts).Select(value => (object)value),
    };

    private static Gen<FilterOperator> GenOperator(RecordField field)
        => OneOf(field.Type == FieldType.Boolean
            ? Enum.GetValues<FilterOperator>()
            : [.. Enum.GetValues<FilterOperator>().Where(wanted => wanted is not (FilterOperator.IsTrue or FilterOperator.IsFalse))]);

    [Theory]
    [InlineData(RetentionColumn.CreatedAt, false)]
    [InlineData(RetentionColumn.UpdatedAt, false)]
    [InlineData(RetentionColumn.CreatedAt, true)]
    public async Task A_list_answers_what_the_rules_say_whatever_the_filter_the_order_and_the_page(RetentionColumn retention, bool indexed)
    {
        await using var fixture = new ReplicaFixture(
            options => (indexed ? options with { IndexMinimumRows = 0, IndexAfter = 1 } : options) with { RememberedSkip = 0 }, retention);
        await fixture.CreateAsync();
        var type = fixture.Type;
        var gen =
            from rows in GenRows
            from questions in Gen.Select(GenSelection, GenOrder, Gen.Int[0, 45], Gen.Int[1, 15], GenMoment).Array[30]
            select (rows, questions);
        await gen.SampleAsync(
            async sample =>
            {
                await using var file = new TestFile(fixture, sample.rows);
                foreach (var (selection, order, skip, take, expired) in sample.questions)
                {
                    var expected = RecordModel.Ids(type, sample.rows, selection, order, expired).ToList();
                    using var lease = file.Open();
                    var queries = new RecordQueries(lease);
                    // The first one may find its total together with its page; the others know it, and then where a page before them began.
                    foreach (var from in (int[])[skip, skip, skip, skip + (take / 2)])
                    {
                        var page = Value(queries.List(selection, order, from, take, expired));
                        Assert.Equal(expected.Count, page.Total);
                        Assert.Equal(expected.Skip(from).Take(take), page.Rows.Select(row => row.Id));
                        foreach (var row in page.Rows) AssertSame(sample.rows[row.Id], page, row);
                    }

                    Assert.Equal(expected, Walk(queries, selection, order, take, expired));
                    Assert.Equal(expected.Count, Value(queries.Count(selection, expired)));
                    Assert.Equal(expected.Order().Take(take), Value(queries.FindIds(selection, take, expired)));
                }

                await Task.CompletedTask;
            },
            iter: 40, threads: 1);
    }

    [Theory]
    [InlineData(RetentionColumn.CreatedAt)]
    [InlineData(RetentionColumn.UpdatedAt)]
    public async Task Totals_and_pages_stay_right_through_any_changes_of_the_records(RetentionColumn retention)
    {
        await using var fixture = new ReplicaFixture(
            options => options with { IndexMinimumRows = 0, IndexAfter = 2, CompositeWorth = 0, RememberedSkip = 0 }, retention);
        await fixture.CreateAsync();
        var type = fixture.Type;
        var gen =
            from rows in GenRows
            from questions in Gen.Select(GenSelection, GenOrder, GenMoment, Gen.Int[0, 25]).Array[6]
            from rounds in Gen.Select(Gen.Int[0, 45], GenImage, Gen.Int[0, 3]).Array[1, 8].Array[5]
            select (rows, questions, rounds);
        await gen.SampleAsync(
            async sample =>
            {
                await using var file = new TestFile(fixture, sample.rows);
                var rows = new Rows(sample.rows);
                Ask();
                var version = 1L;
                foreach (var round in sample.rounds)
                {
                    var changes = new List<RowChange>();
                    foreach (var (place, image, kind) in round)
                    {
                        if (kind == 0 && rows.Count > 0) Remove(rows.Keys.ElementAt(place % rows.Count));
                        else if (kind == 1 || rows.Count == 0) Put(rows.Keys.DefaultIfEmpty().Max() + 1, image, rows.Count == 0 ? Start : (long)rows[rows.Keys.Max()][RecordRow.Created] + place);
                        else if (rows.Keys.ElementAt(place % rows.Count) is var id) Put(id, image, (long)rows[id][RecordRow.Created]);
                    }

                    var test = rows.Values.Count(row => row.ContainsKey(RecordRow.Test));
                    version++;
                    await file.ApplyAsync(version, RecordModel.Entry(version, [.. changes]), HeadAt(version, rows.Count - test, test));
                    Ask();

                    void Remove(long id)
                    {
                        rows.Remove(id);
                        changes.Add(new RowChange(RecordRow.Key(id), null));
                    }

                    void Put(long id, Dictionary<string, object> image, long created)
                    {
                        rows[id] = new Dictionary<string, object>(image) { [RecordRow.Created] = created, [RecordRow.Updated] = created + 7 };
                        changes.Add(new RowChange(RecordRow.Key(id), rows[id]));
                    }
                }

                void Ask()
                {
                    foreach (var (selection, order, expired, deep) in sample.questions)
                    {
                        var expected = RecordModel.Ids(type, rows, selection, order, expired).ToList();
                        foreach (var skip in (int[])[0, deep, deep + 3])
                        {
                            using var lease = file.Open();
                            var page = Value(new RecordQueries(lease).List(selection, order, skip, 20, expired));
                            Assert.Equal(expected.Count, page.Total);
                            Assert.Equal(expected.Skip(skip).Take(20), page.Rows.Select(row => row.Id));
                        }
                    }
                }
            },
            iter: 60, threads: 1);
    }

    [Fact]
    public async Task A_page_and_its_total_are_of_one_version_whatever_is_written_meanwhile()
    {
        const int versions = 200;
        await using var fixture = new ReplicaFixture();
        var rows = new Rows();
        for (var id = 1L; id <= 100; id++) rows[id] = Record(Start + id, (Kind, id % 2 == 0 ? "a" : "b"), (Weight, id * 7 % 11.0), (Name, $"n{id % 13}"));
        await using var file = new TestFile(fixture, rows);
        var order = new RecordOrder(Weight, Descending: true);
        var expected = new ConcurrentDictionary<long, List<long>> { [1] = Expected() };
        var writing = Task.Run(WriteAsync);
        await Task.WhenAll(writing, Task.Run(() => Read(1)), Task.Run(() => Read(2)));

        async Task WriteAsync()
        {
            for (var version = 2L; version <= versions; version++)
            {
                var id = 1 + (version * 37 % 100);
                rows[id] = Record(Start + id, (Kind, version % 3 == 0 ? "b" : "a"), (Weight, version % 17.0), (Name, $"n{version % 13}"));
                expected[version] = Expected();
                await file.ApplyAsync(version, RecordModel.Entry(version, new RowChange(RecordRow.Key(id), rows[id])), HeadAt(version, rows.Count));
            }
        }

        void Read(int reader)
        {
            for (var turn = 0; !writing.IsCompleted || turn < 10; turn++)
            {
                // The total of the one is known sooner or later, that of the other never is.
                var known = new Filter.Comparison(Kind, FilterOperator.Equal, ["a"]);
                var another = new Filter.All([known, new Filter.Comparison(Weight, FilterOperator.GreaterThan, [-1.0 - (turn * 2) - reader])]);
                foreach (var filter in (Filter[])[known, another])
                {
                    using var lease = file.Open();
                    var page = Value(new RecordQueries(lease).List(new RecordSelection(filter), order, 0, 60, null));
                    var all = expected[lease.Version];
                    Assert.Equal(all.Count, page.Total);
                    Assert.Equal(all.Take(60), page.Rows.Select(row => row.Id));
                }
            }
        }

        List<long> Expected()
            => [.. RecordModel.Ids(fixture.Type, rows, Where(Kind, FilterOperator.Equal, ["a"]), order, null)];
    }

    [Fact]
    public async Task An_aggregation_answers_what_the_rules_say()
    {
        await using var fixture = new ReplicaFixture();
        var type = fixture.Type;
        var gen =
            from rows in GenRows
            from selection in GenSelection
            from field in GenComparable
            from function in OneOf([AggregateFunction.Count, AggregateFunction.CountDistinct, AggregateFunction.Min, AggregateFunction.Max])
            from key in GenComparable
            select (rows, selection, field, function, key);
        await gen.SampleAsync(
            async sample =>
            {
                await using var file = new TestFile(fixture, sample.rows);
                using var lease = file.Open();
                var answer = Value(new RecordQueries(lease).Aggregate(
                    new Aggregation([new(sample.function, sample.field), new(AggregateFunction.Count, null), new(AggregateFunction.Sum, Weight)], [new(sample.key)]),
                    sample.selection, null, TimeSpan.FromSeconds(30)));
                var groups = sample.rows.Where(row => RecordModel.IsSelected(type, row.Key, row.Value, sample.selection))
                    .GroupBy(row => RecordModel.Value(type, row.Value, sample.key) is var value && RecordModel.IsEmpty(value) ? NoValue : value!)
                    .ToDictionary(group => group.Key, group => group.ToList());
                Assert.Equal(groups.Count, answer.Groups.Count);
                foreach (var group in answer.Groups)
                {
                    var members = groups[group.Keys[0] ?? NoValue];
                    var values = members.Select(row => RecordModel.Value(type, row.Value, sample.field)).Where(value => !RecordModel.IsEmpty(value)).ToList();
                    var sorted = values.ToList();
                    sorted.Sort((a, b) => RecordModel.Compare(a!, b!));
                    object? expected = sample.function switch
                    {
                        AggregateFunction.Count => (long)values.Count,
                        AggregateFunction.CountDistinct => (long)values.Distinct().Count(),
                        AggregateFunction.Min => sorted.FirstOrDefault(),
                        _ => sorted.LastOrDefault(),
                    };
                    Assert.Equal(expected, group.Values[0]);
                    Assert.Equal((long)members.Count, group.Values[1]);
                    var weights = members.Select(row => row.Value.GetValueOrDefault(RecordRow.Field(Weight.Id)) as double? ?? 0).ToList();
                    Assert.Equal(weights.Sum(), (double)group.Values[2]!, 1e-12 * (1 + weights.Sum(Math.Abs)));
                }
            },
            iter: 150, threads: 1);
    }

    [Fact]
    public async Task Timestamps_are_grouped_by_the_first_moment_of_their_hour_day_week_or_month()
    {
        await using var fixture = new ReplicaFixture();
        var created = DateTimeOffset.Parse("2026-01-01T10:20:30Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        await using var file = new TestFile(fixture, new Rows { [1] = Record(created, (Seen, "2026-03-01 23:59:59")), [2] = Record(created) });
        using var lease = file.Open();

        Assert.Equal("2026-03-01 23:00:00", KeyBy(Seen, TimeInterval.Hour));
        Assert.Equal("2026-03-01 00:00:00", KeyBy(Seen, TimeInterval.Day));
        Assert.Equal("2026-02-23 00:00:00", KeyBy(Seen, TimeInterval.Week));
        Assert.Equal("2026-03-01 00:00:00", KeyBy(Seen, TimeInterval.Month));
        Assert.Equal("2025-12-29 00:00:00", KeyBy(Created, TimeInterval.Week));

        string KeyBy(RecordField field, TimeInterval interval)
            => (string)Value(new RecordQueries(lease).Aggregate(
                new Aggregation([new(AggregateFunction.Count, null)], [new(field, interval)]),
                new RecordSelection(), null, TimeSpan.FromSeconds(30))).Groups[^1].Keys[0]!;
    }

    [Fact]
    public async Task A_set_of_a_hundred_thousand_ids_or_values_is_answered()
    {
        await using var fixture = new ReplicaFixture();
        var rows = new Rows();
        for (var id = 1L; id <= 10; id++) rows[id] = Record(Start, (Name, $"n{id}"), (Weight, id + 0.1));
        await using var file = new TestFile(fixture, rows);
        using var lease = file.Open();
        var queries = new RecordQueries(lease);

        var many = Enumerable.Range(4, 100_000).ToList();
        Assert.Equal(7, Value(queries.Count(new RecordSelection(Ids: [.. many.Select(id => (long)id)]), null)));
        Assert.Equal(7, Value(queries.Count(Where(Name, FilterOperator.IsAnyOf, [.. many.Select(id => (object)$"n{id}")]), null)));
        Assert.Equal(3, Value(queries.Count(Where(Weight, FilterOperator.IsNoneOf, [.. many.Select(id => (object)(id + 0.1))]), null)));
    }

    [Fact]
    public async Task A_filter_that_is_too_deep_or_too_wide_is_refused_and_the_largest_allowed_is_answered()
    {
        await using var fixture = new ReplicaFixture();
        await using var file = new TestFile(fixture, new Rows { [1] = Record(Start, (Name, "x")) });
        using var lease = file.Open();
        var queries = new RecordQueries(lease);
        Filter leaf = new Filter.Comparison(Name, FilterOperator.Equal, ["x"]);

        Assert.Equal(1, Value(queries.Count(new RecordSelection(Nested(60)), null)));
        Assert.Equal(1, Value(queries.Count(new RecordSelection(new Filter.Any([.. Enumerable.Repeat(leaf, 1_000)])), null)));
        Assert.Equal(1, Value(queries.Count(new RecordSelection(new Filter.All([.. Enumerable.Repeat(leaf, 1_000)])), null)));
        Assert.Equal(ProblemKind.Invalid, queries.Count(new RecordSelection(Nested(70)), null).Problem!.Kind);
        Assert.Equal(ProblemKind.Invalid, queries.Count(new RecordSelection(new Filter.Any([.. Enumerable.Repeat(leaf, 1_001)])), null).Problem!.Kind);

        Filter Nested(int depth) => Enumerable.Range(0, depth).Aggregate(leaf, (inner, _) => new Filter.Not(inner));
    }

    [Fact]
    public async Task Sorting_by_an_indexed_field_reads_no_more_than_the_page()
    {
        await using var fixture = new ReplicaFixture(options => options with { IndexMinimumRows = 0, IndexAfter = 3 });
        var rows = new Rows();
        for (var id = 1L; id <= 50; id++) rows[id] = Record(Start + id, (Name, id % 3 == 0 ? null : $"n{id % 7}"));
        await using var file = new TestFile(fixture, rows);

        Assert.Contains("TEMP B-TREE", file.PlanOfSort(Name), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            using var lease = file.Open();
            Value(new RecordQueries(lease).List(new RecordSelection(), new RecordOrder(Name), 0, 20, null));
        }

        await file.IdleAsync();
        var plan = file.PlanOfSort(Name);
        Assert.Contains("USING INDEX by_f11 (test=? AND f11>?)", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_value_of_a_field_in_the_order_of_another_gets_an_index_over_both_where_that_spares_rows()
    {
        await using var fixture = new ReplicaFixture(options => options with { IndexMinimumRows = 0, IndexAfter = 3, CompositeWorth = 100 });
        var rows = new Rows();
        for (var id = 1L; id <= 600; id++) rows[id] = Record(Start + id, (Kind, id % 2 == 0 ? "a" : "b"), (Name, $"n{id / 5}"), (Weight, id * 7 % 101.0));
        await using var file = new TestFile(fixture, rows);

        await ListAsync(Name, "n3");
        Assert.DoesNotContain("by_f11_f12", file.PlanOf("f11 = 'n3' AND f12 >= 0", "f12 DESC, id DESC"), StringComparison.Ordinal);

        await ListAsync(Kind, "a");
        var plan = file.PlanOf("f15 = 'a' AND f12 >= 0", "f12 DESC, id DESC");
        Assert.Contains("USING INDEX by_f15_f12 (test=? AND f15=? AND f12>?)", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);

        async Task ListAsync(RecordField field, string value)
        {
            for (var i = 0; i < 6; i++)
            {
                using (var lease = file.Open())
                    Value(new RecordQueries(lease).List(Where(field, FilterOperator.Equal, [value]) with { TestMode = false }, new RecordOrder(Weight), 150, 20, null));
                await file.IdleAsync();
            }
        }
    }

    [Fact]
    public async Task One_of_a_few_values_of_a_field_in_the_order_of_another_gets_an_index_over_both_where_that_spares_rows()
    {
        await using var fixture = new ReplicaFixture(options => options with { IndexMinimumRows = 0, IndexAfter = 3, CompositeWorth = 100 });
        var rows = new Rows();
        for (var id = 1L; id <= 3_000; id++) rows[id] = Record(Start + id, (Name, $"n{id % 20}"), (Weight, id * 7 % 1_009.0));
        await using var file = new TestFile(fixture, rows);
        var few = Where(Name, FilterOperator.IsAnyOf, ["n2", "n3", "n5"]) with { TestMode = false };
        var order = new RecordOrder(Weight);
        var expected = RecordModel.Ids(fixture.Type, rows, few, order, null).Take(20).ToList();

        for (var i = 0; i < 12; i++)
        {
            using (var lease = file.Open())
            {
                var page = Value(new RecordQueries(lease).List(few, order, 0, 20, null));
                Assert.Equal(450, page.Total);
                Assert.Equal(expected, page.Rows.Select(row => row.Id));
            }

            await file.IdleAsync();
        }

        // To walk past 133 is little more than to sort 450 entries of an index.
        Assert.DoesNotContain("by_f11_f12", file.PlanOf("f11 = 'n2' AND f12 >= 0", "f12 DESC, id DESC"), StringComparison.Ordinal);

        for (var i = 0; i < 12; i++)
        {
            using (var lease = file.Open()) Assert.Equal(450, Value(new RecordQueries(lease).List(few, order, 100, 20, null)).Total);
            await file.IdleAsync();
        }

        Assert.Contains("USING COVERING INDEX by_f11_f12", file.PlanOf("f11 IN ('n2', 'n3', 'n5') AND +f12 >= 0", "+f12 DESC, id DESC", "id"), StringComparison.Ordinal);
        using (var lease = file.Open()) Assert.Equal(expected, Value(new RecordQueries(lease).List(few, order, 0, 20, null)).Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task A_range_that_the_order_passes_many_records_for_gets_an_index_that_has_its_values_beside()
    {
        await using var fixture = new ReplicaFixture(options => options with { IndexMinimumRows = 0, IndexAfter = 3, CompositeWorth = 200 });
        var rows = new Rows();
        for (var id = 1L; id <= 3_000; id++)
            rows[id] = Record(Start + id, (Weight, (double)id), (Seen, $"2026-01-01 00:{id / 60 % 60:D2}:{id % 60:D2}"), (Name, $"n{id % 3}"), (Kind, id % 2 == 0 ? "a" : "b"));
        await using var file = new TestFile(fixture, rows);
        // Of each name a tenth are so light, and they come last: ten times as many are passed as by their number would be.
        var light = Where(Weight, FilterOperator.LessThan, [300.0]) with { TestMode = false };

        await ListAsync(Where(Weight, FilterOperator.GreaterThan, [500.0]) with { TestMode = false }, new RecordOrder(Seen));
        Assert.DoesNotContain("by_f13_id_f12", file.PlanOf("+f12 > 500 AND f13 > ''", "f13 DESC, id DESC", "id"), StringComparison.Ordinal);

        await ListAsync(light, new RecordOrder(Name));
        var plan = file.PlanOf("+f12 < 300 AND f11 > ''", "f11 DESC, id DESC", "id");
        Assert.Contains("USING COVERING INDEX by_f11_id_f12 (test=? AND f11>?)", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);

        async Task ListAsync(RecordSelection selection, RecordOrder order)
        {
            var expected = RecordModel.Ids(fixture.Type, rows, selection, order, null).ToList();
            for (var i = 0; i < 12; i++)
            {
                using (var lease = file.Open())
                {
                    var page = Value(new RecordQueries(lease).List(selection, order, 0, 20, null));
                    Assert.Equal(expected.Count, page.Total);
                    Assert.Equal(expected.Take(20), page.Rows.Select(row => row.Id));
                }

                await file.IdleAsync();
            }
        }
    }

    [Fact]
    public async Task An_index_that_nobody_has_asked_for_in_a_long_time_makes_room_for_one_that_is_wanted()
    {
        await using var fixture = new ReplicaFixture(options => options with { IndexMinimumRows = 0, IndexAfter = 1, IndexMaximum = 1, IndexIdle = 5 });
        var rows = new Rows();
        for (var id = 1L; id <= 50; id++) rows[id] = Record(Start + id, (Name, $"n{id % 7}"), (Weight, id % 5.0));
        await using var file = new TestFile(fixture, rows);

        await SortAsync(Name, times: 1);
        await SortAsync(Weight, times: 3);
        Assert.Contains("by_f11", file.PlanOfSort(Name), StringComparison.Ordinal);

        await SortAsync(Weight, times: 4);
        Assert.Contains("by_f12", file.PlanOf("f12 >= 0", "f12 DESC, id DESC"), StringComparison.Ordinal);
        Assert.DoesNotContain("by_f11", file.PlanOfSort(Name), StringComparison.Ordinal);

        async Task SortAsync(RecordField field, int times)
        {
            for (var i = 0; i < times; i++)
            {
                using (var lease = file.Open())
                    Value(new RecordQueries(lease).List(new RecordSelection(TestMode: false), new RecordOrder(field), 0, 20, null));
                await file.IdleAsync();
            }
        }
    }

    [Fact]
    public async Task A_query_past_its_time_is_given_up_and_one_that_nobody_waits_for_ends()
    {
        await using var fixture = new ReplicaFixture();
        var rows = new Rows();
        for (var id = 1L; id <= 20_000; id++) rows[id] = Record(Start + id, (Name, $"n{id}"));
        await using var file = new TestFile(fixture, rows);
        using var lease = file.Open();
        var queries = new RecordQueries(lease);
        var aggregation = new Aggregation([new(AggregateFunction.CountDistinct, Name)], []);
        var selection = Where(Name, FilterOperator.NotEqual, ["x"]);

        Assert.Equal(ProblemKind.TimedOut, queries.Aggregate(aggregation, selection, null, TimeSpan.Zero).Problem!.Kind);
        Assert.ThrowsAny<OperationCanceledException>(
            () => queries.Aggregate(aggregation, selection, null, TimeSpan.FromSeconds(30), new CancellationToken(canceled: true)));
        Assert.Equal(20_000L, Value(queries.Aggregate(aggregation, selection, null, TimeSpan.FromSeconds(30))).Groups[0].Values[0]);
    }

    private static readonly object NoValue = new();

    private static RecordSelection Where(RecordField field, FilterOperator wanted, IReadOnlyList<object> values)
        => new(new Filter.Comparison(field, wanted, values));

    private static List<long> Walk(RecordQueries queries, RecordSelection selection, RecordOrder order, int take, DateTimeOffset? expired)
    {
        var ids = new List<long>();
        RecordPosition? after = null;
        do
        {
            var run = Value(queries.ListAfter(selection, order, after, take, expired));
            ids.AddRange(run.Rows.Select(row => row.Id));
            after = run.Next;
        }
        while (after is not null);

        return ids;
    }

    private static void AssertSame(IReadOnlyDictionary<string, object> image, RecordPage page, StoredRecord row)
    {
        Assert.Equal(image[RecordRow.Created], row.Created);
        Assert.Equal(image[RecordRow.Updated], row.Updated);
        Assert.Equal(image.ContainsKey(RecordRow.Test), row.IsTest);
        Assert.Equal(image.GetValueOrDefault(RecordRow.Parent), row.ParentId);
        Assert.Equal(image.GetValueOrDefault(RecordRow.StoryName), row.StoryName);
        for (var i = 0; i < page.Fields.Count; i++)
            Assert.Equal(image.GetValueOrDefault(RecordRow.Field(page.Fields[i].Id)), row.Values[i]);
    }

    private static T Value<T>(Result<T> result)
    {
        Assert.Null(result.Problem);
        return result.Value!;
    }
}
