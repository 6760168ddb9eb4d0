using System.Globalization;

namespace Casefile.Core.RecordTypes;

/// <summary>What a request may say of a record type as a dataset (tracy.md, "Dataset").</summary>
/// <param name="refuse">Takes what is wrong, the place before it.</param>
internal sealed class DatasetRules(Action<string> refuse)
{
    private const int MaxStates = 200;
    private const int MaxPath = 1_000;

    /// <summary>The settings as they are after the change.</summary>
    /// <param name="present">The type before it.</param>
    /// <param name="states">The states before it, in their order; none for a new type, which then has those that are named, or <see cref="RecordState.Open"/>.</param>
    /// <param name="change">What is said.</param>
    public DatasetSettings Apply(RecordType present, IReadOnlyList<RecordState> states, DatasetChange change)
    {
        var settings = present.Dataset ?? DatasetSettings.Default;
        if (change.Position is { IsGiven: true, Value: < 0 }) refuse("position: must not be negative");
        if (change.Path is { IsGiven: true, Value.Length: > MaxPath }) refuse($"path: at most {MaxPath} characters");
        settings = settings with
        {
            IsDisabled = change.IsDisabled ?? settings.IsDisabled,
            Position = change.Position.Or(settings.Position),
            Path = change.Path.Or(settings.Path),
        };
        if (change.States.Count == 0 && change.StateIdToDelete is null) return settings;

        var changed = states.ToList();
        var given = Math.Max(settings.StatesGiven, changed.Count);
        if (change.StateIdToDelete is { } deleted)
        {
            if (changed.RemoveAll(state => state.IdIn(present.Id) == deleted) == 0) refuse($"id: there is no state {Text(deleted)}");
            if (changed.Count == 0) refuse("id: the last state of a dataset cannot be deleted");
        }

        foreach (var each in change.States) Apply(present.Id, changed, each, ref given);
        if (changed.Count > MaxStates) refuse($"states: at most {MaxStates}, these are {changed.Count}");
        return settings with { States = changed, StatesGiven = given };
    }

    private void Apply(long typeId, List<RecordState> states, StateChange change, ref int given)
    {
        if (change.Name is { Length: 0 or > RecordTypeRules.MaxName }) refuse($"{change.Place}name: must have 1 to {RecordTypeRules.MaxName} characters");
        if (change.Color is < 0 or > PropertyRules.MaxColor) refuse($"{change.Place}color: must be 0 to {PropertyRules.MaxColor}, ARGB in 32 bits");
        if (change.Position < 0) refuse($"{change.Place}position: must not be negative");

        var at = change.Id is { } id ? states.FindIndex(state => state.IdIn(typeId) == id) : -1;
        if (change.Id is { } unknown && at < 0)
        {
            refuse($"{change.Place}id: there is no state {Text(unknown)}");
            return;
        }

        var before = at < 0 ? null : states[at];
        var name = change.Name ?? before?.Name ?? "";
        for (var i = 0; i < states.Count; i++)
        {
            if (i != at && states[i].Name == name) refuse($"{change.Place}name: '{name}' is the name of another state");
        }

        if (before is not null)
        {
            states[at] = before with { Name = name, Color = change.Color ?? before.Color, Position = change.Position ?? before.Position };
            return;
        }

        if (given >= PartIds.PerOwner)
        {
            refuse($"{change.Place}name: the dataset has had {PartIds.PerOwner} states, which is all that it can have");
            return;
        }

        var last = states.Count == 0 ? 0 : states.Max(state => state.Position);
        states.Add(new RecordState(given++, name, change.Color ?? RecordState.Open.Color, change.Position ?? (last == int.MaxValue ? last : last + 1)));
    }

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
