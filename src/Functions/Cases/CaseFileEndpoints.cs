using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Cases;

/// <summary>Files of a case (cases.md, "files").</summary>
public sealed class CaseFileEndpoints(Endpoints endpoints, FileRequests files)
{
    private const string All = "api/v2/cases/{id:long}/files";
    private const string One = All + "/{fileId:long}";

    /// <summary>Attaches a file.</summary>
    [Function("CaseFilesCreate")]
    public Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, files.BodyLimit, call => files.CreateAsync(call, id));

    /// <summary>Deletes a file.</summary>
    [Function("CaseFilesDelete")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest request, long id, long fileId)
        => endpoints.RunAsync(request, RateClass.Default, call => files.DeleteAsync(call, id, fileId));

    /// <summary>Answers the content of a file.</summary>
    [Function("CaseFilesDownload")]
    public Task<IResult> Download([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One + "/download")] HttpRequest request, long id, long fileId)
        => endpoints.RunAsync(request, RateClass.Default, call => files.DownloadAsync(call, id, fileId));

    /// <summary>Answers a file.</summary>
    [Function("CaseFilesGet")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One)] HttpRequest request, long id, long fileId)
        => endpoints.RunAsync(request, RateClass.Default, call => files.GetAsync(call, id, fileId));

    /// <summary>Answers size, hashes and media type of a file.</summary>
    [Function("CaseFilesInfo")]
    public Task<IResult> GetInfo([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = One + "/info")] HttpRequest request, long id, long fileId)
        => endpoints.RunAsync(request, RateClass.Default, call => files.GetInfoAsync(call, id, fileId));

    /// <summary>Lists the files of a case, newest first.</summary>
    [Function("CaseFilesList")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest request, long id)
        => endpoints.RunAsync(request, RateClass.Default, call => files.ListAsync(call, id));
}
