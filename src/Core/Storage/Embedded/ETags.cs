using System.Globalization;

namespace Casefile.Core.Storage.Embedded;

/// <summary>ETags as numbers in the file, and as quoted hexadecimal text outside. Positive; none is given twice.</summary>
internal static class ETags
{
    /// <summary>What an ETag that we never gave is read as: it matches no row.</summary>
    public const long None = 0;

    private const int Digits = 16;

    public static string Text(long number) => string.Create(CultureInfo.InvariantCulture, $"\"{number:x16}\"");

    public static long Number(string text)
        => text is ['"', .., '"'] && text.Length == Digits + 2
            && long.TryParse(text.AsSpan(1, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : None;
}
