using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Casefile.Core.Cases;

namespace Casefile.Core.Replicas;

/// <summary>A filter of cases as an SQL condition over the replica's tables. Every value is a parameter; the text holds nothing but what this class wrote.</summary>
internal sealed class CaseWhere
{
    /// <summary>Shorter words than this have no trigram.</summary>
    private const int Trigram = 3;

    private readonly List<string> conditions = ["moved IS NULL"];
    private readonly List<object> parameters = [];

    public CaseWhere(CaseCondition condition)
    {
        var filter = condition.Filter;
        Assignees(condition, filter);
        if (condition.Authors.Count > 0 || filter.Authors.Count > 0) And($"author IN {Set(condition.Authors)}");
        if (condition.NoAuthors.Count > 0) And($"author NOT IN {Set(condition.NoAuthors)}");
        foreach (var tag in filter.AllTags) And($"EXISTS ({Tagged([tag])})");
        if (filter.AnyTags.Count > 0) And($"EXISTS ({Tagged(filter.AnyTags)})");
        if (filter.NoTags.Count > 0) And($"NOT EXISTS ({Tagged(filter.NoTags)})");
        if (filter.CaseIds is { } ids) And($"id IN {Set(ids)}");
        Within("created", filter.Created);
        Within("resolved", filter.Resolved);
        Within("updated", filter.Updated);
        foreach (var (key, value) in filter.Metadata)
            And($"id IN (SELECT case_id FROM metadata WHERE key = {Parameter(key)} AND value = {Parameter(value)})");
        if (filter.Priorities.Count > 0) And($"priority IN {Set([.. filter.Priorities.Select(priority => (long)priority)])}");
        if (filter.IsClosed is { } closed) And(closed ? "closed = 1" : "closed = 0");
        if (filter.SubStatuses.Count > 0) And($"sub IN {Things(CaseRow.SubStatusPrefix, filter.SubStatuses)}");
        if (condition.Records is { } records)
            And($"id IN (SELECT case_id FROM parts WHERE kind = {Parameter(PartKind.Record)} AND id IN {Set(records)})");
        if (filter.Search is { } search) Search(search);
    }

    /// <summary>Whether every case matches.</summary>
    public bool IsAll => conditions.Count == 1;

    public string Sql => string.Join(" AND ", conditions);

    public ReadOnlySpan<object> Parameters => CollectionsMarshal.AsSpan(parameters);

    public string Parameter(object value)
    {
        parameters.Add(value);
        return ReplicaReader.ParameterName(parameters.Count - 1);
    }

    private void Assignees(CaseCondition condition, CaseFilter filter)
    {
        const string nobody = "NOT EXISTS (SELECT 1 FROM assigned WHERE case_id = cases.id)";
        if (filter.Assignees.Count > 0)
        {
            var any = $"id IN (SELECT case_id FROM assigned WHERE user_id IN {Set(condition.AnyAssignees)})";
            And(condition.OrUnassigned ? $"({any} OR {nobody})" : any);
        }

        foreach (var user in condition.AllAssignees) And(Has(user));
        foreach (var user in condition.NoAssignees) And($"NOT {Has(user)}");
        if (condition.NorUnassigned) And($"NOT {nobody}");
        if (filter.AssignedToMe is { } mine) And(mine ? Has(condition.Me) : $"NOT {Has(condition.Me)}");
        if (filter.Unassigned is { } unassigned) And(unassigned ? nobody : $"NOT {nobody}");
    }

    private string Has(long user) => $"EXISTS (SELECT 1 FROM assigned WHERE case_id = cases.id AND user_id = {Parameter(user)})";

    private string Tagged(IReadOnlyList<string> names)
        => $"SELECT 1 FROM tagged WHERE case_id = cases.id AND tag_id IN {Things(CaseRow.TagPrefix, names)}";

    /// <summary>The ids of things by their names, whatever the case of the letters.</summary>
    private string Things(string kind, IReadOnlyList<string> names)
        => $"(SELECT id FROM things WHERE kind = {Parameter(kind)} AND name IN {Set(names.Select(name => name.Trim().ToLowerInvariant()))})";

    private void Within(string column, TimeSpanBounds bounds)
    {
        if (bounds.From is { } from) And($"{column} >= {Parameter(from.ToUnixTimeMilliseconds())}");

        // Callers see whole seconds, so that the last one counts as a whole.
        if (bounds.To is { } to) And($"{column} < {Parameter((to.ToUnixTimeSeconds() + 1) * 1_000)}");
    }

    private void Search(string search)
    {
        foreach (var word in search.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var text = Runes(word) >= Trigram
                ? $"id IN (SELECT rowid FROM search WHERE search MATCH {Parameter($"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")})"
                : $"id IN (SELECT rowid FROM search WHERE name LIKE {Like(word)} ESCAPE '!' OR description LIKE {Like(word)} ESCAPE '!')";
            And(word.All(char.IsAsciiDigit) ? $"({text} OR instr(CAST(id AS TEXT), {Parameter(word)}) > 0)" : text);
        }
    }

    private string Like(string word)
        => Parameter($"%{word.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal)}%");

    private static int Runes(string word) => word.EnumerateRunes().Count();

    private string Set(IEnumerable<long> values)
        => $"(SELECT value FROM json_each({Parameter($"[{string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]")}))";

    private string Set(IEnumerable<string> values) => $"(SELECT value FROM json_each({Parameter(JsonSerializer.Serialize(values))}))";

    private void And(string condition) => conditions.Add(condition);
}
