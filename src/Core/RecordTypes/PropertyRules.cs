using System.Globalization;

namespace Casefile.Core.RecordTypes;

/// <summary>What a request may say of a field as a property (tracy.md, "Property"), and what follows for its options from what it says of its fixed values.</summary>
/// <param name="refuse">Takes what is wrong, the place before it.</param>
internal sealed class PropertyRules(Action<string> refuse)
{
    private const int MaxParameters = 4_000;

    /// <summary>Texts that an option had before, of which the newest are kept.</summary>
    private const int MaxFormer = 20;

    /// <summary>The highest color: ARGB in 32 bits.</summary>
    internal const long MaxColor = 0xFFFFFFFF;

    /// <summary>The field as it is after the change.</summary>
    public RecordField Apply(RecordField field, string place, PropertyChange change)
    {
        var present = field.Property ?? new FieldProperty(field.PropertyType);
        if (field.Id == 0) present = new FieldProperty(change.Type!);
        else if (change.Type is { } other && other != present.Type && !(other.IsPlainText && present.Type.IsPlainText))
            refuse($"{place}propertyType: cannot change from {present.Type} to {other}, only between kinds of plain text");

        var type = change.Type ?? present.Type;
        if (change.Parameters is { IsGiven: true, Value.Length: > MaxParameters }) refuse($"{place}parameters: at most {MaxParameters} characters");
        if (change.Position is { IsGiven: true, Value: < 0 }) refuse($"{place}position: must not be negative");
        if (change.Options.Count > 0 && !type.HasOptions) refuse($"{place}options: a property of type {type} has none");

        var options = new List<FieldOption>(field.Options);
        var given = Math.Max(present.OptionsGiven, options.Count);
        if (change.OptionIdToDelete is { } deleted && options.RemoveAll(option => option.IdIn(field.Id) == deleted) == 0)
            refuse($"{place}id: there is no option {Text(deleted)}");
        foreach (var each in change.Options) Apply(field, options, each, ref given);
        if (options.Count > RecordTypeRules.MaxFixedValues) refuse($"{place}options: at most {RecordTypeRules.MaxFixedValues}, these are {options.Count}");

        return field with
        {
            FixedValues = type == PropertyType.Option ? [.. options.Select(option => option.Text)] : [],
            Property = present with
            {
                Type = type,
                IsTitle = change.IsTitle ?? present.IsTitle,
                IsRequired = change.IsRequired ?? present.IsRequired,
                Parameters = change.Parameters.Or(present.Parameters),
                Position = change.Position.Or(present.Position),
                Options = options,
                OptionsGiven = given,
            },
        };
    }

    /// <summary>The field with another type and other fixed values, which options of the same text stay for.</summary>
    public static RecordField Follow(RecordField field, FieldType type, IReadOnlyList<string> values)
    {
        var changed = field with { Type = type, FixedValues = values };
        if (field.Property is { } had && had.Type.Stored != type) changed = changed with { Property = had with { Type = PropertyType.Of(type), Options = [] } };
        if (type != FieldType.TextEnum || values.SequenceEqual(field.FixedValues)) return changed;

        var options = new List<FieldOption>();
        var given = Math.Max(field.Property?.OptionsGiven ?? 0, field.Options.Count);
        foreach (var value in values)
            options.Add(field.Options.FirstOrDefault(option => option.Text == value) ?? new FieldOption(Next(field.Options.Concat(options), ref given), value, null, []));
        return changed with { Property = (changed.Property ?? new FieldProperty(PropertyType.Option)) with { Options = options, OptionsGiven = given } };
    }

    private void Apply(RecordField field, List<FieldOption> options, OptionChange change, ref int given)
    {
        if (change.Color is { IsGiven: true, Value: < 0 or > MaxColor }) refuse($"{change.Place}color: must be 0 to {MaxColor}, ARGB in 32 bits");
        if (change.Text is { Length: 0 or > RecordTypeRules.MaxFixedValue }) refuse($"{change.Place}text: must have 1 to {RecordTypeRules.MaxFixedValue} characters");

        var at = change.Id is { } id ? options.FindIndex(option => option.IdIn(field.Id) == id) : -1;
        if (change.Id is { } unknown && at < 0)
        {
            refuse($"{change.Place}id: there is no option {Text(unknown)}");
            return;
        }

        var before = at < 0 ? null : options[at];
        var text = change.Text ?? before?.Text ?? "";
        for (var i = 0; i < options.Count; i++)
        {
            if (i != at && options[i].Text == text) refuse($"{change.Place}text: '{text}' is the text of another option");
        }

        if (before is null)
        {
            options.Add(new FieldOption(Next(options, ref given), text, change.Color.Or(null), []));
            return;
        }

        var former = text == before.Text ? before.Former : [.. before.Former.Append(before.Text).Where(each => each != text).Distinct(StringComparer.Ordinal).TakeLast(MaxFormer)];
        options[at] = before with { Text = text, Color = change.Color.Or(before.Color), Former = former };
    }

    /// <summary>A new option's number. Values are kept by their text, so when all numbers have been given those of deleted options serve again.</summary>
    private static int Next(IEnumerable<FieldOption> options, ref int given)
    {
        if (given < PartIds.PerOwner) return given++;
        var taken = options.Select(option => option.Ordinal).ToHashSet();
        return Enumerable.Range(0, PartIds.PerOwner).First(number => !taken.Contains(number));
    }

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
