using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Casefile.Core.Storage;
using Casefile.Core.Tenancy;
using Casefile.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Casefile.Functions.Tests.Http;

public sealed class EndpointsTests : IDisposable
{
    private readonly RecordingLogger log = new();
    private readonly HttpOptions options = new() { BodyLimit = 1_000 };
    private readonly RateLimits limits = new(new RateLimitOptions { Records = 2, Default = 0 });

    public void Dispose() => limits.Dispose();

    [Fact]
    public async Task A_request_without_a_key_is_401_and_says_how()
    {
        var answer = await SendAsync(Request("GET", key: null), Ok);

        Assert.Equal(401, answer.Status);
        Assert.Equal("Bearer", answer.Header("WWW-Authenticate"));
        Assert.Equal("Key is missing or not valid", answer.Json.GetProperty("errors")[0].GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("Authorization", "Bearer right", 200)]
    [InlineData("Authorization", "bearer right", 200)]
    [InlineData("X-User-Token", "right", 200)]
    [InlineData("Authorization", "Bearer wrong", 401)]
    [InlineData("Authorization", "Basic right", 401)]
    [InlineData("Authorization", "Bearer ", 401)]
    [InlineData("X-User-Token", "", 401)]
    [InlineData("X-User-Email", "right", 401)]
    public async Task A_key_is_taken_from_either_header(string header, string value, int status)
    {
        var context = Request("GET", key: null);
        context.Request.Headers[header] = value;
        context.Request.Headers["X-User-Email"] = "me@example.com";

        Assert.Equal(status, (await SendAsync(context, Ok)).Status);
    }

    [Theory]
    [InlineData("abc-123_X.y", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\r\nset-cookie: x", false)]
    public async Task Every_answer_has_a_request_id_and_the_clients_own_if_it_is_sane(string given, bool kept)
    {
        var context = Request("GET", key: null);
        context.Request.Headers["x-request-id"] = given;

        var id = (await SendAsync(context, Ok)).Header("x-request-id");

        Assert.Equal(kept, id == given);
        Assert.Matches("^[A-Za-z0-9._-]{1,128}$", id);
    }

    [Fact]
    public async Task Past_the_rate_limit_is_429_with_the_time_to_wait()
    {
        Assert.Equal(200, (await SendAsync(Request("GET"), Ok, RateClass.Records)).Status);
        Assert.Equal(200, (await SendAsync(Request("GET"), Ok, RateClass.Records)).Status);

        var answer = await SendAsync(Request("GET"), Ok, RateClass.Records);

        Assert.Equal(429, answer.Status);
        Assert.InRange(int.Parse(answer.Header("Retry-After"), CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(200, (await SendAsync(Request("GET"), Ok, RateClass.Default)).Status);

        var elsewhere = Request("GET");
        elsewhere.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.9");
        Assert.Equal(200, (await SendAsync(elsewhere, Ok, RateClass.Records)).Status);
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("text/json", 200)]
    [InlineData("application/vnd.api+json", 200)]
    [InlineData(null, 200)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("nonsense", 415)]
    public async Task A_body_has_to_be_JSON(string? contentType, int status)
    {
        var context = Request("POST", "{\"a\":1}");
        context.Request.ContentType = contentType;

        Assert.Equal(status, (await SendAsync(context, Ok)).Status);
    }

    [Fact]
    public async Task Without_a_body_the_content_type_does_not_matter()
    {
        var context = Request("DELETE");
        context.Request.ContentType = "text/plain";

        Assert.Equal(200, (await SendAsync(context, Ok)).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_413_declared_or_not(bool declared)
    {
        var handled = false;
        var context = Request("POST", $$"""{"a":"{{new string('x', 1_000)}}"}""");
        if (!declared) context.Request.ContentLength = null;

        var answer = await SendAsync(context, call =>
        {
            handled = true;
            return Ok(call);
        });

        Assert.Equal(413, answer.Status);
        Assert.Equal("body: at most 1000 bytes", answer.Json.GetProperty("errors")[0].GetProperty("details").GetString());
        Assert.False(handled);
    }

    [Fact]
    public async Task A_body_of_exactly_the_limit_is_taken_in_pieces()
    {
        var body = $$"""{"a":"{{new string('x', 1_000 - 8)}}"}""";
        var context = Request("POST");
        context.Request.Body = new TricklingStream(Encoding.UTF8.GetBytes(body));

        var answer = await SendAsync(context, call => Task.FromResult(call.Ok(json => json.WriteNumberValue(call.Parameters.Text("a")!.Length))));

        Assert.Equal(992, answer.Json.GetInt32());
    }

    [Theory]
    [InlineData("{\"a\":", "Request body is not valid JSON")]
    [InlineData("[1]", "Request body is not a JSON object")]
    [InlineData("null", "Request body is not a JSON object")]
    [InlineData("\"text\"", "Request body is not a JSON object")]
    [InlineData("   ", "Request body is not valid JSON")]
    public async Task A_broken_body_is_400(string body, string message)
    {
        var answer = await SendAsync(Request("POST", body), Ok);

        Assert.Equal(400, answer.Status);
        Assert.Equal(message, answer.Json.GetProperty("errors")[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_byte_order_mark_is_skipped()
        => Assert.Equal(200, (await SendAsync(Request("POST", "\uFEFF{}"), Ok)).Status);

    [Fact]
    public async Task What_nobody_foresaw_is_500_with_the_request_id_and_nothing_of_what_happened()
    {
        var answer = await SendAsync(Request("GET"), _ => throw new FormatException("The value 'secret' is wrong"));

        Assert.Equal(500, answer.Status);
        Assert.Equal(answer.Header("x-request-id"), answer.Json.GetProperty("request_id").GetString());
        Assert.DoesNotContain("secret", answer.Json.GetRawText(), StringComparison.Ordinal);
        var entry = Assert.Single(log.Entries);
        Assert.Contains("FormatException", entry, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", entry, StringComparison.Ordinal);
        Assert.Contains(answer.Header("x-request-id"), entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_while_the_answer_is_written_is_still_an_answer()
        => Assert.Equal(500, (await SendAsync(Request("GET"), call => Task.FromResult(call.Ok(json =>
        {
            json.WriteStartObject();
            throw new InvalidOperationException();
        })))).Status);

    [Fact]
    public async Task Storage_that_does_not_answer_is_503_with_the_time_to_wait()
    {
        var answer = await SendAsync(Request("GET"), _ => throw new StorageUnavailableException("tables timed out"));

        Assert.Equal(503, answer.Status);
        Assert.Equal("5", answer.Header("Retry-After"));
        Assert.DoesNotContain("tables", answer.Json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_has_gone_away_is_no_error()
    {
        var context = Request("GET");
        using var gone = new CancellationTokenSource();
        context.RequestAborted = gone.Token;

        var answer = await SendAsync(context, async call =>
        {
            await gone.CancelAsync();
            call.Cancelled.ThrowIfCancellationRequested();
            return call.NoContent();
        });

        Assert.Equal(499, answer.Status);
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task An_answer_has_its_length_and_text_as_it_is()
    {
        var answer = await SendAsync(Request("GET"), call => Task.FromResult(call.Ok(json => json.WriteStringValue("é <b> \"q\""), version: 7)));

        Assert.Equal("application/json; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal("\"7\"", answer.Header("ETag"));
        Assert.Equal("\"é <b> \\\"q\\\"\"", answer.Text);
        Assert.Equal(Encoding.UTF8.GetByteCount(answer.Text).ToString(CultureInfo.InvariantCulture), answer.Header("Content-Length"));
    }

    [Theory]
    [InlineData("\"7\"", 304)]
    [InlineData("W/\"7\"", 304)]
    [InlineData("\"6\", \"7\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"8\"", 200)]
    [InlineData("nonsense", 200)]
    public async Task What_the_reader_has_already_is_304(string have, int status)
    {
        var context = Request("GET");
        context.Request.Headers.IfNoneMatch = have;

        var answer = await SendAsync(context, call => Task.FromResult(call.Ok(json => json.WriteNullValue(), version: 7)));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 304, answer.Text.Length == 0);
    }

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData("*", null, 0)]
    [InlineData("\"7\"", "7", 0)]
    [InlineData("\"7\", \"9\"", "7,9", 0)]
    [InlineData("W/\"7\"", "", 0)]
    [InlineData("\"abc\"", "", 0)]
    [InlineData("7", null, 1)]
    public void If_match_names_the_versions_that_will_do(string? header, string? versions, int faults)
    {
        var context = Request("PUT");
        if (header is not null) context.Request.Headers.IfMatch = header;
        var found = new ParameterFaults();

        var expected = EntityTags.Expected(context.Request, found);

        Assert.Equal(versions, expected is null ? null : string.Join(',', expected));
        Assert.Equal(faults, found.All.Count);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("order 7/\\#?'\"", true)]
    [InlineData("", false)]
    [InlineData("ключ", false)]
    [InlineData("a\tb", false)]
    public void An_idempotency_key_is_printable(string key, bool taken)
    {
        var context = Request("POST");
        context.Request.Headers["idempotency-key"] = key;
        var faults = new ParameterFaults();

        Assert.Equal(taken ? key : null, IdempotencyKeyHeader.Read(context.Request, faults));
        Assert.Equal(taken ? 0 : 1, faults.All.Count);
    }

    [Fact]
    public void An_idempotency_key_has_255_characters_at_most()
    {
        var context = Request("POST");
        context.Request.Headers["Idempotency-Key"] = new string('k', 256);
        var faults = new ParameterFaults();

        Assert.Null(IdempotencyKeyHeader.Read(context.Request, faults));
        Assert.Single(faults.All);
    }

    internal static DefaultHttpContext Request(string method, string? body = null, string? key = "right")
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.Method = method;
        context.Request.Scheme = "https";
        context.Request.Host = new HostString("example.com");
        context.Request.Path = "/api/v1/records";
        context.Response.Body = new MemoryStream();
        if (key is not null) context.Request.Headers.Authorization = "Bearer " + key;
        if (body is null) return context;

        var utf8 = Encoding.UTF8.GetBytes(body);
        context.Request.Body = new MemoryStream(utf8);
        context.Request.ContentLength = utf8.Length;
        context.Request.ContentType = "application/json";
        return context;
    }

    private static Task<IResult> Ok(Call call) => Task.FromResult(call.Ok(json => json.WriteNullValue()));

    private async Task<Sent> SendAsync(HttpContext context, Func<Call, Task<IResult>> handle, RateClass rate = RateClass.Default)
    {
        var caller = new Caller(UserId: 1, KeyId: 1, IsOwner: true, new Dictionary<long, TeamRole>());
        var endpoint = new Endpoints((key, _) => ValueTask.FromResult(key == "right" ? caller : null), limits, options, log);
        await (await endpoint.RunAsync(context.Request, rate, handle)).ExecuteAsync(context);
        return new Sent(context.Response);
    }

    private sealed class Sent(HttpResponse response)
    {
        public int Status => response.StatusCode;

        public string Text => Encoding.UTF8.GetString(((MemoryStream)response.Body).ToArray());

        public JsonElement Json => JsonElement.Parse(Text);

        public string Header(string name) => response.Headers[name].ToString();
    }

    private sealed class TricklingStream(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(buffer.Length, 7)], cancellationToken);
    }

    private sealed class RecordingLogger : ILogger<Endpoints>
    {
        public List<string> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Entries.Add(formatter(state, exception) + exception);
    }
}
