using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Casefile.Core.Tests.Storage;

/// <summary>A folder for an embedded storage, removed at the end with what is open on it.</summary>
internal sealed class EmbeddedFolder : IDisposable
{
    private readonly List<EmbeddedStorage> opened = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("casefile-embedded-").FullName;

    public EmbeddedStorage Open(IStorageObserver? observer = null)
    {
        var storage = OpenAt(Path, observer);
        opened.Add(storage);
        return storage;
    }

    public static EmbeddedStorage OpenAt(string path, IStorageObserver? observer = null)
        => EmbeddedStorage.Open(new StorageOptions { Embedded = path }, TimeProvider.System, NullLoggerFactory.Instance, observer);

    public void Dispose()
    {
        foreach (var storage in opened) storage.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
