using Casefile.Core.Storage;
using Casefile.Core.Storage.Embedded;
using Casefile.LocalHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

await using var app = LocalHostApp.Build(args);
try
{
    // Before the host starts, which would log a folder in use with its whole trace.
    app.Services.GetRequiredService<IStorage>();
    await app.StartAsync();
}
catch (FolderInUseException inUse)
{
    await Console.Error.WriteLineAsync(inUse.Message);
    return 1;
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
