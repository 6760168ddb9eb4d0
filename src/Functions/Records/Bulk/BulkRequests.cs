using System.Runtime.InteropServices;
using System.Text.Json;
using Casefile.Core;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.RecordTypes;
using Casefile.Core.Storage;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Casefile.Functions.Records.Bulk;

/// <summary>Many records in one request, each with an answer of its own.</summary>
public sealed class BulkRequests
{
    private const int MostInBody = 1_000;

    private readonly RecordStore store;
    private readonly HttpOptions options;
    private readonly ILogger log;

    /// <param name="store">The records.</param>
    /// <param name="options">How long a row may be: as long as a body.</param>
    /// <param name="log">Takes what nobody foresaw.</param>
    public BulkRequests(RecordStore store, HttpOptions options, ILogger<BulkRequests> log) => (this.store, this.options, this.log) = (store, options, log);

    /// <summary>Reads a record of a row; null where it is none. Whatever is wrong is a fault.</summary>
    private delegate NewRecord? ReadRow(ReadOnlySpan<byte> utf8, ParameterFaults faults);

    /// <summary>Records of a JSON body.</summary>
    internal async Task<IResult> BatchAsync(Call call)
    {
        var parameters = call.Parameters;
        parameters.Require("records");
        var records = parameters.Array("records") ?? [];
        if (records.Count > MostInBody)
            parameters.Invalid("records", $"at most {MostInBody} are allowed; 'Content-Type: {MediaTypes.Ndjson}' takes any number");
        if (!(await OpenAsync(call, "batch")).Try(out var target, out var problem)) return call.Refuse(problem);

        var answers = await Task.WhenAll(records.Select((record, i) =>
        {
            var faults = new ParameterFaults();
            return CreateAsync(call, i, ReadRecord(record, target.Type.Id, faults), faults, target.Once(call, i, JsonMarshal.GetRawUtf8Value(record)));
        }));

        return call.Ok(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("results"u8);
            foreach (var answer in answers) answer.Write(json, "index"u8);
            json.WriteEndArray();
            json.WriteStartObject("meta"u8);
            json.WriteNumber("succeeded"u8, answers.Count(answer => answer.Problem is null));
            json.WriteNumber("failed"u8, answers.Count(answer => answer.Problem is not null));
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>Records of a stream, a JSON object a line.</summary>
    internal async Task<IResult> StreamAsync(Call call)
    {
        if (!(await OpenAsync(call, "batch/lines")).Try(out var target, out var problem)) return call.Refuse(problem);
        return Stream(call, target, Rows(call, RowSyntax.Lines), (utf8, faults) => ReadJson(utf8, faults) is { } row ? ReadRecord(row, target.Type.Id, faults) : null);
    }

    /// <summary>Records as an export wrote them, of CSV or NDJSON.</summary>
    internal async Task<IResult> ImportAsync(Call call)
    {
        var isTest = call.Parameters.Flag("test_mode") ?? false;
        if (!(await OpenAsync(call, isTest ? "import/test" : "import")).Try(out var target, out var problem)) return call.Refuse(problem);
        if (!MediaTypes.IsNdjson(call.Request) && !MediaTypes.IsCsv(call.Request))
        {
            return call.Refuse(Core.Problem.Of(
                ProblemKind.UnsupportedMediaType, "Request body must be CSV or NDJSON", $"content-type: send '{MediaTypes.Csv}' or '{MediaTypes.Ndjson}'"));
        }

        if (MediaTypes.IsNdjson(call.Request))
            return Stream(call, target, Rows(call, RowSyntax.Lines), (utf8, faults) => ReadJson(utf8, faults) is { } row ? FlatRecord.Read(target.Type, row, isTest, faults) : null);

        var rows = Rows(call, RowSyntax.Csv);
        if (!(await CsvColumns.ReadAsync(target.Type, rows, call.Cancelled)).Try(out var columns, out problem)) return call.Refuse(problem);
        return Stream(call, target, rows, (utf8, faults) => columns.ReadRow(utf8, faults) is { } row ? FlatRecord.Read(target.Type, row, isTest, faults) : null);
    }

    private BodyLines Rows(Call call, RowSyntax syntax) => new(call.Request.Body, syntax, options.BodyLimit);

    /// <summary>What is right or wrong with the request as a whole, before the first record.</summary>
    private async Task<Result<Target>> OpenAsync(Call call, string endpoint)
    {
        var parameters = call.Parameters;
        var typeId = parameters.RequiredId("record_type_id");
        var report = parameters.Choice("report", Reports) ?? false;
        var key = IdempotencyKeyHeader.Read(call.Request, parameters.Faults);
        if (parameters.Problem is { } malformed) return malformed;
        return (await store.TypeToCreateInAsync(call.Caller, typeId, call.Cancelled)).Map(type => new Target(type, $"records/{typeId}/{endpoint}", key, report));
    }

    private StreamedAnswer Stream(Call call, Target target, BodyLines rows, ReadRow read)
        => new(MediaTypes.Ndjson, async (to, cancellationToken) =>
        {
            using var window = new LineWindow(to, target.OnlyFailures);
            await window.RunAsync(rows, row => TakeAsync(call, target, row, read), cancellationToken);
        });

    private Task<LineAnswer> TakeAsync(Call call, Target target, BodyRow row, ReadRow read)
    {
        if (row.IsTooLong) return Task.FromResult(LineAnswer.Refused(row.Number, Core.Problem.Of(ProblemKind.TooLarge, "Line is too long", $"line: at most {options.BodyLimit} bytes")));
        var faults = new ParameterFaults();
        return CreateAsync(call, row.Number, read(row.Utf8.Span, faults), faults, target.Once(call, row.Number, row.Utf8.Span));
    }

    /// <summary>Creates a record; whatever comes of it is an answer.</summary>
    private async Task<LineAnswer> CreateAsync(Call call, long number, NewRecord? record, ParameterFaults faults, OnceLine? once)
    {
        if (faults.Problem is { } malformed) return LineAnswer.Refused(number, malformed);
        try
        {
            return LineAnswer.Of(number, await store.CreateLineAsync(call.Caller, record!, once, call.Cancelled));
        }
        catch (StorageUnavailableException fault)
        {
            log.StorageUnavailable(call.Request.Method, call.Request.Path, call.RequestId, fault.Message);
            return LineAnswer.Refused(number, Core.Problem.Of(ProblemKind.Unavailable, "Storage is unavailable", "try again later"));
        }
#pragma warning disable CA1031 // It is this record's failure, and the others' answers are not to be lost over it.
        catch (Exception fault) when (!call.Cancelled.IsCancellationRequested)
#pragma warning restore CA1031
        {
            log.Unforeseen(call.Request.Method, call.Request.Path, call.RequestId, $"{fault.GetType()}\n{fault.StackTrace}");
            return new LineAnswer(number, StatusCodes.Status500InternalServerError, null, false, Core.Problem.Malformed("Something went wrong here", $"the log has more under the request_id {call.RequestId}"));
        }
    }

    private static JsonElement? ReadJson(ReadOnlySpan<byte> utf8, ParameterFaults faults)
    {
        if (StrictJson.TryParse(utf8, out JsonElement row, out var reason)) return row;
        faults.Malformed("Line is not valid JSON", reason!);
        return null;
    }

    private static NewRecord? ReadRecord(JsonElement record, long typeId, ParameterFaults faults)
    {
        if (record.ValueKind == JsonValueKind.Object) return RecordParameters.ReadLine(new ParameterObject(record, "", faults), typeId);
        faults.Malformed("Record is invalid", "must be an object of a create's members");
        return null;
    }

    private static readonly Dictionary<string, bool> Reports = new(StringComparer.OrdinalIgnoreCase) { ["all"] = false, ["failures"] = true };

    /// <summary>Where records go.</summary>
    /// <param name="Type">Their type, as this process knows it.</param>
    /// <param name="Endpoint">What an idempotency key is scoped to.</param>
    /// <param name="Key">The idempotency key of the whole, or null.</param>
    /// <param name="OnlyFailures">Whether a stream answers only what failed.</param>
    private sealed record Target(RecordType Type, string Endpoint, string? Key, bool OnlyFailures)
    {
        public OnceLine? Once(Call call, long number, ReadOnlySpan<byte> body) => Key is null ? null : new OnceLine(call.Caller.UserId, Endpoint, Key, number, body);
    }
}
