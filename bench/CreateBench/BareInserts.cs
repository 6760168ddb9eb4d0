using System.Globalization;
using Casefile.Core.Storage;

namespace Casefile.CreateBench;

/// <summary>Rows like those of the records, without the protocol.</summary>
internal sealed class BareInserts(ITable table)
{
    public async Task InsertAsync(string partition, int call, int rows)
    {
        var actions = new RowAction[rows];
        for (var i = 0; i < rows; i++) actions[i] = RowAction.Insert(NewRow(partition, (call * rows) + i));
        var outcome = await table.TransactAsync(partition, actions, CancellationToken.None);
        if (outcome.Status != TransactionStatus.Committed) throw new InvalidOperationException($"{outcome.Status} {outcome.Reason}");
    }

    private static Row NewRow(string partition, int n) => new(
        partition,
        string.Create(CultureInfo.InvariantCulture, $"rec-{n:D19}"),
        new Dictionary<string, object>
        {
            ["created"] = 1_790_000_000_000L + n,
            ["updated"] = 1_790_000_000_000L + n,
            ["version"] = (long)n,
            ["rev"] = 1L,
            ["f11"] = string.Create(CultureInfo.InvariantCulture, $"package-{n}"),
            ["f12"] = "1.2.3-4+deb12u1",
            ["f13"] = "libs",
            ["f14"] = (double)n,
            ["f15"] = false,
            ["f16"] = RecordService.Description,
        });
}
