using System.Globalization;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>The case inputs of teams (cases.md, "case_inputs"): what fields of cases are values of. A key is unique in its team. A singleton.</summary>
public sealed class TeamInputs(CaseAround around)
{
    private const int LongestName = 255;
    private const int MostOptions = 200;

    /// <summary>The keys of a team's inputs.</summary>
    internal static readonly UniqueName Keys = new("inputname-", "input");

    /// <summary>The case inputs of a team, or of all that the caller may read.</summary>
    public Task<Result<IReadOnlyList<ThingView>>> ListAsync(Caller caller, long? teamId, CancellationToken cancellationToken)
        => around.ListAsync(caller, ThingKind.Input, teamId, cancellationToken);

    /// <summary>A case input.</summary>
    public Task<Result<ThingView>> GetAsync(Caller caller, long id, CancellationToken cancellationToken) => around.GetAsync(caller, ThingKind.Input, id, cancellationToken);

    /// <summary>A page of the fields that are values of a case input, by case.</summary>
    public Task<Result<InputFields>> FieldsAsync(Caller caller, long id, long skip, int take, CancellationToken cancellationToken)
        => around.ReadAsync<InputFields>(
            caller,
            ThingKind.Input,
            id,
            (queries, team, input) => ValueTask.FromResult<Result<InputFields>>(
                queries.FieldsOf(id, skip, take, cancellationToken).Try(out var page, out var problem) ? new InputFields(team, input, page.Fields, page.Total) : problem),
            cancellationToken);

    /// <summary>Makes a case input; admins of the team may.</summary>
    public Task<Result<Made<ThingView>>> CreateAsync(Caller caller, NewCaseInput input, Once? once, CancellationToken cancellationToken)
        => around.MakeAsync(
            caller,
            ThingKind.Input,
            input.TeamId,
            once,
            async (scope, id, token) =>
            {
                var faults = new List<Fault>();
                Check(input, faults);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                var key = Slug.Of(input.Name) is { Length: > 0 } slug ? slug : string.Create(CultureInfo.InvariantCulture, $"input_{id}");
                if (await Keys.FindAsync(scope, key, token) is not null) return Problem.Invalid("Case input exists already", $"name: the team has a case input with the key '{key}'");
                Keys.Give(scope, key, id);

                var image = new Dictionary<string, object>(StringComparer.Ordinal) { [CaseRow.Name] = input.Name, [CaseInputRow.Key] = key, [CaseInputRow.Type] = (long)input.Type };
                if (input.IsSensitive) image[CaseInputRow.Sensitive] = true;
                if (input.Options is { } options) LongText.Write(image, CaseInputRow.Options, JsonSerializer.Serialize(options));
                if (input.Regex is { } regex) image[CaseInputRow.Regex] = regex;
                if (input.Group is { } group) image[CaseInputRow.Group] = group;
                return image;
            },
            cancellationToken);

    private static void Check(NewCaseInput input, List<Fault> faults)
    {
        if (input.Name.Trim().Length == 0 || input.Name.Length > LongestName) faults.Add(Invalid($"name: must have 1 to {LongestName} characters"));
        if (input.Group is { Length: 0 or > LongestName }) faults.Add(Invalid($"group_name: must have 1 to {LongestName} characters"));
        if (input.Type != CaseInputType.String && (input.Options is not null || input.Regex is not null)) faults.Add(Invalid("validation_type: options and regex are for inputs of type string"));
        if (input.Options is { } options)
        {
            if (options.Count is 0 or > MostOptions) faults.Add(Invalid($"validation_options: 1 to {MostOptions} options are taken"));
            if (options.Any(option => option.Length is 0 or > LongestName)) faults.Add(Invalid($"validation_options: an option has 1 to {LongestName} characters"));
            if (options.Distinct(StringComparer.Ordinal).Count() != options.Count) faults.Add(Invalid("validation_options: each option may be given once"));
        }

        if (input.Regex is { Length: > CaseInputRules.LongestPattern }) faults.Add(Invalid($"validation_options: a regex has at most {CaseInputRules.LongestPattern} characters"));
        else if (input.Regex is { } regex && CaseInputRules.ReadPattern(regex, out var reason) is null) faults.Add(Invalid($"validation_options: the regex cannot be read: {reason}"));
    }

    private static Fault Invalid(string details) => new("Parameter is invalid", details);
}

/// <summary>A case input to be made.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Name">1..255 characters.</param>
/// <param name="Type">What its values are.</param>
/// <param name="IsSensitive">Whether only those who may write see values.</param>
/// <param name="Options">The texts that a value may be, or null.</param>
/// <param name="Regex">The regular expression that a value has to match, or null.</param>
/// <param name="Group">The group that it is shown in, or null.</param>
public sealed record NewCaseInput(
    long TeamId, string Name, CaseInputType Type, bool IsSensitive, IReadOnlyList<string>? Options, string? Regex, string? Group);

/// <summary>A page of the fields that are values of a case input.</summary>
/// <param name="TeamId">The team.</param>
/// <param name="Input">The case input.</param>
/// <param name="Fields">The fields with the cases that they are in.</param>
/// <param name="Total">How many there are, on this page or not.</param>
public sealed record InputFields(long TeamId, CaseThing Input, IReadOnlyList<(long CaseId, CasePart Field)> Fields, long Total);
