using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>The tags of teams (cases.md, "tags"). A name is unique in its team, whatever its case. A singleton.</summary>
public sealed class TeamTags(CaseAround around)
{
    /// <summary>The colours that have names, and the one of tags that were given none.</summary>
    private static readonly Dictionary<string, string> Colours = new(StringComparer.OrdinalIgnoreCase)
    {
        ["purple"] = DefaultColour,
        ["blue"] = "#4BBFFF",
        ["gold"] = "#F2C14E",
        ["green"] = "#6CC788",
        ["magenta"] = "#E07BD0",
        ["red"] = "#FF8888",
        ["orange"] = "#FFA95C",
        ["mint"] = "#6EDCC4",
    };

    private const string DefaultColour = "#8D75E6";
    private const string Colour = "color";

    /// <summary>The colour of a tag: <c>#RRGGBB</c>.</summary>
    public static string ColourOf(CaseThing tag) => tag.Image.GetValueOrDefault(Colour) as string ?? DefaultColour;

    /// <summary>The tags of a team, or of all that the caller may read.</summary>
    public Task<Result<IReadOnlyList<ThingView>>> ListAsync(Caller caller, long? teamId, CancellationToken cancellationToken)
        => around.ListAsync(caller, ThingKind.Tag, teamId, cancellationToken);

    /// <summary>A tag.</summary>
    public Task<Result<ThingView>> GetAsync(Caller caller, long id, CancellationToken cancellationToken) => around.GetAsync(caller, ThingKind.Tag, id, cancellationToken);

    /// <summary>Makes a tag; who writes cases may.</summary>
    public async Task<Result<Made<ThingView>>> CreateAsync(
        Caller caller, long teamId, string name, string? colour, Once? once, CancellationToken cancellationToken)
    {
        var faults = Check(name, colour);
        return await around.MakeAsync(
            caller,
            ThingKind.Tag,
            teamId,
            once,
            async (scope, id, token) =>
            {
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                var given = name.Trim();
                if (await CaseTags.FindAsync(scope, given, token) is not null) return Taken(given);
                CaseTags.Names.Give(scope, given, id);
                var image = new Dictionary<string, object>(StringComparer.Ordinal) { [CaseTags.Name] = given };
                if (colour is not null) image[Colour] = Hexadecimal(colour)!;
                return image;
            },
            cancellationToken);
    }

    /// <summary>Renames or recolours a tag, in all its cases; admins may. What is null stays.</summary>
    public async Task<Result<ThingView>> UpdateAsync(Caller caller, long id, string? name, string? colour, IfMatch? ifMatch, CancellationToken cancellationToken)
    {
        var faults = Check(name, colour);
        return await around.ChangeAsync(
            caller,
            ThingKind.Tag,
            id,
            ifMatch,
            async (scope, tag, image, token) =>
            {
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                if (name?.Trim() is { } given)
                {
                    if (!await CaseTags.Names.ChangeAsync(scope, (string)image[CaseTags.Name], given, tag.Id, token)) return Taken(given);
                    image[CaseTags.Name] = given;
                }

                if (colour is not null) image[Colour] = Hexadecimal(colour)!;
                return null;
            },
            cancellationToken);
    }

    /// <summary>Deletes a tag; it is taken off its cases after that. Admins may.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => around.RemoveAsync(
            caller,
            ThingKind.Tag,
            id,
            ifMatch,
            (scope, tag, _) =>
            {
                var name = (string)tag.Image[CaseTags.Name];
                CaseTags.Names.Free(scope, name);
                scope.Owe(GoneThings.Tag(id, name, caller.UserId));
                return ValueTask.FromResult<Problem?>(null);
            },
            cancellationToken);

    private static List<Fault> Check(string? name, string? colour)
    {
        var faults = new List<Fault>();
        if (name?.Trim().Length is 0 or > CaseTags.LongestName) faults.Add(new Fault("Parameter is invalid", $"name: must have 1 to {CaseTags.LongestName} characters"));
        if (colour is not null && Hexadecimal(colour) is null)
            faults.Add(new Fault("Parameter is invalid", $"color: must be #RRGGBB or one of {string.Join(", ", Colours.Keys)}"));
        return faults;
    }

    private static string? Hexadecimal(string colour)
        => Colours.TryGetValue(colour, out var named) ? named
            : colour is ['#', .. { Length: 6 } digits] && digits.All(char.IsAsciiHexDigit) ? colour.ToUpperInvariant()
            : null;

    private static Problem Taken(string name) => Problem.Invalid("Tag exists already", $"name: the team has a tag '{name}'");
}
