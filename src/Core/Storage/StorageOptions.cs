namespace Casefile.Core.Storage;

/// <summary>Which storage account the service works on, and how long it waits for it.</summary>
public sealed class StorageOptions
{
    /// <summary>A folder of this machine that takes the place of an account; wins over both of the others. One process at a time.</summary>
    public string? Embedded { get; set; }

    /// <summary>The account's connection string; wins over <see cref="AccountName"/>. For the emulator, or where no identity is to be had.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The account's name, reached by the process's own identity (managed in Azure, the developer's elsewhere).</summary>
    public string? AccountName { get; set; }

    /// <summary>The client id of a user-assigned managed identity; null for the system-assigned one.</summary>
    public string? ManagedIdentityClientId { get; set; }

    /// <summary>What follows <c>table.</c> and <c>blob.</c> in the account's addresses: differs in sovereign clouds.</summary>
    public string EndpointSuffix { get; set; } = "core.windows.net";

    /// <summary>Stands before every table's name: ASCII letters and digits, a letter first, 50 at most. Empty for none.</summary>
    public string TablePrefix { get; set; } = "";

    /// <summary>The blob container's name.</summary>
    public string Container { get; set; } = "casefile";

    /// <summary>How long a transaction waits for its answer before it is called unknown. The service itself gives up after 30 s.</summary>
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a read takes at most, its retries included.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How often a read or a blob request is tried again.</summary>
    public int Retries { get; set; } = 3;
}
