using Casefile.ListLimit;

// List requests a second as a share of what a bare Kestrel endpoint reaches that answers the same bytes from memory: the service in a process of its own, the bare
// endpoint in another, driven in turn by the same load.
//   dotnet run --project bench/ListLimit -c Release -- [--storage embedded|azurite] [--records 20000] [--clients 16] [--requests 20000] [--rounds 5]
return args switch
{
    ["--serve", .. var settings] => await CountedService.RunAsync(settings),
    ["--serve-bare", var body] => await BareEndpoint.RunAsync(body),
    _ => await Comparison.RunAsync(args),
};
