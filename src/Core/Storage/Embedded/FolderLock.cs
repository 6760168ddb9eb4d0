using System.Globalization;

namespace Casefile.Core.Storage.Embedded;

/// <summary>A folder that belongs to this process until it is disposed of, or the process ends in whatever way.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream file;

    private FolderLock(string folder, FileStream file) => (Folder, this.file) = (folder, file);

    public string Folder { get; }

    public static FolderLock Take(string folder)
    {
        folder = Path.GetFullPath(folder);
        DurableFolder.Create(folder);
        var path = Path.Combine(folder, "lock");
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException refused) when (File.Exists(path))
        {
            throw new FolderInUseException(folder, Owner(folder), refused);
        }

        // Beside it, since a locked file cannot be read.
        File.WriteAllText(OwnerFile(folder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new FolderLock(folder, file);
    }

    public void Dispose() => file.Dispose();

    private static string OwnerFile(string folder) => Path.Combine(folder, "owner");

    private static string? Owner(string folder)
    {
        try
        {
            return File.ReadAllText(OwnerFile(folder)) is { Length: > 0 } owner ? owner : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
