namespace Casefile.Samples.CaseDay;

/// <summary>A line of the package manager's log: <c>2025-06-24 14:36:25 status unpacked libc6:amd64 2.36-9</c>.</summary>
internal sealed record Alert(string Time, string Action, string Package, string Version)
{
    /// <summary>Reads a line; null for one that is about no package.</summary>
    public static Alert? Read(string line) => line.Split(' ') switch
    {
        [var day, var time, "status", var state, var package, var version] => new Alert($"{day} {time}", state, package, version),
        [var day, var time, "install" or "upgrade" or "configure" or "trigproc" or "remove" or "purge", var package, .., var version]
            => new Alert($"{day} {time}", line.Split(' ')[2], package, version),
        _ => null,
    };
}

/// <summary>The alerts that one case is about.</summary>
internal sealed class Group(int number)
{
    public int Number { get; } = number;

    public List<Alert> Alerts { get; } = [];

    public List<long> Records { get; } = [];

    public long CaseId { get; set; }

    public long TaskId { get; set; }

    public string[] Packages => [.. Alerts.Select(alert => alert.Package).Distinct()];
}
