using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;
using Casefile.Core;
using Casefile.Core.Cases;
using Casefile.Core.Cases.Files;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Casefile.Functions.Cases;

/// <summary>Reads requests about files of a case, has them done, and writes the answers, of v2 and v1. A singleton.</summary>
public sealed class FileRequests(CaseFiles files)
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly PartAnswers Answers = new("files", (json, view, style) => PartJson.WriteActivity(json, view.Part, view.Tenant, style, view.CaseId));
    private static readonly PartAnswers Infos = new("files", (json, view, _) => PartJson.WriteFileInfo(json, view.Part, view.CaseId));

    /// <summary>Bytes of a request that attaches a file.</summary>
    internal long BodyLimit => files.Limits.RequestBytes;

    internal Task<IResult> CreateAsync(Call call, long caseId)
        => Answers.CreatedAsync(call, ReadNew(call.Parameters), (file, once) => files.AttachAsync(call.Caller, caseId, file, once, call.Cancelled));

    internal Task<IResult> ListAsync(Call call, long caseId)
        => Answers.PagedAsync(call, caseId, (id, paging) => files.ListAsync(call.Caller, id, paging.Skip, paging.PerPage, call.Cancelled));

    internal Task<IResult> GetAsync(Call call, long caseId, long id) => Answers.FoundAsync(call, () => files.GetAsync(call.Caller, caseId, id, call.Cancelled));

    internal Task<IResult> GetInfoAsync(Call call, long caseId, long id) => Infos.FoundAsync(call, () => files.GetAsync(call.Caller, caseId, id, call.Cancelled));

    internal Task<IResult> DeleteAsync(Call call, long caseId, long id)
        => PartAnswers.DeletedAsync(call, guard => files.DeleteAsync(call.Caller, caseId, id, guard, call.Cancelled));

    internal async Task<IResult> DownloadAsync(Call call, long caseId, long id)
    {
        if (!(await files.GetAsync(call.Caller, caseId, id, call.Cancelled)).Try(out var view, out var problem)) return call.Refuse(problem);
        var (file, response) = (view.Part, call.Request.HttpContext.Response);
        var sha256 = file.Text(FileRow.Sha256)!;
        var etag = $"\"{sha256}\"";
        if (EntityTags.IsFresh(call.Request, etag))
        {
            response.Headers[HeaderNames.ETag] = etag;
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        if (await files.OpenAsync(file, call.Cancelled) is not { } content)
            return call.Refuse(Problem.NotFound("File", string.Create(CultureInfo.InvariantCulture, $"The case has no file {id}")));
        response.RegisterForDisposeAsync(content);

        var mediaType = file.Text(FileRow.MediaType)!;
        var disposition = new ContentDispositionHeaderValue(FileMediaType.IsShown(mediaType) ? "inline" : "attachment");
        disposition.SetHttpFileName(file.Text(FileRow.Name));
        response.Headers[HeaderNames.ETag] = etag;
        response.Headers[HeaderNames.ContentDisposition] = disposition.ToString();
        response.Headers[HeaderNames.ContentSecurityPolicy] = "default-src 'none'; sandbox";
        response.Headers[HeaderNames.CacheControl] = "private, no-cache";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.ContentLength = file.Number(FileRow.Bytes);
        return new StreamedAnswer(mediaType, (writer, token) => CopyAsync(content, writer, sha256, token));
    }

    private static NewFile ReadNew(Parameters parameters)
    {
        parameters.Require("file_contents");
        var contents = parameters.Value("file_contents");
        if (contents is { ValueKind: not JsonValueKind.String }) parameters.Malformed("file_contents", "must be text in base64");
        return new NewFile(
            parameters.RequiredText("filename"), contents ?? default, parameters.Text("value"), parameters.Text("author_email"), parameters.Id("team_case_block_id"));
    }

    /// <summary>Sends a content; the last piece of it only when all of it is what was written, so that nobody takes it for whole when it is not.</summary>
    private static async Task CopyAsync(Stream content, PipeWriter writer, string sha256, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (piece, next) = (new byte[ChunkBytes], new byte[ChunkBytes]);
        for (var length = await content.ReadAsync(piece, cancellationToken); length > 0;)
        {
            hash.AppendData(piece, 0, length);
            var following = await content.ReadAsync(next, cancellationToken);
            if (following == 0 && Convert.ToHexStringLower(hash.GetHashAndReset()) != sha256) throw new InvalidDataException("The blob of a file is not what was written.");
            await writer.WriteAsync(piece.AsMemory(0, length), cancellationToken);
            (piece, next, length) = (next, piece, following);
        }
    }
}
