using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;

namespace Lightning.Channels.Tests.States;

/// <summary>
/// A chain of one funding output and what spends it: takes what both nodes publish, mines it in an order left to chance, and tells both what they watch.
/// Scripts, locks and double spends are real; fees and relay are not its business.
/// </summary>
internal sealed class ToyChain
{
    private readonly Dictionary<TxId, (Transaction Transaction, uint Height)> _mined = [];
    private readonly Dictionary<OutPoint, Transaction> _spent = [];
    private readonly Dictionary<ChannelNode, int> _read = [];
    private readonly Dictionary<TxId, Transaction> _pool = [];
    private readonly Dictionary<ChannelNode, HashSet<OutPoint>> _watched = [];
    private readonly Dictionary<ChannelNode, Dictionary<TxId, (Transaction Transaction, uint Depth)>> _awaited = [];
    private readonly Random _random;

    public ToyChain(Random random, Transaction funding, uint height)
    {
        _random = random;
        Height = height;
        _mined[funding.TxId] = (funding, height);
    }

    public uint Height { get; private set; }

    public IEnumerable<Transaction> Mined => _mined.Values.Select(static one => one.Transaction);

    /// <summary>Someone publishes a transaction without telling.</summary>
    public void Publish(Transaction transaction) => _pool.TryAdd(transaction.TxId, transaction);

    public void MineBlock(params ReadOnlySpan<ChannelNode> nodes)
    {
        Height++;
        var block = new List<Transaction>();
        foreach (var node in nodes)
        {
            node.Height = Height;
            Read(node);
        }

        var candidates = _pool.Values.ToArray();
        _random.Shuffle(candidates);
        foreach (var candidate in candidates)
        {
            // Not every block takes everything.
            if (_random.Next(4) > 0 && CanSpend(candidate)) block.Add(Mine(candidate));
        }

        foreach (var node in nodes)
        {
            node.Do(new ChannelCommand.NewBlock());
            foreach (var transaction in block) Tell(node, transaction);
            Read(node);

            // What was spent before it was watched is told of too.
            foreach (var (output, spender) in _spent)
            {
                if (_watched[node].Remove(output)) node.Do(new ChannelCommand.OutputSpent(spender, _mined[spender.TxId].Height));
            }

            foreach (var (transaction, depth) in _awaited[node].Values.ToList())
            {
                if (!_mined.TryGetValue(transaction.TxId, out var mined) || Height + 1 < mined.Height + depth) continue;
                _awaited[node].Remove(transaction.TxId);
                node.Do(new ChannelCommand.TransactionConfirmed(transaction, mined.Height));
            }

            Read(node);
        }
    }

    private void Tell(ChannelNode node, Transaction transaction)
    {
        var funding = node.Funded.Commitments.Latest.Funding.OutPoint;
        if (transaction.Inputs.Any(input => input.PreviousOutput == funding)) node.Do(new ChannelCommand.FundingSpent(transaction, Height));
    }

    private void Read(ChannelNode node)
    {
        _watched.TryAdd(node, []);
        _awaited.TryAdd(node, []);
        _read.TryAdd(node, 0);
        for (; _read[node] < node.Actions.Count; _read[node]++)
        {
            switch (node.Actions[_read[node]])
            {
                case ChannelAction.Publish publish:
                    _pool.TryAdd(publish.Transaction.TxId, publish.Transaction);
                    break;
                case ChannelAction.WatchOutputSpent watch:
                    _watched[node].Add(watch.Output);
                    break;
                case ChannelAction.WatchConfirmed watch:
                    _awaited[node].TryAdd(watch.Transaction.TxId, (watch.Transaction, watch.Depth));
                    break;
                default:
                    break;
            }
        }
    }

    private Transaction Mine(Transaction transaction)
    {
        Chain.Verify(transaction, [.. transaction.Inputs.Select(input => _mined[input.PreviousOutput.TxId].Transaction).DistinctBy(static one => one.TxId)]);
        foreach (var input in transaction.Inputs) _spent.Add(input.PreviousOutput, transaction);
        _mined.Add(transaction.TxId, (transaction, Height));
        _pool.Remove(transaction.TxId);
        return transaction;
    }

    private bool CanSpend(Transaction transaction)
    {
        if (_mined.ContainsKey(transaction.TxId)) return false;
        if (transaction.LockTime is < 500_000_000 and > 0 && transaction.LockTime >= Height) return false;
        foreach (var input in transaction.Inputs)
        {
            if (!_mined.TryGetValue(input.PreviousOutput.TxId, out var parent) || _spent.ContainsKey(input.PreviousOutput)) return false;
            if ((input.Sequence & 0x8000_0000) == 0 && Height < parent.Height + (input.Sequence & 0xFFFF)) return false;
        }

        return true;
    }
}
