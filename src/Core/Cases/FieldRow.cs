namespace Casefile.Core.Cases;

/// <summary>The properties of a field's row: the value of a case input in a case.</summary>
public static class FieldRow
{
    /// <summary>The case input; a case has one field of it at most.</summary>
    public const string Input = "input";

    /// <summary>The value as text (<see cref="LongText"/>).</summary>
    public const string Value = "value";
}
