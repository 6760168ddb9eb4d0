using System.Collections;

namespace Casefile.Core.Storage.Embedded;

/// <summary>The ETags of a transaction's rows, one after the other from the first on. Written out only when they are asked for: mostly that is the head's alone.</summary>
internal sealed class GivenETags : IReadOnlyList<string>
{
    private readonly long first;
    private readonly RowActionKind[] kinds;

    public GivenETags(long first, EncodedTransaction transaction)
    {
        this.first = first;
        kinds = new RowActionKind[transaction.Actions.Length];
        for (var i = 0; i < kinds.Length; i++) kinds[i] = transaction.Actions[i].Kind;
    }

    public int Count => kinds.Length;

    public string this[int index] => kinds[index] == RowActionKind.Delete ? "" : ETags.Text(first + index);

    public IEnumerator<string> GetEnumerator()
    {
        for (var i = 0; i < kinds.Length; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
