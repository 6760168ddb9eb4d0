using Casefile.Bench;

namespace Casefile.SideBySide;

/// <summary>A list that every contender is asked for: one field equal to a value, the heaviest first, twenty a page, and how many there are in all.</summary>
/// <param name="Field"><c>source</c> or <c>kind</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Above">Only those that weigh more; null for all.</param>
/// <param name="Page">From 1.</param>
/// <param name="Mark">A number that means nothing and makes the request another one than any before, so that no answer can be one that was kept; null for none.</param>
internal sealed record ListQuery(string Field, string Value, double? Above, int Page, long? Mark = null)
{
    public const int PerPage = 20;

    /// <summary>What the answer must be, by looking at every record.</summary>
    public PageContent Expected(int records)
    {
        var all = Enumerable.Range(1, records)
            .Select(number => (Number: number, Record: SampleRecord.Of(number)))
            .Where(each => (Field == "kind" ? each.Record.Kind : each.Record.Source) == Value && (Above is null || each.Record.Weight > Above))
            .OrderByDescending(each => each.Record.Weight).ThenByDescending(each => each.Number)
            .ToList();
        return new PageContent(all.Count, [.. all.Skip((Page - 1) * PerPage).Take(PerPage).Select(each => each.Record.Name)]);
    }
}
