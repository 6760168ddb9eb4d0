namespace Casefile.Core.Storage;

/// <summary>Large values, each under a name that is written once.</summary>
public interface IBlobStore
{
    /// <summary>Writes a blob that does not exist yet, or replaces it by the same content on a repeat.</summary>
    /// <param name="name">The path within the container, for example <c>artifacts/12/2026010203-…</c>.</param>
    /// <param name="content">What to write, read to its end.</param>
    /// <param name="contentEncoding">"gzip" when the content is compressed already, else null.</param>
    /// <param name="cancellationToken">Abandons the write.</param>
    /// <exception cref="StorageUnavailableException">Storage did not take it after retries.</exception>
    Task WriteAsync(string name, Stream content, string? contentEncoding, CancellationToken cancellationToken);

    /// <summary>The content as it was written (compressed if it was), or null when there is no such blob. The caller disposes it.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer after retries.</exception>
    Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes a blob; one that is gone already is no error.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer after retries.</exception>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>The names that begin with a prefix, in ordinal order.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer after retries.</exception>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);
}
