using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Casefile.SideBySide;

/// <summary>PostgreSQL with a fresh cluster in a folder of its own, on a loopback port, with its default settings.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "bench";
    private const string Account = "postgres";
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    private readonly LocalProcess process;

    private PostgresServer(LocalProcess process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username={User};Database=postgres;Maximum Pool Size=32;Max Auto Prepare=50;Auto Prepare Min Usages=1");

    public TimeSpan? ProcessorTime => process.ProcessorTime;

    /// <summary>Makes the cluster and starts the server. As root it runs as the user <c>postgres</c>, since it refuses to run as root.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or did not start.</exception>
    public static async Task<PostgresServer> StartAsync(string folder, string? binaries)
    {
        var initdb = Find("initdb", binaries);
        var data = Path.Combine(folder, "postgres");
        Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess) await LocalProcess.RunAsync(new ProcessStartInfo("chown", [Account, data]));
        await LocalProcess.RunAsync(As(initdb, data, "-D", data, "-U", User, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"));

        var port = LocalProcess.FreePort();
        var server = new PostgresServer(
            LocalProcess.Start(
                As(Find("postgres", binaries), data, "-D", data, "-p", port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
                stopSignal: "-INT"),
            port);
        await server.process.ReadyAsync(server.AnswersAsync, StartPatience);
        return server;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static string Find(string program, string? binaries)
    {
        string[] folders = binaries is not null ? [binaries] : [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/lib/postgresql/15/bin"];
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"PostgreSQL's {program} was not found in {string.Join(", ", folders)}: apt-get install postgresql-15, or name its folder with --postgres.");
    }

    private static ProcessStartInfo As(string program, string folder, params IEnumerable<string> arguments)
        => Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", [$"--reuid={Account}", $"--regid={Account}", "--clear-groups", program, .. arguments]) { WorkingDirectory = folder }
            : new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
