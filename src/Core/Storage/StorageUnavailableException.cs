namespace Casefile.Core.Storage;

/// <summary>Storage did not answer a read after all retries. The HTTP layer turns it into 503 with Retry-After.</summary>
public sealed class StorageUnavailableException : Exception
{
    /// <summary>With a reason that is fit for a log and holds no content.</summary>
    public StorageUnavailableException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>Without a reason.</summary>
    public StorageUnavailableException() : this("Storage is unavailable")
    {
    }

    /// <summary>With a reason.</summary>
    public StorageUnavailableException(string message) : this(message, null)
    {
    }
}
