namespace Casefile.Documents.Pdf;

/// <summary>A colour: red, green and blue from 0 to 255.</summary>
internal readonly record struct Ink(byte Red, byte Green, byte Blue)
{
    /// <summary>A colour of six hexadecimal digits.</summary>
    public static Ink Of(int rgb) => new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
}
