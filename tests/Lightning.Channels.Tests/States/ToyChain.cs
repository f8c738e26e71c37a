using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;

namespace Lightning.Channels.Tests.States;

/// <summary>
/// A chain of one funding output and what spends it: takes what both nodes publish, mines it in an order left to chance, reorganises itself, and tells both what they watch.
/// Scripts, locks and double spends are real; fees and relay are not its business.
/// </summary>
internal sealed class ToyChain
{
    private readonly Dictionary<TxId, (Transaction Transaction, uint Height)> _mined = [];
    private readonly Dictionary<OutPoint, Transaction> _spent = [];
    private readonly Dictionary<ChannelNode, int> _read = [];
    private readonly Dictionary<TxId, Transaction> _pool = [];

    /// <summary>What each node watches, and the spender it was told of.</summary>
    private readonly Dictionary<ChannelNode, SortedDictionary<OutPoint, TxId?>> _watched = [];
    /// <summary>Who waits for the funding transaction to be so deep.</summary>
    private readonly Dictionary<ChannelNode, uint> _awaited = [];
    private readonly TxId _funding;
    private readonly Random _random;

    public ToyChain(Random random, Transaction funding, uint height)
    {
        _random = random;
        Height = height;
        _mined[funding.TxId] = (funding, height);
        _funding = funding.TxId;
    }

    public uint Height { get; private set; }

    public IEnumerable<Transaction> Mined => _mined.Values.Select(static one => one.Transaction);

    /// <summary>Someone publishes a transaction without telling.</summary>
    public void Publish(Transaction transaction) => _pool.TryAdd(transaction.TxId, transaction);

    public void MineBlock(params ReadOnlySpan<ChannelNode> nodes)
    {
        Height++;
        foreach (var node in nodes)
        {
            node.Height = Height;
            Read(node);
            Sight(node);
        }

        var candidates = _pool.Values.ToArray();
        _random.Shuffle(candidates);
        foreach (var candidate in candidates)
        {
            // Not every block takes everything.
            if (_random.Next(4) > 0 && CanSpend(candidate)) Mine(candidate);
        }

        foreach (var node in nodes)
        {
            Tell(node);
            node.Do(new ChannelCommand.NewBlock());
            Read(node);

            // What was spent before it was watched is told of too.
            Tell(node);
        }
    }

    /// <summary>So many blocks are gone; what they held waits to be mined again, unless something else is quicker.</summary>
    public void Disconnect(int blocks, params ReadOnlySpan<ChannelNode> nodes)
    {
        for (; blocks > 0; blocks--)
        {
            foreach (var (transaction, _) in _mined.Values.Where(one => one.Height == Height && one.Transaction.TxId != _funding).ToList())
            {
                _mined.Remove(transaction.TxId);
                _pool[transaction.TxId] = transaction;
                foreach (var input in transaction.Inputs) _spent.Remove(input.PreviousOutput);
            }

            Height--;
            foreach (var node in nodes) node.Wallet.Rebuild(Mined);
            foreach (var node in nodes)
            {
                node.Height = Height;
                foreach (var (output, spender) in Watched(node).ToList())
                {
                    if (spender is not { } told || _mined.ContainsKey(told)) continue;
                    Watched(node)[output] = null;
                    node.Do(new ChannelCommand.SpendUndone(output, told));
                }

                node.Do(new ChannelCommand.NewBlock());
                Read(node);
            }
        }
    }

    /// <summary>Whether a transaction is in a block.</summary>
    public bool Has(Transaction transaction) => _mined.ContainsKey(transaction.TxId);

    /// <summary>Lets what is published, and nothing else, into one block.</summary>
    public void MineOnly(Transaction transaction, params ReadOnlySpan<ChannelNode> nodes)
    {
        _pool.Clear();
        _pool[transaction.TxId] = transaction;
        if (!CanSpend(transaction, Height + 1)) throw new InvalidOperationException("It cannot be mined.");
        while (!Has(transaction)) MineBlock(nodes);
    }

    private void Tell(ChannelNode node)
    {
        if (_awaited.TryGetValue(node, out var depth) && Height + 1 >= _mined[_funding].Height + depth)
        {
            _awaited.Remove(node);
            node.Do(new ChannelCommand.FundingConfirmed(_mined[_funding].Transaction, _mined[_funding].Height, 4));
            Read(node);
        }

        foreach (var (output, told) in Watched(node).ToList())
        {
            if (!_spent.TryGetValue(output, out var spender) || told == spender.TxId) continue;
            Watched(node)[output] = spender.TxId;
            var height = _mined[spender.TxId].Height;
            node.Do(output.TxId == _funding ? new ChannelCommand.FundingSpent(spender, height) : new ChannelCommand.OutputSpent(spender, height));
            Read(node);
        }
    }

    // Some of what waits is seen before it is mined.
    private void Sight(ChannelNode node)
    {
        foreach (var transaction in _pool.Values.ToList())
        {
            if (_random.Next(8) > 0) continue;
            foreach (var input in transaction.Inputs)
            {
                if (!Watched(node).ContainsKey(input.PreviousOutput)) continue;
                node.Do(input.PreviousOutput.TxId == _funding ? new ChannelCommand.FundingSpent(transaction, 0) : new ChannelCommand.OutputSpent(transaction, 0));
            }
        }
    }

    private SortedDictionary<OutPoint, TxId?> Watched(ChannelNode node)
    {
        if (_watched.TryGetValue(node, out var watched)) return watched;
        _mined[node.Coins.TxId] = (node.Coins, 0);
        return _watched[node] = [];
    }

    private void Read(ChannelNode node)
    {
        _read.TryAdd(node, 0);
        for (; _read[node] < node.Actions.Count; _read[node]++)
        {
            switch (node.Actions[_read[node]])
            {
                case ChannelAction.Publish publish:
                    _pool.TryAdd(publish.Transaction.TxId, publish.Transaction);
                    break;
                case ChannelAction.WatchFundingConfirmed watch:
                    _awaited[node] = watch.MinimumDepth;
                    break;
                case ChannelAction.WatchFundingSpent watch:
                    Watch(node, watch.Funding, watch.Known);
                    break;
                case ChannelAction.WatchOutputSpent watch:
                    Watch(node, watch.Output, watch.Known);
                    break;
                case ChannelAction.StopPublishing stop:
                    _pool.Remove(stop.TxId);
                    break;
                default:
                    break;
            }
        }
    }

    // Again after a restart: what is known is told again, and that what the node knows is none.
    private void Watch(ChannelNode node, OutPoint output, KnownSpend? known)
    {
        Watched(node)[output] = null;
        if (known is { } told && !(_spent.TryGetValue(output, out var spender) && spender.TxId == told.Spender && _mined[told.Spender].Height == told.BlockHeight))
            node.Do(new ChannelCommand.SpendUndone(output, told.Spender));
    }

    private void Mine(Transaction transaction)
    {
        Chain.Verify(transaction, [.. transaction.Inputs.Select(input => _mined[input.PreviousOutput.TxId].Transaction).DistinctBy(static one => one.TxId)]);
        foreach (var input in transaction.Inputs) _spent.Add(input.PreviousOutput, transaction);
        _mined.Add(transaction.TxId, (transaction, Height));
        foreach (var node in _watched.Keys) node.Wallet.Read(transaction);
        _pool.Remove(transaction.TxId);
    }

    private bool CanSpend(Transaction transaction) => CanSpend(transaction, Height);

    private bool CanSpend(Transaction transaction, uint height)
    {
        if (_mined.ContainsKey(transaction.TxId)) return false;
        if (transaction.LockTime is < 500_000_000 and > 0 && transaction.LockTime >= height) return false;
        foreach (var input in transaction.Inputs)
        {
            if (!_mined.TryGetValue(input.PreviousOutput.TxId, out var parent) || _spent.ContainsKey(input.PreviousOutput)) return false;
            if ((input.Sequence & 0x8000_0000) == 0 && height < parent.Height + (input.Sequence & 0xFFFF)) return false;
        }

        return true;
    }
}
