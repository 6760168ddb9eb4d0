using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Casefile.Core.Records;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Casefile.Functions.Records.Bulk;

/// <summary>Streams the records of a list, all of one version of their type.</summary>
public sealed class ExportRequests(RecordStore store)
{
    /// <summary>Says in an export's answer where the changes after it begin.</summary>
    private const string ChangesHeader = "x-changes-since";

    private const int FlushAt = 64 * 1024;

    private static readonly Dictionary<string, bool> Formats = new(StringComparer.OrdinalIgnoreCase) { ["ndjson"] = false, ["csv"] = true };

    internal async Task<IResult> ExportAsync(Call call)
    {
        var parameters = call.Parameters;
        var asCsv = parameters.Choice("format", Formats) ?? false;
        var guard = parameters.Flag("formula_guard") ?? false;
        var resolve = parameters.Flag("resolve_artifacts") ?? false;
        var request = RecordParameters.ReadList(parameters);
        if (!parameters.Has("order_direction")) request = request with { Descending = false };
        if (parameters.Problem is { } malformed) return call.Refuse(malformed);

        if (!(await store.ExportAsync(call.Caller, request, call.Cancelled)).Try(out var export, out var problem)) return call.Refuse(problem);
        var response = call.Request.HttpContext.Response;
        response.RegisterForDispose(export);
        response.Headers[ChangesHeader] = export.Version.ToString(CultureInfo.InvariantCulture);
        return asCsv
            ? new StreamedAnswer($"{MediaTypes.Csv}; charset=utf-8; header=present", (to, cancellationToken) => WriteCsvAsync(call.Caller, export, new CsvText(guard), resolve, to, cancellationToken))
            : new StreamedAnswer(MediaTypes.Ndjson, (to, cancellationToken) => WriteNdjsonAsync(call.Caller, export, resolve, to, cancellationToken));
    }

    private async Task WriteCsvAsync(Caller caller, RecordExport export, CsvText csv, bool resolve, PipeWriter to, CancellationToken cancellationToken)
    {
        csv.WriteNames(export.Fields);
        await foreach (var (record, contents) in RecordsAsync(caller, export, resolve, cancellationToken))
        {
            csv.WriteRecord(record, export.Fields, contents);
            Encoding.UTF8.GetBytes(csv.Take(), to);
            await FlushAsync(to, cancellationToken);
        }

        Encoding.UTF8.GetBytes(csv.Take(), to);
    }

    private async Task WriteNdjsonAsync(Caller caller, RecordExport export, bool resolve, PipeWriter to, CancellationToken cancellationToken)
    {
        using var json = new Utf8JsonWriter(to, JsonAnswer.Options);
        await foreach (var (record, contents) in RecordsAsync(caller, export, resolve, cancellationToken))
        {
            RecordJson.WriteRow(json, record, export.Fields, contents);
            json.Flush();
            json.Reset();
            to.Write("\n"u8);
            await FlushAsync(to, cancellationToken);
        }
    }

    /// <summary>The records with their artifacts' contents; those that are too large for one answer stay references.</summary>
    private async IAsyncEnumerable<(RecordSnapshot Record, Dictionary<long, ReadOnlyMemory<byte>>? Contents)> RecordsAsync(
        Caller caller, RecordExport export, bool resolve, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!export.Next(cancellationToken).Try(out var records, out var problem)) throw new StorageUnavailableException(problem.Faults[0].Message);
            if (records.Count == 0) yield break;
            foreach (var record in await store.ShowAsync(caller, records, cancellationToken))
                yield return (record, resolve ? (await store.ContentsAsync(record, null, cancellationToken)).Value : null);
        }
    }

    private static async ValueTask FlushAsync(PipeWriter to, CancellationToken cancellationToken)
    {
        if (to.UnflushedBytes < FlushAt) return;
        if ((await to.FlushAsync(cancellationToken)).IsCompleted) throw new OperationCanceledException("The client no longer reads.");
    }
}
