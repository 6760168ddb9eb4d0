using Casefile.Core;
using Casefile.Core.RecordTypes;
using Casefile.Functions.Http;

namespace Casefile.Functions.Tracy;

/// <summary>Reads what a request says of datasets, states, properties and options. What is wrong is a fault of the parameters.</summary>
internal static class DatasetParameters
{
    private static readonly string[] DatasetMembers = ["id", "name", "isDisabled", "position", "path"];
    private static readonly string[] StateMembers = ["id", "dataset", "name", "color", "position"];
    private static readonly string[] PropertyMembers = ["id", "dataset", "propertyType", "name", "isUsedAsTitle", "isRequired", "parameters", "position"];
    private static readonly string[] OptionMembers = ["id", "property", "text", "color"];

    /// <summary>A new dataset with whatever is nested in it, without its team.</summary>
    public static RecordTypeChange ReadNewDataset(Parameters parameters)
    {
        parameters.Only([.. DatasetMembers, "states", "properties", "representations", "teamId"]);
        parameters.Require("name");
        return ReadSettings(parameters, states: [.. (parameters.Objects("states") ?? []).Select(ReadNewState)]) with
        {
            Fields = [.. (parameters.Objects("properties") ?? []).Select(ReadNewProperty)],
        };
    }

    /// <summary>A change of a dataset itself; what is in it has paths of its own.</summary>
    public static RecordTypeChange ReadDataset(Parameters parameters)
    {
        parameters.Only(DatasetMembers);
        return ReadSettings(parameters, states: []);
    }

    /// <summary>A new state.</summary>
    public static StateChange ReadNewState(ParameterObject state)
    {
        state.Require("name");
        return ReadState(state, null);
    }

    /// <summary>A state that is new (no id) or changed.</summary>
    public static StateChange ReadState(ParameterObject state, long? id)
    {
        state.Only(StateMembers);
        return new StateChange(state.Place(""), id, state.Text("name"), Color(state), Position(state).Value);
    }

    /// <summary>A new property with its options.</summary>
    public static FieldChange ReadNewProperty(ParameterObject property)
    {
        property.Require("name");
        property.Require("propertyType");
        property.Only([.. PropertyMembers, "options"]);
        return ReadProperty(property, null, [.. (property.Objects("options") ?? []).Select(ReadNewOption)]);
    }

    /// <summary>A change of a property; its options have a path of their own.</summary>
    public static FieldChange ReadProperty(ParameterObject property, long id)
    {
        property.Only(PropertyMembers);
        return ReadProperty(property, id, []);
    }

    /// <summary>A new option.</summary>
    public static OptionChange ReadNewOption(ParameterObject option)
    {
        option.Require("text");
        return ReadOption(option, null);
    }

    /// <summary>An option that is new (no id) or changed.</summary>
    public static OptionChange ReadOption(ParameterObject option, long? id)
    {
        option.Only(OptionMembers);
        return new OptionChange(option.Place(""), id, option.Text("text"), new Setting<long?>(Color(option), IsGiven(option, "color")));
    }

    /// <summary>The refusal in this door's words: its own names, and 400 for whatever is wrong with the request.</summary>
    public static Problem InOwnWords(Problem problem) => problem with
    {
        Kind = problem.Kind == ProblemKind.Invalid ? ProblemKind.Malformed : problem.Kind,
        Faults = [.. problem.Faults.Select(fault => new Fault(fault.Message.Replace("Record type", "Dataset", StringComparison.Ordinal), InOwnWords(fault.Details)))],
    };

    private static string? InOwnWords(string? details) => details switch
    {
        null => null,
        _ when details.StartsWith("team_id:", StringComparison.Ordinal) => $"teamId{details["team_id".Length..]}",
        _ when details.StartsWith("fields:", StringComparison.Ordinal) => $"properties{details["fields".Length..]}",
        _ => details,
    };

    private static RecordTypeChange ReadSettings(Parameters parameters, StateChange[] states) => new()
    {
        Name = parameters.Text("name"),
        Dataset = new DatasetChange
        {
            IsDisabled = parameters.Flag("isDisabled"),
            Position = Position(parameters),
            Path = Text(parameters, "path"),
            States = states,
        },
    };

    private static FieldChange ReadProperty(ParameterObject property, long? id, OptionChange[] options) => new(property.Place(""), id, property.Text("name"), null, null)
    {
        Property = new PropertyChange
        {
            Type = property.Object("propertyType") is { } type ? ReadType(type) : null,
            IsTitle = property.Flag("isUsedAsTitle"),
            IsRequired = property.Flag("isRequired"),
            Parameters = Text(property, "parameters"),
            Position = Position(property),
            Options = options,
        },
    };

    private static PropertyType? ReadType(ParameterObject type)
    {
        type.Require("id");
        if (type.Text("id") is not { } id) return null;
        if (PropertyType.Find(id) is { } found) return found;
        type.Malformed("id", $"must be one of {string.Join(", ", PropertyType.All)}");
        return null;
    }

    private static Setting<string?> Text(ParameterObject parameters, string name) => new(parameters.Text(name), IsGiven(parameters, name));

    private static Setting<int?> Position(ParameterObject parameters)
        => new((int?)parameters.Integer("position", 0, int.MaxValue), IsGiven(parameters, "position"));

    private static long? Color(ParameterObject parameters) => parameters.Integer("color", 0, uint.MaxValue);

    private static bool IsGiven(ParameterObject parameters, string name) => parameters.Has(name) || parameters.IsNull(name);
}
