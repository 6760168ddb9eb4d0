using System.Runtime.CompilerServices;

namespace Casefile.Core.Storage.Embedded;

/// <summary>
/// Blobs as files. A blob is written under another name, brought to disk, and renamed: it is there whole or not at all, and once a write
/// or a deletion returns it holds after a loss of power too.
/// </summary>
internal sealed class FileBlobs : IBlobStore
{
    private const int CopyBytes = 128 * 1024;

    private readonly string folder;
    private readonly string uploads;
    private readonly StorageReport report;

    public FileBlobs(string root, StorageReport report)
    {
        this.report = report;
        folder = Path.Combine(root, "blobs");
        uploads = Path.Combine(root, "uploads");
        DurableFolder.Create(folder);
        DurableFolder.Create(uploads);
        // What a crash left half written; nobody knows of it.
        foreach (var left in Directory.EnumerateFiles(uploads)) File.Delete(left);
    }

    public Task WriteAsync(string name, Stream content, string? contentEncoding, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        return ReportedAsync(StorageRequestKind.BlobWrite, async () =>
        {
            var upload = Path.Combine(uploads, Guid.NewGuid().ToString("n"));
            try
            {
                await using (var file = new FileStream(upload, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
                {
                    await content.CopyToAsync(file, CopyBytes, cancellationToken);
                    file.Flush(flushToDisk: true);
                }

                DurableFolder.Create(Path.GetDirectoryName(path)!);
                File.Move(upload, path, overwrite: true);
                DurableFolder.Sync(Path.GetDirectoryName(path)!);
                return 201;
            }
            catch
            {
                File.Delete(upload);
                throw;
            }
        });
    }

    public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var stream = default(Stream);
        return OpenAsync();

        async Task<Stream?> OpenAsync()
        {
            await ReportedAsync(StorageRequestKind.BlobRead, () =>
            {
                stream = Open(PathOf(name));
                return Task.FromResult(stream is null ? 404 : 200);
            });
            return stream;
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(name);
        return ReportedAsync(StorageRequestKind.BlobDelete, () =>
        {
            if (!File.Exists(path)) return Task.FromResult(404);
            File.Delete(path);
            DurableFolder.Sync(Path.GetDirectoryName(path)!);
            return Task.FromResult(202);
        });
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var level = prefix[..(prefix.LastIndexOf('/') + 1)];
        await ReportedAsync(StorageRequestKind.BlobList, () => Task.FromResult(200));
        foreach (var name in Names(Path.Combine(folder, BlobPaths.FolderOf(prefix)), level))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (name.StartsWith(prefix, StringComparison.Ordinal)) yield return name;
        }
    }

    // A folder sorts as its name with the slash that follows it in all names below.
    private static IEnumerable<string> Names(string folder, string level)
    {
        foreach (var (name, below) in Entries(folder).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (below is null)
            {
                yield return level + name;
                continue;
            }

            foreach (var deeper in Names(below, level + name)) yield return deeper;
        }
    }

    private static List<(string Name, string? Below)> Entries(string folder)
    {
        List<(string Name, string? Below)> entries = [];
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo below) entries.Add((BlobPaths.Unescape(below.Name) + '/', below.FullName));
                else if (BlobPaths.SegmentOfFile(entry.Name) is { } segment) entries.Add((segment, null));
            }
        }
        catch (DirectoryNotFoundException)
        {
            // No blob was ever written there.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(failure);
        }

        return entries;
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, CopyBytes, FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private async Task ReportedAsync(StorageRequestKind kind, Func<Task<int>> request)
    {
        var started = report.Started();
        var status = 0;
        try
        {
            status = await request();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(failure);
        }
        finally
        {
            report.Ended(kind, status, started);
        }
    }

    private string PathOf(string name) => Path.Combine(folder, BlobPaths.Of(name));

    // The message would quote a path, and a path holds a name.
    private static StorageUnavailableException Unavailable(Exception failure) => new($"Storage is unavailable: {failure.GetType().Name}");
}
