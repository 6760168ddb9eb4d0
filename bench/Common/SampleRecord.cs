using System.Globalization;
using System.Text.Json;

namespace Casefile.Bench;

/// <summary>A record of the benchmarks: nine fields, some 250 bytes, the same for the same number wherever it is made.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Weight">0 to 9,999.9; of a million records ten have the same.</param>
/// <param name="Seen">A whole second, another one for each record.</param>
/// <param name="Open">Of every third.</param>
/// <param name="Kind">One of <see cref="Kinds"/>, each of a third.</param>
/// <param name="Note">A sentence.</param>
/// <param name="Source">One of <see cref="Sources"/>; the last one of every thirtieth record, the first of hardly any.</param>
/// <param name="Host">One of 5,000.</param>
/// <param name="Owner">One of 700.</param>
public sealed record SampleRecord(
    string Name, double Weight, DateTime Seen, bool Open, string Kind, string Note, string Source, string Host, string Owner)
{
    /// <summary>The values of <see cref="Kind"/>.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["low", "medium", "high"];

    /// <summary>The values of <see cref="Source"/>, rarest first.</summary>
    public static readonly IReadOnlyList<string> Sources = [.. Enumerable.Range(0, 60).Select(number => string.Create(CultureInfo.InvariantCulture, $"source-{number:D2}"))];

    private static readonly DateTime Newest = new(2026, 10, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The record of a number, from 1.</summary>
    public static SampleRecord Of(int number)
    {
        var scattered = (uint)number * 2_654_435_761u;
        var rank = (int)Math.Sqrt(scattered / 7 % (Sources.Count * Sources.Count));
        return new SampleRecord(
            string.Create(CultureInfo.InvariantCulture, $"alert {scattered:x8}"),
            (double)(scattered % 100_000) / 10,
            Newest.AddSeconds(-number),
            scattered % 3 == 0,
            Kinds[(int)(scattered % 3)],
            string.Create(CultureInfo.InvariantCulture, $"Process {scattered % 32_768} touched /srv/data/{scattered:x}/{number:x}; nobody has looked at it yet."),
            Sources[rank],
            string.Create(CultureInfo.InvariantCulture, $"host-{scattered % 5_000}.example.com"),
            string.Create(CultureInfo.InvariantCulture, $"user-{scattered % 700}@example.com"));
    }

    /// <summary>The values by the names of their fields, as the API takes them.</summary>
    public IEnumerable<KeyValuePair<string, object>> Values =>
    [
        new("name", Name), new("weight", Weight), new("seen", Seen.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)), new("open", Open), new("kind", Kind),
        new("note", Note), new("source", Source), new("host", Host), new("owner", Owner),
    ];

    /// <summary>Writes it as a flat object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (name, value) in Values)
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes one of <see cref="Values"/>.</summary>
    public static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case double number: json.WriteNumberValue(number); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            default: json.WriteStringValue((string)value); break;
        }
    }
}
