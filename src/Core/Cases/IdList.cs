using System.Globalization;
using System.Text.Json;

namespace Casefile.Core.Cases;

/// <summary>Ids in a property of a row: a JSON array, absent where there is none.</summary>
internal static class IdList
{
    public static IReadOnlyList<long> Read(IReadOnlyDictionary<string, object> image, string name)
        => image.GetValueOrDefault(name) is string text ? JsonSerializer.Deserialize<long[]>(text)! : [];

    /// <summary>Puts ids into an image, each once, in their order.</summary>
    public static void Write(Dictionary<string, object> image, string name, IEnumerable<long> ids)
    {
        var distinct = ids.Distinct().Select(id => id.ToString(CultureInfo.InvariantCulture)).ToArray();
        if (distinct.Length == 0) image.Remove(name);
        else image[name] = $"[{string.Join(',', distinct)}]";
    }
}
