using System.Globalization;
using Casefile.Core.Partitions;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases;

/// <summary>Fields of a case (cases.md, "fields"): values of the team's case inputs, one of an input at most. A singleton.</summary>
public sealed class CaseFields(CaseInside inside)
{
    /// <summary>Fields of a case.</summary>
    internal const int MostPerCase = 500;

    /// <summary>The fields, in the order in which they were made.</summary>
    public Task<Result<PartList>> ListAsync(Caller caller, long caseId, CancellationToken cancellationToken)
        => inside.ListAsync(caller, caseId, PartKind.Field, newestFirst: false, cancellationToken);

    /// <summary>A field.</summary>
    public Task<Result<PartView>> GetAsync(Caller caller, long caseId, long id, CancellationToken cancellationToken)
        => inside.GetAsync(caller, caseId, PartKind.Field, id, cancellationToken);

    /// <summary>Gives a case a field.</summary>
    public Task<Result<Made<PartView>>> CreateAsync(Caller caller, long caseId, NewField given, Once? once, CancellationToken cancellationToken)
        => inside.MakeAsync(
            caller,
            caseId,
            once,
            async (edit, _, token) =>
            {
                var faults = new List<Fault>();
                var image = await ImageAsync(edit, given, "", faults, token);
                var fields = await edit.AllAsync(PartKind.Field, MostPerCase, token);
                if (fields.Any(field => field.Number(FieldRow.Input) == given.InputId))
                    faults.Add(new Fault("Field exists already", string.Create(CultureInfo.InvariantCulture, $"input_id: the case has a field of case input {given.InputId}; PUT its value")));
                if (fields.Count == MostPerCase) faults.Add(new Fault("Too many fields", $"a case has {MostPerCase} at most"));
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                await TellAsync(edit, given.InputId, token);
                return await edit.AddAsync(PartKind.Field, image!, token);
            },
            cancellationToken);

    /// <summary>Changes the value of a field.</summary>
    public Task<Result<PartView>> UpdateAsync(Caller caller, long caseId, long id, string value, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.ChangeAsync(
            caller,
            caseId,
            PartKind.Field,
            id,
            ifMatch,
            async (edit, field, _, token) =>
            {
                var faults = new List<Fault>();
                var input = field.Number(FieldRow.Input) ?? 0;
                var image = await ImageAsync(edit, new NewField(input, value), "", faults, token);
                if (faults.Count > 0) return new Problem(ProblemKind.Invalid, faults);
                var kept = LongText.Read(image!, FieldRow.Value);
                if (kept == field.LongText(FieldRow.Value)) return field;
                await TellAsync(edit, input, token);
                return edit.Change(field, row => LongText.Write(row, FieldRow.Value, kept));
            },
            cancellationToken);

    /// <summary>Takes a field off a case.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long caseId, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.RemoveAsync(
            caller,
            caseId,
            PartKind.Field,
            id,
            ifMatch,
            async (edit, field, _, token) =>
            {
                edit.Remove(field);
                await TellAsync(edit, field.Number(FieldRow.Input) ?? 0, token);
                return null;
            },
            cancellationToken);

    /// <summary>The image of a field of a case in an operation; null with a fault where the team has no such input, or it does not take the value.</summary>
    internal static async ValueTask<Dictionary<string, object>?> ImageAsync(
        CaseEdit edit, NewField field, string place, List<Fault> faults, CancellationToken cancellationToken)
    {
        if (await edit.Scope.GetAsync(ThingKind.Input.Key(field.InputId), cancellationToken) is not { } input)
        {
            var at = place.Length == 0 ? "input_id" : place;
            faults.Add(new Fault("Case input not found", string.Create(CultureInfo.InvariantCulture, $"{at}: the case's team has no case input {field.InputId}")));
            return null;
        }

        if (CaseInputRules.Accept(input.Properties, field.Value, out var reason) is not { } value)
        {
            faults.Add(new Fault("Field value is invalid", $"{(place.Length == 0 ? "value" : place)}: {reason}"));
            return null;
        }

        var image = new Dictionary<string, object>(StringComparer.Ordinal) { [FieldRow.Input] = field.InputId };
        LongText.Write(image, FieldRow.Value, value);
        return image;
    }

    // The name of what changed is told, never its value: that may be sensitive, and activities are for everybody.
    private static async ValueTask TellAsync(CaseEdit edit, long inputId, CancellationToken cancellationToken)
    {
        var input = await edit.Scope.GetAsync(ThingKind.Input.Key(inputId), cancellationToken);
        await edit.TellAsync(ActivityType.FieldUpdated, input?.Properties[CaseRow.Name] as string, cancellationToken);
    }
}

/// <summary>A field to be made.</summary>
/// <param name="InputId">The case input.</param>
/// <param name="Value">Its value as text; several as <c>a|b</c>.</param>
public sealed record NewField(long InputId, string Value);
