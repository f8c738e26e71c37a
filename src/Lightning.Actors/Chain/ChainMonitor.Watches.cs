using Akka.Actor;
using Lightning.Actors.Channels;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <content>What channels watch.</content>
internal sealed partial class ChainMonitor
{
    private readonly Dictionary<LocalChannelKey, HashSet<Watch>> _watches = [];
    private readonly Dictionary<OutPoint, HashSet<WatchSpent>> _byOutput = [];

    /// <summary>Watches for depth, by transaction.</summary>
    private readonly Dictionary<TxId, HashSet<Watch>> _byTransaction = [];

    /// <summary>Where watched transactions were found, until their watch is done.</summary>
    private readonly Dictionary<TxId, Found> _found = [];

    private void Add(Watch watch)
    {
        if (!_watches.TryGetValue(watch.Channel, out var ofChannel)) _watches.Add(watch.Channel, ofChannel = []);
        if (ofChannel.Add(watch))
        {
            if (watch is WatchSpent spent) Index(_byOutput, spent.Output, spent);
            else Index(_byTransaction, TransactionOf(watch), watch);
        }

        // Known again after a restart of the channel: it may have missed what it was told.
        Search(watch);
    }

    private void Remove(LocalChannelKey channel)
    {
        if (!_watches.Remove(channel, out var watches)) return;
        foreach (var watch in watches)
        {
            if (watch is WatchSpent spent) Unindex(_byOutput, spent.Output, spent);
            else if (Unindex(_byTransaction, TransactionOf(watch), watch)) _found.Remove(TransactionOf(watch));
        }
    }

    private void Scan(ChainBlock block)
    {
        if (_byOutput.Count == 0 && _byTransaction.Count == 0) return;
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            var transaction = block.Transactions[i];
            foreach (var input in transaction.Inputs)
            {
                if (_byOutput.TryGetValue(input.PreviousOutput, out var watches))
                {
                    foreach (var watch in watches) TellSpent(watch, transaction);
                }
            }

            if (_byTransaction.ContainsKey(transaction.TxId)) _found[transaction.TxId] = new Found(transaction, block.Height, (uint)i);
        }
    }

    private void Deepen(uint height)
    {
        if (_found.Count == 0) return;
        List<Watch>? done = null;
        foreach (var (txId, found) in _found)
        {
            foreach (var watch in _byTransaction[txId])
            {
                if (found.Height + DepthOf(watch) > height + 1) continue;
                TellDeep(watch, found);
                (done ??= []).Add(watch);
            }
        }

        if (done is null) return;
        foreach (var watch in done)
        {
            _watches[watch.Channel].Remove(watch);
            if (Unindex(_byTransaction, TransactionOf(watch), watch)) _found.Remove(TransactionOf(watch));
        }
    }

    private void Undo(uint height)
    {
        foreach (var txId in _found.Where(found => found.Value.Height >= height).Select(found => found.Key).ToArray()) _found.Remove(txId);
    }

    // What happened before the watch, newest blocks first. Off the actor: a search may read many blocks.
    private void Search(Watch watch)
    {
        var (chain, height, cancellation) = (_node.Chain, _tip?.Tip.Height, _stopping.Token);
        SearchAsync(chain, watch, height, cancellation).PipeTo(Self, failure: e => new SearchFailed(watch, e));
    }

    private static async Task<Searched> SearchAsync(IChainBackend chain, Watch watch, uint? height, CancellationToken cancellation)
    {
        if (watch is WatchSpent spent && await chain.GetUnspentAsync(spent.Output, cancellation).ConfigureAwait(false) is not null) return new Searched(watch, null);
        uint tip = height ?? (await chain.GetTipAsync(cancellation).ConfigureAwait(false)).Height, from = tip;
        if (watch is WatchFunding funding && await chain.GetUnspentAsync(funding.Funding, cancellation).ConfigureAwait(false) is { } output)
        {
            // Its block is known without a search. A reorganisation meanwhile is told by its own events.
            from = (await chain.GetTipAsync(cancellation).ConfigureAwait(false)).Height - output.Confirmations + 1;
        }

        for (var at = (long)from; at >= watch.Since; at--)
        {
            if (await chain.GetBlockAsync((uint)at, cancellation).ConfigureAwait(false) is not { } block) continue;
            for (var i = 0; i < block.Transactions.Length; i++)
            {
                var transaction = block.Transactions[i];
                if (watch is WatchSpent wanted ? transaction.Inputs.Any(input => input.PreviousOutput == wanted.Output) : transaction.TxId == TransactionOf(watch))
                    return new Searched(watch, new Found(transaction, block.Height, (uint)i));
            }
        }

        return new Searched(watch, null);
    }

    private void OnSearched(Searched searched)
    {
        if (searched.Found is not { } found || !_watches.TryGetValue(searched.Watch.Channel, out var watches) || !watches.Contains(searched.Watch)) return;
        if (searched.Watch is WatchSpent spent)
        {
            TellSpent(spent, found.Transaction);
            return;
        }

        _found.TryAdd(found.Transaction.TxId, found);
        if (_tip is { } tip) Deepen(tip.Tip.Height);
    }

    private void TellSpent(WatchSpent watch, Transaction transaction) => Tell(
        watch.Channel, watch.IsFunding ? new ChannelCommand.FundingSpent(transaction) : new ChannelCommand.OutputSpent(transaction));

    private void TellDeep(Watch watch, Found found) => Tell(watch.Channel, watch is WatchFunding
        ? new ChannelCommand.FundingConfirmed(found.Transaction, found.Height, found.Index)
        : new ChannelCommand.TransactionConfirmed(found.Transaction, found.Height));

    private void Tell(LocalChannelKey channel, ChannelCommand command) => _node.Actors.Channels.Tell(new ChannelRequest(channel, command));

    private static TxId TransactionOf(Watch watch) => watch switch
    {
        WatchFunding funding => funding.Funding.TxId,
        WatchTransaction transaction => transaction.Transaction.TxId,
        _ => throw new InvalidOperationException($"{watch.GetType().Name} is not about a transaction."),
    };

    private static uint DepthOf(Watch watch) => Math.Max(1, watch is WatchFunding funding ? funding.Depth : ((WatchTransaction)watch).Depth);

    private static void Index<TKey, T>(Dictionary<TKey, HashSet<T>> index, TKey key, T watch)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var set)) index.Add(key, set = []);
        set.Add(watch);
    }

    /// <summary>Whether it was the last one of its key.</summary>
    private static bool Unindex<TKey, T>(Dictionary<TKey, HashSet<T>> index, TKey key, T watch)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var set)) return true;
        set.Remove(watch);
        return set.Count == 0 && index.Remove(key);
    }

    private sealed record Found(Transaction Transaction, uint Height, uint Index);

    private sealed record Searched(Watch Watch, Found? Found);

    private sealed record SearchFailed(Watch Watch, Exception Cause);

    private sealed record SearchAgain(Watch Watch);
}
