using System.Runtime.InteropServices;
using System.Text;

namespace Casefile.Core.Storage.Embedded;

/// <summary>Folders whose entries survive a loss of power.</summary>
internal static class DurableFolder
{
    private const int ReadOnly = 0;

    /// <summary>Makes a folder and those above it.</summary>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder)) return;
        if (Path.GetDirectoryName(folder) is { Length: > 0 } parent)
        {
            Create(parent);
            Directory.CreateDirectory(folder);
            Sync(parent);
        }
    }

    /// <summary>Writes a folder's entries to disk: a file that was renamed or deleted there is so for good. Windows does this by itself.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        // The framework opens no folders.
        var descriptor = Open(Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly);
        if (descriptor < 0) throw new IOException($"The folder {folder} cannot be opened: error {Marshal.GetLastPInvokeError()}");
        var synced = FSync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (synced != 0) throw new IOException($"The folder {folder} cannot be written to disk: error {error}");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
