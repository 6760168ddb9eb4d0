using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;

namespace Casefile.Core.Cases.Files;

/// <summary>
/// Files of a case (cases.md, "files"). A file is the activity that tells of it; its content is a blob, written before the commit that refers to it and deleted by work
/// which the commit that takes it away owes. A singleton.
/// </summary>
public sealed class CaseFiles(CaseInside inside, CaseDesk desk, IStorage storage, FileLimits limits, TimeProvider time)
{
    /// <summary>The bounds of files.</summary>
    public FileLimits Limits => limits;

    /// <summary>A page of the files, newest first.</summary>
    public Task<Result<PartPage>> ListAsync(Caller caller, long caseId, long skip, int take, CancellationToken cancellationToken)
        => inside.PageAsync(caller, caseId, PartKind.File, [], skip, take, cancellationToken);

    /// <summary>A file, without its content.</summary>
    public Task<Result<PartView>> GetAsync(Caller caller, long caseId, long id, CancellationToken cancellationToken)
        => inside.GetAsync(caller, caseId, PartKind.File, id, cancellationToken);

    /// <summary>The content of a file; null where it has been deleted meanwhile. The caller disposes it, and checks it against the file's SHA-256.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not answer.</exception>
    public Task<Stream?> OpenAsync(CasePart file, CancellationToken cancellationToken) => storage.Blobs.OpenReadAsync(file.Text(FileRow.Blob)!, cancellationToken);

    /// <summary>Attaches a file. One that is refused leaves no blob.</summary>
    /// <exception cref="StorageUnavailableException">Storage did not take the content.</exception>
    public async Task<Result<Made<PartView>>> AttachAsync(Caller caller, long caseId, NewFile file, Once? once, CancellationToken cancellationToken)
    {
        if (await desk.RefuseToWriteAsync(caller, caseId, cancellationToken) is { } refusal) return refusal;
        var name = FileName.Clean(file.FileName);
        if (Check(file, name) is { Count: > 0 } faults) return new Problem(ProblemKind.Invalid, faults);
        if (!Measure(file.Contents, name).Try(out var measured, out var unreadable)) return unreadable;

        var blob = BlobName.New(string.Create(CultureInfo.InvariantCulture, $"files/{caseId}"), time.GetUtcNow());
        await storage.Blobs.WriteAsync(blob, measured.Content, contentEncoding: null, cancellationToken);
        var attached = await inside.MakeAsync(
            caller,
            caseId,
            once,
            async (edit, tenant, token) =>
            {
                var unknown = new List<Fault>();
                var author = CaseUsers.Author(tenant, caller, edit.TeamId, file.AuthorEmail, "author_email", unknown);
                if (file.BlockId is { } block && await edit.FindAsync(PartKind.Block, block, token) is null)
                    unknown.Add(new Fault("Block not found", string.Create(CultureInfo.InvariantCulture, $"team_case_block_id: the case has no block {block}")));
                if (unknown.Count > 0) return new Problem(ProblemKind.Invalid, unknown);

                var isCommented = !string.IsNullOrEmpty(file.Value);
                var made = await edit.TellAsync(
                    isCommented ? ActivityType.FileAttachedAndCommented : ActivityType.FileAttached,
                    isCommented ? file.Value : name,
                    token,
                    author,
                    image =>
                    {
                        image[FileRow.Name] = name;
                        image[FileRow.Blob] = blob;
                        image[FileRow.Bytes] = measured.Content.Length;
                        image[FileRow.Sha256] = measured.Sha256;
                        image[FileRow.Md5] = measured.Md5;
                        image[FileRow.MediaType] = measured.MediaType;
                        if (file.BlockId is { } block) image[FileRow.Block] = block;
                    });
                return file.BlockId is { } into && await CaseBlocks.AttachAsync(edit, into, made, name, author, token) is { } misplaced ? misplaced : made;
            },
            cancellationToken);
        if (attached.Problem is { Kind: not ProblemKind.Unavailable } || attached.Value is { Replayed: true }) await DiscardAsync(blob);
        return attached;
    }

    /// <summary>Deletes a file, which the case tells of; its content goes right after the commit.</summary>
    /// <returns>The refusal, or null when it is done.</returns>
    public Task<Problem?> DeleteAsync(Caller caller, long caseId, long id, IfMatch? ifMatch, CancellationToken cancellationToken)
        => inside.RemoveAsync(
            caller,
            caseId,
            PartKind.File,
            id,
            ifMatch,
            async (edit, file, _, token) =>
            {
                edit.Remove(file);
                if (file.Number(FileRow.Block) is { } block) await CaseBlocks.DetachAsync(edit, block, file.Id, token);
                await edit.TellAsync(ActivityType.FileDeleted, file.Text(FileRow.Name), token);
                BlobWork.Owe(edit.Scope, [file.Text(FileRow.Blob)!]);
                return null;
            },
            cancellationToken);

    private static List<Fault> Check(NewFile file, string name)
    {
        var faults = new List<Fault>();
        if (name.Length == 0) faults.Add(new Fault("Parameter is invalid", "filename: must have a name in it, folders and control characters apart"));
        if (name.Length > FileName.Longest)
            faults.Add(new Fault("Parameter is invalid", string.Create(CultureInfo.InvariantCulture, $"filename: has at most {FileName.Longest} characters")));
        if (LongText.TooLong("value", file.Value) is { } tooLong) faults.Add(tooLong);
        return faults;
    }

    [SuppressMessage("Security", "CA5351", Justification = "MD5 is what lists of known files go by; nothing is protected by it.")]
    private Result<Measured> Measure(JsonElement contents, string name)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var first = Array.Empty<byte>();
        var read = Base64Content.Read(contents, "file_contents", limits.FileBytes, bytes =>
        {
            if (first.Length == 0) first = bytes[..Math.Min(FileMediaType.BytesToTell, bytes.Length)].ToArray();
            sha256.AppendData(bytes);
            md5.AppendData(bytes);
        });
        if (!read.Try(out var content, out var problem)) return problem;
        return new Measured(
            content, Convert.ToHexStringLower(sha256.GetHashAndReset()), Convert.ToHexStringLower(md5.GetHashAndReset()), FileMediaType.Of(name, first));
    }

    private async Task DiscardAsync(string blob)
    {
        try
        {
            await storage.Blobs.DeleteAsync(blob, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // The refusal is the answer; the sweep of orphans finds the blob.
        }
    }

    private sealed record Measured(Stream Content, string Sha256, string Md5, string MediaType);
}

/// <summary>A file that is to be attached.</summary>
/// <param name="FileName">Its name, as it was sent.</param>
/// <param name="Contents">Its content: a JSON string of base64, in a document that lives until the file is attached.</param>
/// <param name="Value">A comment that goes with it, or null.</param>
/// <param name="AuthorEmail">In whose name; null for the caller's.</param>
/// <param name="BlockId">The block that it is put into, or null.</param>
public sealed record NewFile(string FileName, JsonElement Contents, string? Value, string? AuthorEmail, long? BlockId);
