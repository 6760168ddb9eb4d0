using System.Security.Cryptography;
using System.Text;
using Casefile.Core.Partitions;

namespace Casefile.Core.Cases;

/// <summary>Keeps the names of a kind of things unique in a team, whatever their case: a row a name, <c>{prefix}{hash}</c>, that says whose it is.</summary>
/// <param name="prefix">What the keys of these rows begin with.</param>
/// <param name="property">The property with the id of whose the name is.</param>
internal sealed class UniqueName(string prefix, string property)
{
    /// <summary>Whose a name is; null for nobody's.</summary>
    public async ValueTask<long?> FindAsync(OperationScope scope, string name, CancellationToken cancellationToken)
        => await scope.GetAsync(Key(name), cancellationToken) is { } row ? row.Properties[property] as long? : null;

    /// <summary>Gives a name that nobody has.</summary>
    public void Give(OperationScope scope, string name, long id)
        => scope.Put(Key(name), new Dictionary<string, object>(StringComparer.Ordinal) { [property] = id });

    /// <summary>Gives a thing another name, unless somebody else has it.</summary>
    /// <returns>Whether it was to be had.</returns>
    public async ValueTask<bool> ChangeAsync(OperationScope scope, string before, string after, long id, CancellationToken cancellationToken)
    {
        if (Key(before) == Key(after)) return true;
        if (await FindAsync(scope, after, cancellationToken) is not null) return false;
        scope.Delete(Key(before));
        Give(scope, after, id);
        return true;
    }

    /// <summary>Takes a name back.</summary>
    public void Free(OperationScope scope, string name) => scope.Delete(Key(name));

    private string Key(string name) => prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToLowerInvariant())));
}
