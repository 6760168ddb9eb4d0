using System.Diagnostics.CodeAnalysis;

namespace Casefile.Core;

/// <summary>A value, or the reason why there is none. A caller has to look at which.</summary>
/// <typeparam name="T">What a success carries.</typeparam>
public readonly struct Result<T>
{
    private Result(T? value, Problem? problem) => (Value, Problem) = (value, problem);

    /// <summary>The value; meaningful only when <see cref="Problem"/> is null.</summary>
    public T? Value { get; }

    /// <summary>The refusal, or null on success.</summary>
    public Problem? Problem { get; }

    /// <summary>True with the value on success, false with the refusal otherwise.</summary>
    public bool Try([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Problem? problem)
    {
        (value, problem) = (Value, Problem);
        return problem is null;
    }

    /// <summary>The same refusal, or the value turned into another.</summary>
    public Result<TOther> Map<TOther>(Func<T, TOther> map) => Problem is { } problem ? problem : map(Value!);

    /// <summary>A success.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the named alternative.")]
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the named alternative.")]
    public static implicit operator Result<T>(Problem problem) => new(default, problem);
}
