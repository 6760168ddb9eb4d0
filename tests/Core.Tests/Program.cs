using Casefile.Core.Tests.Histories;
using Casefile.Core.Tests.Storage;

// Not how the tests are run: the part of a process that is killed while it writes, and histories by the thousand.
return args switch
{
    ["write", var folder] => await StorageVictim.WriteAsync(folder),
    ["histories", var count, var from] => HistoryCommand.Play(count, from),
    ["histories-until", var most, var from] => HistoryCommand.Find(most, from),
    _ => 2,
};
