using System.Diagnostics.CodeAnalysis;

namespace Casefile.Functions.Records;

/// <summary>
/// The newest answers of lists by their questions, up to a number of bytes; those least recently used go first. It knows nothing of who may see an answer and
/// whether it still holds: whoever finds one has to look (<see cref="Core.Records.RecordStore.LookAsync"/>).
/// </summary>
internal sealed class KeptLists(KeptListOptions options)
{
    /// <summary>What an answer takes beside its own bytes and its question's text, roughly.</summary>
    private const int Overhead = 512;

    private readonly Lock gate = new();
    private readonly Dictionary<ListQuestion, LinkedListNode<(ListQuestion Question, KeptList List)>> lists = [];
    private readonly LinkedList<(ListQuestion Question, KeptList List)> byUse = new();
    private long bytes;

    /// <summary>How many are kept.</summary>
    public int Count
    {
        get
        {
            lock (gate) return lists.Count;
        }
    }

    /// <summary>The newest answer to a question, whether it holds or not.</summary>
    public bool TryFind(in ListQuestion question, [NotNullWhen(true)] out KeptList? list)
    {
        lock (gate)
        {
            list = null;
            if (!lists.TryGetValue(question, out var node)) return false;
            if (node != byUse.First)
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
            }

            list = node.Value.List;
            return true;
        }
    }

    /// <summary>Whether an answer of this length is kept at all, so that nobody copies it in vain.</summary>
    public bool Takes(int length) => length <= options.LargestBytes && length < options.Bytes;

    /// <summary>Keeps an answer in place of the one before to the same question.</summary>
    public void Keep(in ListQuestion question, KeptList list)
    {
        lock (gate)
        {
            if (lists.TryGetValue(question, out var before)) Drop(before);
            lists.Add(question, byUse.AddFirst((question, list)));
            bytes += SizeOf(question, list);
            while (bytes > options.Bytes) Drop(byUse.Last!);
        }
    }

    private void Drop(LinkedListNode<(ListQuestion Question, KeptList List)> node)
    {
        byUse.Remove(node);
        lists.Remove(node.Value.Question);
        bytes -= SizeOf(node.Value.Question, node.Value.List);
    }

    private static long SizeOf(in ListQuestion question, KeptList list)
        => Overhead + (2L * (question.Address.Path.Length + question.Address.Query.Length)) + list.Body.Length + (16L * list.Ground.Cases.Count);
}
