using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>Something that must hold before a case can be closed, by whatever path (cases.md, "closure_conditions").</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Formula">The formula's text, as it was given.</param>
public sealed record ClosureCondition(string Name, string Formula)
{
    /// <summary>Conditions of a case at most.</summary>
    public const int MostPerCase = 50;

    /// <summary>Adds a fault for every condition that is none.</summary>
    internal static void Check(IReadOnlyList<ClosureCondition> conditions, List<Fault> faults)
    {
        if (conditions.Count > MostPerCase) faults.Add(new Fault("Too many closure conditions", $"closure_conditions: at most {MostPerCase} are allowed"));
        for (var i = 0; i < conditions.Count; i++)
        {
            if (conditions[i].Name.Length is 0 or > 255) faults.Add(new Fault("Closure condition is invalid", $"closure_conditions[{i}].name: must have 1 to 255 characters"));
            if (!Formulas.Formula.TryRead(conditions[i].Formula, out _, out var fault))
            {
                faults.Add(new Fault(
                    "Formula is invalid", string.Create(CultureInfo.InvariantCulture, $"closure_conditions[{i}].formula: at position {fault.Position}: {fault.Reason}")));
            }
        }
    }

    /// <summary>The conditions as a case's row keeps them; null for none.</summary>
    internal static string? Encode(IReadOnlyList<ClosureCondition> conditions)
    {
        if (conditions.Count == 0) return null;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonText.Compact))
        {
            json.WriteStartArray();
            foreach (var condition in conditions)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, condition.Name);
                json.WriteString("formula"u8, condition.Formula);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    internal static IReadOnlyList<ClosureCondition> Decode(string text)
    {
        using var document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(condition
            => new ClosureCondition(condition.GetProperty("name").GetString()!, condition.GetProperty("formula").GetString()!))];
    }

    /// <summary>The refusal of closing a case, naming every condition that does not hold; null when all do.</summary>
    /// <param name="conditions">The conditions.</param>
    /// <param name="teamCase">The case as it would be once it is closed, as its GET answers it.</param>
    /// <param name="now">The time.</param>
    internal static Problem? RefuseToClose(IReadOnlyList<ClosureCondition> conditions, JsonElement teamCase, DateTimeOffset now)
    {
        var faults = new List<Fault>();
        foreach (var condition in conditions)
        {
            if (!Formulas.Formula.TryRead(condition.Formula, out var formula, out _)) continue;
            if (formula.Holds(teamCase, now, out var fault)) continue;
            faults.Add(new Fault("Closure condition is not met", fault is null ? $"{condition.Name}: {condition.Formula}" : $"{condition.Name}: {fault.Reason}"));
        }

        return faults.Count == 0 ? null : new Problem(ProblemKind.Invalid, faults);
    }
}
