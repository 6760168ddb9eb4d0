namespace Casefile.Core.Storage.Embedded;

/// <summary>Another process owns the folder of an embedded storage.</summary>
public sealed class FolderInUseException : IOException
{
    /// <summary>With the folder, and the process that owns it where that is known.</summary>
    internal FolderInUseException(string folder, string? owner, IOException inner)
        : base($"The storage folder {folder} is in use by {(owner is null ? "another process" : $"process {owner}")}; only one may use it.", inner)
    {
    }

    /// <summary>Without a folder.</summary>
    public FolderInUseException()
    {
    }

    /// <summary>With a message.</summary>
    public FolderInUseException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public FolderInUseException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
