using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>
/// What all channels watch, held against each block: no I/O, one thread. A watch is live from the moment it is added; what happened in earlier blocks
/// is searched elsewhere and handed in by <see cref="Found"/>.
/// </summary>
internal sealed class Watches
{
    private readonly Dictionary<LocalChannelKey, Dictionary<WatchSubject, Entry>> _byChannel = [];
    private readonly Dictionary<OutPoint, List<Entry>> _byOutput = [];
    private readonly Dictionary<TxId, List<Entry>> _byTransaction = [];

    /// <summary>What happened in which block, to be forgotten if that block is disconnected.</summary>
    private readonly Dictionary<uint, List<Entry>> _byHeight = [];

    /// <summary>The outputs other than fundings, in the order in which the mempool is asked for their spends.</summary>
    private readonly Queue<Entry> _turns = new();

    /// <summary>In a block, but not yet as deep as asked for.</summary>
    private readonly HashSet<Entry> _deepening = [];

    /// <summary>Number of watches.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a watch, or repeats it: what is known already is told again. Where the channel knows of a spend that is not known here, a search decides.</summary>
    /// <param name="watch">The watch.</param>
    /// <param name="tipHeight">Height of the last block seen.</param>
    /// <param name="answers">Takes what is to be told.</param>
    /// <returns>Whether the blocks up to the tip must be searched for it.</returns>
    public bool Add(Watch watch, uint tipHeight, ICollection<WatchAnswer> answers)
    {
        if (!_byChannel.TryGetValue(watch.Channel, out var ofChannel)) _byChannel.Add(watch.Channel, ofChannel = []);
        if (ofChannel.TryGetValue(watch.Subject, out var entry))
        {
            var searchedSince = entry.Watch.Since;
            entry.Watch = watch with { Since = Math.Min(watch.Since, searchedSince) };
            entry.Known = (watch as WatchSpent)?.Known;
            entry.InMempool = null;
            if (entry.Sighting is null) return watch.Since < searchedSince || entry.Known is not null;
            entry.IsTold = false;
            TellIfDeep(entry, tipHeight, answers);
            return false;
        }

        entry = new Entry(watch);
        ofChannel.Add(watch.Subject, entry);
        Index(entry).Add(entry);
        if (watch is WatchSpent { IsFunding: false }) _turns.Enqueue(entry);
        Count++;
        return true;
    }

    /// <summary>Whether the watch is still wanted.</summary>
    public bool Contains(Watch watch) => _byChannel.TryGetValue(watch.Channel, out var ofChannel) && ofChannel.ContainsKey(watch.Subject);

    /// <summary>Drops all watches of a channel.</summary>
    public void Remove(LocalChannelKey channel)
    {
        if (!_byChannel.Remove(channel, out var entries)) return;
        foreach (var entry in entries.Values)
        {
            Count--;
            entry.IsRemoved = true;
            Forget(entry);
            var list = Index(entry);
            list.Remove(entry);
            if (list.Count > 0) continue;
            if (entry.Watch is WatchSpent spent) _byOutput.Remove(spent.Output);
            else _byTransaction.Remove(entry.Watch.Subject.OutPoint.TxId);
        }
    }

    /// <summary>A block joined the best chain, on top of all before it.</summary>
    public void Connect(ChainBlock block, ICollection<WatchAnswer> answers)
    {
        if (Count > 0)
        {
            for (var i = 0; i < block.Transactions.Length; i++) Match(block, i, block.Transactions[i], block.Height, answers);
        }

        if (_deepening.Count == 0) return;
        foreach (var entry in _deepening.ToArray()) TellIfDeep(entry, block.Height, answers);
    }

    /// <summary>The block of this height left the best chain: what happened in it has not happened, and what was told of it is taken back.</summary>
    public void Disconnect(uint height, ICollection<WatchAnswer> answers)
    {
        if (!_byHeight.TryGetValue(height, out var entries)) return;
        foreach (var entry in entries.ToArray())
        {
            if (entry is { IsTold: true, Sighting: { } seen }) TakeBack(entry, seen.Transaction.TxId, answers);
            Forget(entry);
        }
    }

    /// <summary>A search for a watch is over.</summary>
    /// <param name="watch">The watch.</param>
    /// <param name="sighting">What was found, in a block that the caller has checked to be part of the best chain; null for nothing.</param>
    /// <param name="tipHeight">Height of the last block seen.</param>
    /// <param name="answers">Takes what is to be told.</param>
    public void Found(Watch watch, Sighting? sighting, uint tipHeight, ICollection<WatchAnswer> answers)
    {
        if (!_byChannel.TryGetValue(watch.Channel, out var ofChannel) || !ofChannel.TryGetValue(watch.Subject, out var entry) || entry.Sighting is not null) return;
        if (sighting is not null)
        {
            See(entry, sighting, tipHeight, answers);
        }
        else if (entry.Known is { } known && watch is WatchSpent searched && searched.Known == known)
        {
            entry.Known = null;
            TakeBack(entry, known.Spender, answers);
        }
    }

    /// <summary>A transaction is in the mempool: who watches what it would spend is told, once for each such transaction.</summary>
    public void SeeInMempool(Transaction transaction, ICollection<WatchAnswer> answers)
    {
        foreach (var input in transaction.Inputs)
        {
            if (!_byOutput.TryGetValue(input.PreviousOutput, out var entries)) continue;
            foreach (var entry in entries)
            {
                if (entry.Sighting is not null || entry.InMempool == transaction.TxId) continue;
                entry.InMempool = transaction.TxId;
                answers.Add(new WatchAnswer(entry.Watch.Channel, Answer(entry.Watch, new Sighting(transaction, 0, default, 0))));
            }
        }
    }

    /// <summary>Up to <paramref name="count"/> outputs that are unspent as far as blocks go, fundings left out: each time the next ones, in turn.</summary>
    public ImmutableArray<OutPoint> NextUnspent(int count)
    {
        var outputs = ImmutableArray.CreateBuilder<OutPoint>();
        for (var left = _turns.Count; left > 0 && outputs.Count < count; left--)
        {
            var entry = _turns.Dequeue();
            if (entry.IsRemoved) continue;
            _turns.Enqueue(entry);
            if (entry.Sighting is null && !outputs.Contains(((WatchSpent)entry.Watch).Output)) outputs.Add(((WatchSpent)entry.Watch).Output);
        }

        return outputs.ToImmutable();
    }

    private void Match(ChainBlock block, int index, Transaction transaction, uint tipHeight, ICollection<WatchAnswer> answers)
    {
        if (_byTransaction.Count > 0 && _byTransaction.TryGetValue(transaction.TxId, out var confirmed))
        {
            var sighting = new Sighting(transaction, block.Height, block.Hash, (uint)index);
            foreach (var entry in confirmed) See(entry, sighting, tipHeight, answers);
        }

        if (_byOutput.Count == 0) return;
        foreach (var input in transaction.Inputs)
        {
            if (!_byOutput.TryGetValue(input.PreviousOutput, out var spent)) continue;
            var sighting = new Sighting(transaction, block.Height, block.Hash, (uint)index);
            foreach (var entry in spent) See(entry, sighting, tipHeight, answers);
        }
    }

    private void See(Entry entry, Sighting sighting, uint tipHeight, ICollection<WatchAnswer> answers)
    {
        Forget(entry);
        entry.Sighting = sighting;
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_byHeight, sighting.Height, out _);
        (list ??= []).Add(entry);
        _deepening.Add(entry);
        TellIfDeep(entry, tipHeight, answers);
    }

    private void TellIfDeep(Entry entry, uint tipHeight, ICollection<WatchAnswer> answers)
    {
        if (entry.Sighting is not { } seen || entry.IsTold || tipHeight + 1 < seen.Height + DepthOf(entry.Watch)) return;
        entry.IsTold = true;
        _deepening.Remove(entry);

        // The channel knows of another spend, or of this one in another block: it is told as if it had seen the reorganisation.
        if (entry.Known is { } known && known != new KnownSpend(seen.Transaction.TxId, seen.Height)) TakeBack(entry, known.Spender, answers);
        entry.Known = null;
        answers.Add(new WatchAnswer(entry.Watch.Channel, Answer(entry.Watch, seen)));
    }

    private static void TakeBack(Entry entry, TxId spender, ICollection<WatchAnswer> answers)
    {
        if (entry.Watch is WatchSpent watch) answers.Add(new WatchAnswer(watch.Channel, new ChannelCommand.SpendUndone(watch.Output, spender)));
        else if (entry.Watch is WatchFunding funding) answers.Add(new WatchAnswer(funding.Channel, new ChannelCommand.FundingUndone(funding.Funding)));
    }

    private ChannelCommand Answer(Watch watch, Sighting seen)
    {
        switch (watch)
        {
            case WatchFunding:
                return new ChannelCommand.FundingConfirmed(seen.Slim(static _ => false), seen.Height, seen.Index);
            case WatchSpent spent:
                var slim = seen.Slim(output => _byOutput.ContainsKey(output));
                return spent.IsFunding ? new ChannelCommand.FundingSpent(slim, seen.Height) : new ChannelCommand.OutputSpent(slim, seen.Height);
            default:
                throw new InvalidOperationException($"Nobody answers {watch.GetType().Name}.");
        }
    }

    private void Forget(Entry entry)
    {
        if (entry.Sighting is not { } seen) return;
        entry.Sighting = null;
        entry.IsTold = false;
        _deepening.Remove(entry);
        if (!_byHeight.TryGetValue(seen.Height, out var list)) return;
        list.Remove(entry);
        if (list.Count == 0) _byHeight.Remove(seen.Height);
    }

    private List<Entry> Index(Entry entry) => entry.Watch is WatchSpent spent
        ? CollectionsMarshal.GetValueRefOrAddDefault(_byOutput, spent.Output, out _) ??= []
        : CollectionsMarshal.GetValueRefOrAddDefault(_byTransaction, entry.Watch.Subject.OutPoint.TxId, out _) ??= [];

    // A spend is told with its first confirmation.
    private static uint DepthOf(Watch watch) => Math.Max(1, watch.Subject.Depth);

    private sealed class Entry(Watch watch)
    {
        public Watch Watch { get; set; } = watch;

        public Sighting? Sighting { get; set; }

        public bool IsTold { get; set; }

        public bool IsRemoved { get; set; }

        /// <summary>The spender in the mempool that the channel was told of.</summary>
        public TxId? InMempool { get; set; }

        /// <summary>The spend that the channel knows of, until it is known here whether it is one.</summary>
        public KnownSpend? Known { get; set; } = (watch as WatchSpent)?.Known;
    }
}
