using Casefile.Core;

namespace Casefile.Functions.Http;

/// <summary>Everything that is wrong with a request, gathered while it is read, so that its sender mends it in one go.</summary>
internal sealed class ParameterFaults
{
    /// <summary>How many faults are kept: a body of millions of bad ids is not to become an answer of gigabytes.</summary>
    public const int Most = 1_000;

    private bool malformed;

    /// <summary>The faults in the order in which they were found. What checks the rules of the data adds to it: such faults are 422.</summary>
    public List<Fault> All { get; } = [];

    /// <summary>The refusal (400 when anything could not be read, else 422), or null when nothing is wrong.</summary>
    public Problem? Problem => All.Count == 0
        ? null
        : new Problem(malformed ? ProblemKind.Malformed : ProblemKind.Invalid, All);

    /// <summary>Adds what cannot be understood (400).</summary>
    public void Malformed(string message, string details)
    {
        malformed = true;
        Add(message, details);
    }

    /// <summary>Adds what is understood and against a rule (422).</summary>
    public void Invalid(string message, string details) => Add(message, details);

    private void Add(string message, string details)
    {
        if (All.Count < Most) All.Add(new Fault(message, details));
    }
}
