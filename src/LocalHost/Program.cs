using Casefile.LocalHost;
using Microsoft.Extensions.Hosting;

await using var app = LocalHostApp.Build(args);
try
{
    await app.StartAsync();
}
catch (IOException refused)
{
    await Console.Error.WriteLineAsync($"LocalHost could not listen: {refused.Message}");
    return 1;
}

// One line that a script can wait for and take the address from, whatever the log's format and level.
Console.WriteLine($"Listening on {string.Join(' ', app.Urls)}");
await app.WaitForShutdownAsync();
return 0;
