namespace Casefile.Core.Records;

/// <summary>What <c>If-Match</c> asks of a record (common.md, "Beyond the reference services").</summary>
/// <param name="Accepts">Whether a revision is among those asked for; null where the client asks for none.</param>
public readonly record struct RevisionGuard(Func<long, bool>? Accepts)
{
    /// <summary>The refusal of a change to a record that is not what the client read, or null.</summary>
    internal Problem? Check(IReadOnlyDictionary<string, object> image)
    {
        var revision = image.GetValueOrDefault(RecordRow.Revision) as long? ?? 0;
        return Accepts is null || Accepts(revision)
            ? null
            : Problem.Of(ProblemKind.Changed, "Record has changed", $"If-Match: the record's ETag is \"{revision}\" now");
    }
}
