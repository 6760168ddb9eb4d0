using System.Globalization;

namespace Casefile.Core.Cases;

/// <summary>Text that may be longer than a property can be (64 KiB, 32,768 UTF-16 units): in pieces under <c>name</c>, <c>name_1</c>, <c>name_2</c>…</summary>
public static class LongText
{
    /// <summary>UTF-16 units of a piece.</summary>
    private const int Piece = 30_000;

    /// <summary>UTF-16 units of the longest text that a case keeps: description, comment, note, html block, metadata.</summary>
    public const int Longest = 100_000;

    /// <summary>
    /// UTF-16 units that one request may put into a case in several texts: with the log, which repeats them, they have to fit a transaction
    /// (<see cref="Storage.StorageLimits.TransactionBytes"/>) at three bytes a unit.
    /// </summary>
    public const int MostTogether = 450_000;

    /// <summary>The text, or null where there is none.</summary>
    public static string? Read(IReadOnlyDictionary<string, object> image, string name)
    {
        if (image.GetValueOrDefault(name) is not string first) return null;
        if (first.Length < Piece) return first;
        var pieces = new List<string> { first };
        for (var i = 1; image.GetValueOrDefault(Name(name, i)) is string piece; i++) pieces.Add(piece);
        return string.Concat(pieces);
    }

    /// <summary>Puts a text into an image, or removes it.</summary>
    public static void Write(Dictionary<string, object> image, string name, string? text)
    {
        for (var i = 0; image.Remove(Name(name, i)); i++)
        {
        }

        if (text is null) return;
        image[name] = text[..Math.Min(Piece, text.Length)];
        for (var i = 1; i * Piece < text.Length; i++) image[Name(name, i)] = text[(i * Piece)..Math.Min((i + 1) * Piece, text.Length)];
    }

    /// <summary>The fault of a text that is too long, or null.</summary>
    public static Fault? TooLong(string place, string? text) => text?.Length > Longest
        ? new Fault("Text is too long", string.Create(CultureInfo.InvariantCulture, $"{place}: at most {Longest} characters are kept, this has {text.Length}"))
        : null;

    /// <summary>The fault of texts that are too long together, or null.</summary>
    public static Fault? TooLongTogether(string place, IEnumerable<string?> texts)
    {
        var length = texts.Sum(text => text?.Length ?? 0L);
        return length > MostTogether
            ? new Fault("Text is too long", string.Create(CultureInfo.InvariantCulture, $"{place}: at most {MostTogether} characters are taken at once, these are {length}"))
            : null;
    }

    private static string Name(string name, int index) => index == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}_{index}");
}
