namespace Casefile.Core.Replicas;

/// <summary>
/// The folder of this process's replicas. It is named after the process and holds a file that the process keeps locked: a folder whose
/// file is not locked belongs to a process that is gone, whatever has its number now, and is removed.
/// </summary>
internal sealed class ReplicaFolder : IDisposable
{
    private const string LockName = "process.lock";

    private readonly string path;
    private readonly FileStream processLock;
    private long files;

    public ReplicaFolder(string parent)
    {
        Directory.CreateDirectory(parent);
        RemoveAbandoned(parent);
        path = Path.Combine(parent, $"{Environment.ProcessId}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(path);
        processLock = new FileStream(Path.Combine(path, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    public string NewFile() => Path.Combine(path, $"{Interlocked.Increment(ref files)}.db");

    /// <summary>Deletes a file, as far as that goes: the folder is removed with the process, or by the next one.</summary>
    public static void Remove(string file)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            try
            {
                File.Delete(file + suffix);
            }
            catch (IOException)
            {
            }
        }
    }

    public void Dispose()
    {
        processLock.Dispose();
        TryRemove(path);
    }

    private static void RemoveAbandoned(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent))
        {
            try
            {
                using (new FileStream(Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                TryRemove(folder);
            }
            catch (FileNotFoundException) when (Directory.GetCreationTimeUtc(folder) < DateTime.UtcNow.AddMinutes(-10))
            {
                TryRemove(folder);
            }
            catch (IOException)
            {
                // Locked: its process lives. Or another process removes it just now.
            }
            catch (UnauthorizedAccessException)
            {
                // Another user's.
            }
        }
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
