namespace Casefile.Core;

/// <summary>The versions of a thing under which a caller wants it changed (common.md, "ETag on every single resource").</summary>
/// <param name="Versions">The versions that were named; null for any (<c>*</c>).</param>
public sealed record IfMatch(IReadOnlyList<long>? Versions)
{
    /// <summary>The refusal when the thing has another version, else null.</summary>
    public Problem? Refuse(long version) => Versions is null || Versions.Contains(version)
        ? null
        : Problem.Of(ProblemKind.Changed, "It changed meanwhile", "if-match: names another version");
}
