using System.Globalization;

namespace Casefile.Core;

/// <summary>The versions of a thing (or its revisions) under which a caller wants it changed (common.md, "ETag on every single resource").</summary>
/// <param name="Versions">The versions that were named. A caller to whom any will do has no such condition.</param>
public sealed record IfMatch(IReadOnlyList<long> Versions)
{
    /// <summary>The refusal when the thing has another version, else null.</summary>
    public Problem? Refuse(long version) => Versions.Contains(version)
        ? null
        : Problem.Of(ProblemKind.Changed, "It changed meanwhile", string.Create(CultureInfo.InvariantCulture, $"if-match: the ETag is \"{version}\" now"));
}
