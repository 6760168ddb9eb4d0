using System.Security.Cryptography;
using System.Text;
using Casefile.Core.Partitions;
using Casefile.Core.Records;
using Casefile.Core.Replicas;
using Casefile.Core.Retention;
using Casefile.Core.Tenancy;
using Casefile.Functions.Records.Bulk;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Casefile.Functions.Records;

/// <summary>Registers records: the domain and its endpoints.</summary>
public static class RecordServices
{
    /// <summary>Adds records and retention, with what their commits owe (<see cref="IOwedWorkHandler"/>). Options are in the section <c>Limits</c>.</summary>
    public static IServiceCollection AddRecords(this IServiceCollection services, IConfiguration configuration)
    {
        var limits = configuration.GetSection(RecordLimits.Section).Get<RecordLimits>() ?? new RecordLimits();
        services.TryAddSingleton(configuration.GetSection("Replicas").Get<ReplicaOptions>() ?? new ReplicaOptions());
        services.TryAddSingleton<ReplicaSet>();
        return services
            .AddSingleton(limits)
            .AddSingleton<CaseLinks>()
            .AddSingleton<RecordRoom>()
            .AddSingleton(provider => new RecordCursor(SecretFor("cursors"u8, provider)))
            .AddSingleton<RecordStore>()
            .AddSingleton<RetentionSweep>()
            .AddSingleton<ArtifactBlobs>()
            .AddSingleton<IOwedWorkHandler, BlobWork>()
            .AddSingleton<IOwedWorkHandler, RecordLinkWork>()
            .AddSingleton<IHousekeeping, TombstoneCleanup>()
            .AddSingleton<IHousekeeping, ArtifactOrphans>()
            .AddSingleton<IHousekeeping, SnapshotOrphans>()
            .AddSingleton<RecordRequests>()
            .AddSingleton(provider => new RecordLists(
                provider.GetRequiredService<RecordStore>(),
                new KeptLists(configuration.GetSection(KeptListOptions.Section).Get<KeptListOptions>() ?? new KeptListOptions()),
                new ListTags(SecretFor("list tags"u8, provider))))
            .AddSingleton<BulkRequests>()
            .AddSingleton<ExportRequests>();
    }

    /// <summary>A secret of its own for each purpose, the same in all processes that share the pepper.</summary>
    private static byte[] SecretFor(ReadOnlySpan<byte> purpose, IServiceProvider provider)
        => HMACSHA256.HashData(Encoding.UTF8.GetBytes(provider.GetRequiredService<TenancyOptions>().Pepper), purpose);
}
