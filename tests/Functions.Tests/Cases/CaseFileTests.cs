using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Casefile.Core.Cases;
using Casefile.Core.Cases.Files;
using Casefile.Core.Partitions;

namespace Casefile.Functions.Tests.Cases;

/// <summary>Files of a case, over a service that takes 9,000,000 bytes of one: three blocks of a blob.</summary>
public sealed class CaseFileTests(CaseFileTests.SmallFiles files) : IClassFixture<CaseFileTests.SmallFiles>
{
    private const int MostBytes = 9_000_000;

    private readonly ServiceFixture service = files.Service;

    [Fact]
    public async Task A_file_is_attached_described_downloaded_and_deleted_with_its_content()
    {
        var path = await service.CaseAsync();
        var content = Encoding.UTF8.GetBytes("Grüße\n");
        var made = await service.PostAsync(path + "/files", Body("hello.txt", content, ""","value":"see this" """), ("Idempotency-Key", "f"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal("FILE_ATTACHED_AND_COMMENTED", made.Json.GetProperty("activity_type").GetString());
        Assert.Equal("see this", made.Json.GetProperty("value").GetString());
        Assert.Equal("hello.txt", made.Json.GetProperty("file").GetProperty("filename").GetString());
        var one = $"{path}/files/{made.Json.GetProperty("id")}";
        Assert.Equal(one + "/download", new Uri(made.Json.GetProperty("file").GetProperty("url").GetString()!).PathAndQuery);

        var again = await service.PostAsync(path + "/files", Body("hello.txt", content, ""","value":"see this" """), ("Idempotency-Key", "f"));
        Assert.True(JsonElement.DeepEquals(made.Json, again.Json));
        Assert.Single(await BlobsAsync(path));

        Assert.True(JsonElement.DeepEquals(made.Json, (await service.GetAsync(one)).Json));
        Assert.True(JsonElement.DeepEquals(made.Json, (await service.GetAsync(path + "/files")).Json.GetProperty("files")[0]));
        Assert.True(JsonElement.DeepEquals(made.Json, (await service.GetAsync(path)).Json.GetProperty("activities")[1]));
        var info = (await service.GetAsync(one + "/info")).Json;
        Assert.Equal(content.Length, info.GetProperty("sizeinbytes").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), info.GetProperty("sha256").GetString());
        Assert.Equal("text/plain", info.GetProperty("content_type").GetString());
        Assert.Matches("^[0-9a-f]{32}$", info.GetProperty("md5").GetString());

        using (var downloaded = await service.Client.GetAsync(new Uri(one + "/download", UriKind.Relative)))
        {
            Assert.Equal(content, await downloaded.Content.ReadAsByteArrayAsync());
            Assert.Equal("text/plain", downloaded.Content.Headers.ContentType!.ToString());
            Assert.Equal("attachment", downloaded.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Equal("default-src 'none'; sandbox", Assert.Single(downloaded.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", Assert.Single(downloaded.Headers.GetValues("X-Content-Type-Options")));
            var known = await service.SendAsync(HttpMethod.Get, one + "/download", null, ("If-None-Match", downloaded.Headers.ETag!.ToString()));
            Assert.Equal(HttpStatusCode.NotModified, known.Status);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(one)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(one + "/download")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(one)).Status);
        Assert.Equal(["FILE_DELETED", "CREATED"], await service.ActivitiesAsync(path));
        await MaintainedAsync();
        Assert.Empty(await BlobsAsync(path));
    }

    [Fact]
    public async Task A_large_file_comes_back_byte_for_byte_however_its_base64_is_written()
    {
        var path = await service.CaseAsync();
        var content = RandomNumberGenerator.GetBytes(MostBytes);
        var lines = Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks);
        foreach (var text in (string[])
            [Convert.ToBase64String(content), lines + "\n ", lines.Replace("\r\n", " ", StringComparison.Ordinal)])
        {
            // As some encoders escape it.
            var body = $$"""{"filename":"a.bin","file_contents":{{JsonSerializer.Serialize(text).Replace("/", "\\/", StringComparison.Ordinal)}}}""";
            var made = await service.MadeAsync(path + "/files", body);
            var one = $"{path}/files/{made.GetProperty("id")}";
            Assert.Equal(content, await service.Client.GetByteArrayAsync(new Uri(one + "/download", UriKind.Relative)));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), (await service.GetAsync(one + "/info")).Json.GetProperty("sha256").GetString());
        }
    }

    [Fact]
    public async Task What_is_too_large_is_413_and_leaves_nothing()
    {
        var path = await service.CaseAsync();
        var before = await EverythingAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await service.PostAsync(path + "/files", Body("a.bin", new byte[MostBytes + 1]))).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await service.PostAsync(path + "/files", Body("a.bin", new byte[MostBytes + 3_000_000]))).Status);
        Assert.Equal(before, await EverythingAsync());
    }

    [Theory]
    [InlineData("""{"filename":"a"}""", HttpStatusCode.BadRequest, "file_contents: is required")]
    [InlineData("""{"file_contents":"QQ=="}""", HttpStatusCode.BadRequest, "filename: is required")]
    [InlineData("""{"filename":"a","file_contents":7}""", HttpStatusCode.BadRequest, "file_contents: must be text in base64")]
    [InlineData("""{"filename":"a","file_contents":"QUJ D\nQU*D"}""", HttpStatusCode.BadRequest, "file_contents: is not base64 at character 9")]
    [InlineData("""{"filename":"a","file_contents":"QUJDQ"}""", HttpStatusCode.BadRequest, "file_contents: is not base64 at character 5")]
    [InlineData("""{"filename":"a","file_contents":"QQ==QQ=="}""", HttpStatusCode.BadRequest, "file_contents: is not base64 at character 1")]
    [InlineData("""{"filename":"a","file_contents":"ÄÖ\u0000\""}""", HttpStatusCode.BadRequest, "file_contents: is not base64 at character 1")]
    [InlineData("""{"filename":"..","file_contents":"QQ=="}""", HttpStatusCode.UnprocessableEntity, "filename: must have a name in it, folders and control characters apart")]
    [InlineData("""{"filename":"a/","file_contents":"QQ=="}""", HttpStatusCode.UnprocessableEntity, "filename: must have a name in it, folders and control characters apart")]
    [InlineData("""{"filename":"a","file_contents":"QQ==","author_email":"nobody@example.com"}""", HttpStatusCode.UnprocessableEntity, "author_email: no user of the team has the email 'nobody@example.com'")]
    [InlineData("""{"filename":"a","file_contents":"QQ==","team_case_block_id":987654}""", HttpStatusCode.UnprocessableEntity, "team_case_block_id: the case has no block 987654")]
    public async Task A_file_that_is_none_is_refused_by_its_place_and_leaves_nothing(string body, HttpStatusCode status, string details)
    {
        var path = await service.CaseAsync();
        var before = await EverythingAsync();
        var refused = await service.PostAsync(path + "/files", body);
        Assert.Equal(status, refused.Status);
        Assert.Equal([details], refused.Details);
        Assert.Equal(before, await EverythingAsync());
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\a\\mal ware.exe", "mal ware.exe")]
    [InlineData("a\"b\r\nX: y;.txt", "a\"bX: y;.txt")]
    [InlineData("invoice\u202Egpj.exe", "invoicegpj.exe")]
    [InlineData("Grüße 文.txt", "Grüße 文.txt")]
    public async Task A_files_name_is_a_name_and_nothing_else(string given, string kept)
    {
        var path = await service.CaseAsync();
        var made = await service.MadeAsync(path + "/files", Body(given, [1, 2, 3]));
        Assert.Equal(kept, made.GetProperty("file").GetProperty("filename").GetString());
        using var downloaded = await service.Client.GetAsync(new Uri($"{path}/files/{made.GetProperty("id")}/download", UriKind.Relative));
        var disposition = downloaded.Content.Headers.ContentDisposition!;
        Assert.Equal(kept, disposition.FileNameStar);
        Assert.DoesNotContain(downloaded.Headers, header => header.Key == "X");
    }

    [Theory]
    [InlineData("a.png", "iVBORw0KGgoAAAAN", "image/png", "inline")]
    [InlineData("a.txt", "/9j/4AAQSkZJRg==", "image/jpeg", "inline")]
    [InlineData("a.png", "PHNjcmlwdD4=", "application/octet-stream", "attachment")]
    [InlineData("a.svg", "PHN2Zz48L3N2Zz4=", "image/svg+xml", "attachment")]
    [InlineData("a.html", "PGh0bWw+", "text/html", "attachment")]
    [InlineData("a.pdf", "JVBERi0=", "application/pdf", "attachment")]
    [InlineData("empty", "", "application/octet-stream", "attachment")]
    public async Task Only_what_is_a_picture_by_its_bytes_is_shown_in_place(string name, string base64, string mediaType, string disposition)
    {
        var path = await service.CaseAsync();
        var made = await service.MadeAsync(path + "/files", $$"""{"filename":"{{name}}","file_contents":"{{base64}}"}""");
        Assert.Equal("FILE_ATTACHED", made.GetProperty("activity_type").GetString());
        using var downloaded = await service.Client.GetAsync(new Uri($"{path}/files/{made.GetProperty("id")}/download", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, downloaded.StatusCode);
        Assert.Equal(mediaType, downloaded.Content.Headers.ContentType!.ToString());
        Assert.Equal(disposition, downloaded.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(Convert.FromBase64String(base64), await downloaded.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_file_is_put_into_a_block_of_files_and_leaves_it_when_it_is_deleted()
    {
        var path = await service.CaseAsync();
        var block = (await service.MadeAsync(path + "/blocks", """{"title":"Evidence","block_type":"file"}""")).GetProperty("block").GetProperty("id");
        var made = await service.MadeAsync(path + "/files", Body("a.bin", [1], $",\"team_case_block_id\":{block}"));
        var element = Assert.Single((await service.GetAsync($"{path}/blocks/{block}")).Json.GetProperty("block").GetProperty("elements").EnumerateArray());
        Assert.Equal(made.GetProperty("file").GetRawText(), element.GetProperty("file").GetRawText());

        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync($"{path}/files/{made.GetProperty("id")}")).Status);
        Assert.Empty((await service.GetAsync($"{path}/blocks/{block}")).Json.GetProperty("block").GetProperty("elements").EnumerateArray());

        var note = (await service.MadeAsync(path + "/blocks", """{"title":"Note","block_type":"note"}""")).GetProperty("block").GetProperty("id");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await service.PostAsync(path + "/files", Body("a.bin", [1], $",\"team_case_block_id\":{note}"))).Status);
        await MaintainedAsync();
        Assert.Empty(await BlobsAsync(path));
    }

    [Fact]
    public async Task A_deleted_case_takes_its_files_along()
    {
        var path = await service.CaseAsync();
        for (var i = 0; i < 3; i++) await service.MadeAsync(path + "/files", Body($"{i}.bin", [1, 2, 3]));
        Assert.Equal(3, (await BlobsAsync(path)).Count);
        Assert.Equal(HttpStatusCode.NoContent, (await service.DeleteAsync(path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path + "/files")).Status);
        await MaintainedAsync();
        Assert.Empty(await BlobsAsync(path));
    }

    [Fact]
    public async Task Content_whose_commit_never_came_is_swept_and_no_other()
    {
        var path = await service.CaseAsync();
        var made = await service.MadeAsync(path + "/files", Body("kept.bin", [1, 2, 3]));
        var id = path[(path.LastIndexOf('/') + 1)..];
        var orphan = $"files/{id}/2026010203-{Guid.NewGuid():N}";
        var ofNobody = $"files/777777777/2026010203-{Guid.NewGuid():N}";
        foreach (var blob in (string[])[orphan, ofNobody]) await service.Storage.Blobs.WriteAsync(blob, new MemoryStream([1]), null, default);
        Assert.Equal(2, (await BlobsAsync(path)).Count);

        var sweep = service.Get<IEnumerable<IHousekeeping>>().OfType<FileOrphans>().Single();
        var partition = service.Get<PartitionSet>()[CaseRow.Address(1)];
        await sweep.RunAsync(partition, DateTimeOffset.UtcNow + TimeSpan.FromHours(4), default);

        Assert.DoesNotContain(orphan, await BlobsAsync(path));
        Assert.Single(await BlobsAsync(path));
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"{path}/files/{made.GetProperty("id")}/download")).Status);
    }

    [Fact]
    public async Task V1_calls_the_type_action_and_serves_the_same_file()
    {
        var path = await service.CaseAsync();
        var v1 = path.Replace("v2", "v1", StringComparison.Ordinal);
        var made = await service.MadeAsync(v1 + "/files", Body("a.bin", [7]));
        Assert.Equal("FILE_ATTACHED", made.GetProperty("action").GetString());
        Assert.Equal([7], await service.Client.GetByteArrayAsync(new Uri(made.GetProperty("file").GetProperty("url").GetString()!)));
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"{path}/files/{made.GetProperty("id")}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync($"{path}/comments/{made.GetProperty("id")}")).Status);
    }

    private static string Body(string name, byte[] content, string more = "")
        => $$"""{"filename":{{JsonSerializer.Serialize(name)}},"file_contents":"{{Convert.ToBase64String(content)}}"{{more}}}""";

    private Task<IReadOnlyList<string>> EverythingAsync() => service.EverythingAsync([(Core.Storage.TableNames.Cases, "1")]);

    private Task MaintainedAsync() => service.RunTimerAsync("MaintainStorage");

    private async Task<IReadOnlyList<string>> BlobsAsync(string path)
    {
        var id = long.Parse(path[(path.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture);
        var blobs = new List<string>();
        await foreach (var blob in service.Storage.Blobs.ListAsync($"files/{id}/", default)) blobs.Add(blob);
        return blobs;
    }

    /// <summary>A service that takes small files only.</summary>
    public sealed class SmallFiles : IAsyncLifetime
    {
        public ServiceFixture Service { get; } = new() { Settings = ["--Limits:FileBytes", $"{MostBytes}"] };

        public Task InitializeAsync() => Service.InitializeAsync();

        public Task DisposeAsync() => Service.DisposeAsync();
    }
}
