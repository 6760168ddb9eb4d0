using Casefile.SideBySide;

// This service, Directus over PostgreSQL, and a bare program over the same PostgreSQL, on the same data and requests, one after another on this machine.
//   dotnet run --project bench/SideBySide -c Release                     all of it, some 20 minutes; --write puts it into docs/side-by-side.md and .svg
//   dotnet run --project bench/SideBySide -c Release -- --sizes 1000 --seconds 1 --systems embedded,directus,bare
if (args is ["--serve-bare", var connection]) return await BareProgram.RunAsync(connection);
if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(SideBySideOptions.Help);
    return 0;
}

return await Comparison.RunAsync(SideBySideOptions.Parse(args));
