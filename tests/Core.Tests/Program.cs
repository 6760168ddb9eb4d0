using Casefile.Core.Tests.Storage;

// Not how the tests are run: the part of a process that is killed while it writes.
return args is ["write", var folder] ? await StorageVictim.WriteAsync(folder) : 2;
