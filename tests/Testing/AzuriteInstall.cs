using System.Diagnostics;
using System.Text.Json;

namespace Casefile.Testing;

/// <summary>Where the emulator's program is: as <c>AZURITE_JS</c> names it, or installed under <c>eng/azurite</c>, by whoever needs it first.</summary>
internal static class AzuriteInstall
{
    private static readonly TimeSpan LongestInstall = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>The path of <c>azurite.js</c>. A plain <c>dotnet test</c> on a clean clone installs it here, as <c>./test</c> does beforehand.</summary>
    /// <exception cref="InvalidOperationException">It is not there and cannot be installed; the message says why.</exception>
    public static async Task<string> ScriptAsync()
    {
        if (Environment.GetEnvironmentVariable("AZURITE_JS") is { Length: > 0 } named) return named;

        var home = Path.Combine(Repository.Folder, "eng", "azurite");
        var script = Path.Combine(home, "node_modules", "azurite", "dist", "src", "azurite.js");
        // The mark is made last, so that an install cut short is never taken for a whole one.
        var mark = Path.Combine(home, "node_modules", ".installed");
        if (File.Exists(mark) && File.Exists(script)) return script;

        // Two test projects may come here at once.
        await using (await LockAsync(Path.Combine(Path.GetTempPath(), "casefile-azurite-install.lock")))
        {
            if (!File.Exists(mark) || !File.Exists(script)) await InstallAsync(home, mark);
        }

        return script;
    }

    private static async Task InstallAsync(string home, string mark)
    {
        using var package = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(home, "package.json")));
        var version = package.RootElement.GetProperty("dependencies").GetProperty("azurite").GetString();
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--prefix", home, "--no-package-lock", "--no-audit", "--no-fund", "--omit=dev"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var said = Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
            await npm.WaitForExitAsync().WaitAsync(LongestInstall);
            if (npm.ExitCode != 0) throw new InvalidOperationException($"npm could not install Azurite: {string.Concat(await said)}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException("npm is missing, which installs the storage emulator and comes with Node.js: https://nodejs.org");
        }

        await File.WriteAllTextAsync(mark, version + "\n");
    }

    private static async Task<FileStream> LockAsync(string path)
    {
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(Poll))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < LongestInstall)
            {
                // Another process installs; it holds the file until it is done.
            }
        }
    }
}
