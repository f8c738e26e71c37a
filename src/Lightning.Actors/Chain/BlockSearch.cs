using System.Runtime.InteropServices;
using Lightning.Chain;

namespace Lightning.Actors.Chain;

/// <summary>Searches for watched events in blocks, from the newest to the oldest, many at once: no I/O, one thread.</summary>
internal sealed class BlockSearch
{
    private readonly SortedSet<uint> _heights = [];
    private readonly Dictionary<uint, List<Quest>> _byHeight = [];
    private readonly Dictionary<OutPoint, List<Quest>> _byOutput = [];
    private readonly Dictionary<TxId, List<Quest>> _byTransaction = [];

    /// <summary>Transactions before which there is nothing to find: they make what is spent.</summary>
    private readonly Dictionary<TxId, List<Quest>> _byOrigin = [];

    /// <summary>The block to be examined next; null where nothing is searched for.</summary>
    public uint? NextHeight => _heights.Count > 0 ? _heights.Max : null;

    /// <summary>Begins a search.</summary>
    public void Add(ChainHistory.Search search)
    {
        var quest = new Quest(search.Watch, search.From);
        if (search.Watch.SpentOutput is { } spent)
        {
            Put(_byOutput, spent, quest);
            Put(_byOrigin, spent.TxId, quest);
        }
        else
        {
            Put(_byTransaction, search.Watch.Subject.OutPoint.TxId, quest);
        }

        Expect(quest, search.To);
    }

    /// <summary>Examines the block of a height that was the next one, perhaps before searches that begin above it were added.</summary>
    /// <param name="height">Its height.</param>
    /// <param name="block">The block; null for one that is not on the best chain any more.</param>
    /// <returns>The searches that are over, with what they found.</returns>
    public IReadOnlyList<ChainHistory.Searched> Examine(uint height, ChainBlock? block)
    {
        if (!_byHeight.Remove(height, out var here)) return [];
        _heights.Remove(height);
        var over = new List<ChainHistory.Searched>();
        if (block is not null) Match(block, height, over);
        foreach (var quest in here)
        {
            if (quest.IsOver) continue;
            if (height <= quest.From) End(quest, SearchEnd.NotFound, null, over);
            else Expect(quest, height - 1);
        }

        return over;
    }

    private void Match(ChainBlock block, uint height, List<ChainHistory.Searched> over)
    {
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            var transaction = block.Transactions[i];
            if (_byTransaction.TryGetValue(transaction.TxId, out var confirmed)) Find(confirmed, i);
            if (_byOutput.Count == 0) continue;
            foreach (var input in transaction.Inputs)
                if (_byOutput.TryGetValue(input.PreviousOutput, out var spent)) Find(spent, i);
        }

        if (_byOrigin.Count == 0) return;
        foreach (var transaction in block.Transactions)
        {
            if (!_byOrigin.TryGetValue(transaction.TxId, out var quests)) continue;
            foreach (var quest in quests.ToArray())
                if (quest.Next == height) End(quest, SearchEnd.Unspent, null, over);
        }

        void Find(List<Quest> quests, int index)
        {
            foreach (var quest in quests.ToArray())
                if (quest.Next == height) End(quest, SearchEnd.Found, new Sighting(block.Transactions[index], block.Height, block.Hash, (uint)index), over);
        }
    }

    private void Expect(Quest quest, uint height)
    {
        quest.Next = height;
        Put(_byHeight, height, quest);
        _heights.Add(height);
    }

    private void End(Quest quest, SearchEnd end, Sighting? sighting, List<ChainHistory.Searched> over)
    {
        quest.IsOver = true;
        if (quest.Watch.SpentOutput is { } spent)
        {
            Take(_byOutput, spent, quest);
            Take(_byOrigin, spent.TxId, quest);
        }
        else
        {
            Take(_byTransaction, quest.Watch.Subject.OutPoint.TxId, quest);
        }

        over.Add(new ChainHistory.Searched(quest.Watch, end, sighting));
    }

    private static void Put<TKey>(Dictionary<TKey, List<Quest>> index, TKey key, Quest quest)
        where TKey : notnull => (CollectionsMarshal.GetValueRefOrAddDefault(index, key, out _) ??= []).Add(quest);

    private static void Take<TKey>(Dictionary<TKey, List<Quest>> index, TKey key, Quest quest)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var list)) return;
        list.Remove(quest);
        if (list.Count == 0) index.Remove(key);
    }

    private sealed class Quest(Watch watch, uint from)
    {
        public Watch Watch { get; } = watch;

        public uint From { get; } = from;

        /// <summary>The block it looks at next.</summary>
        public uint Next { get; set; }

        public bool IsOver { get; set; }
    }
}
