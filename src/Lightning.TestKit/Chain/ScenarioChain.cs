using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Chain.Simulated;

namespace Lightning.TestKit;

/// <summary>The chain of a network, under the test's control. Every method returns when all nodes have dealt with what it did.</summary>
public sealed class ScenarioChain
{
    private readonly ScenarioNetwork _network;
    private readonly HashSet<TxId> _withheld = [];

    internal ScenarioChain(ScenarioNetwork network, TimeProvider time)
    {
        _network = network;
        Simulated = new SimulatedChain(time);
    }

    /// <summary>The chain itself: blocks, mempool, faucet. What is done to it directly is noticed by the nodes at the next step here.</summary>
    public SimulatedChain Simulated { get; }

    /// <summary>Height of the best block.</summary>
    public uint Height => Simulated.Tip.Height;

    /// <summary>What waits to be mined.</summary>
    public ImmutableArray<Transaction> Mempool => Simulated.Mempool;

    /// <summary>Mines blocks at this moment of the network's time, each given to the nodes before the next.</summary>
    /// <param name="blocks">How many.</param>
    public async Task Mine(int blocks = 1)
    {
        for (var i = 0; i < blocks; i++)
        {
            if (_withheld.Count == 0) Simulated.Mine();
            else Simulated.MineOnly(Minable());
            await NoticeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Mines a block of exactly these transactions, which nobody has seen before.</summary>
    /// <exception cref="InvalidOperationException">Consensus refuses one of them.</exception>
    public async Task MineHidden(params Transaction[] transactions)
    {
        Simulated.MineOnly(transactions);
        await NoticeAsync().ConfigureAwait(false);
    }

    /// <summary>No miner takes this transaction until <see cref="Allow"/>, nor what spends from it.</summary>
    public void Withhold(TxId transaction) => _withheld.Add(transaction);

    /// <summary>Miners may take it again.</summary>
    public void Allow(TxId transaction) => _withheld.Remove(transaction);

    /// <summary>Replaces the last blocks by others, one more of them, so that the nodes go over to the new branch.</summary>
    /// <param name="blocks">How many are replaced.</param>
    /// <param name="isEmpty">Whether the new ones leave what was confirmed in the mempool.</param>
    public async Task Reorg(int blocks, bool isEmpty = false)
    {
        Simulated.InvalidateTip(blocks);
        for (var i = 0; i <= blocks; i++)
        {
            if (isEmpty) Simulated.MineOnly();
            else if (_withheld.Count == 0) Simulated.Mine();
            else Simulated.MineOnly(Minable());
        }

        await NoticeAsync().ConfigureAwait(false);
    }

    /// <summary>What nodes are told that a transaction should pay; they ask within two minutes of the network's time, which pass.</summary>
    public async Task SetFeerate(FeeratePerKw feerate)
    {
        Simulated.EstimatedFeerate = feerate;
        await _network.Advance(TimeSpan.FromMinutes(2)).ConfigureAwait(false);
    }

    /// <summary>What miners ask for at least, zero at first: what pays less waits in the mempool.</summary>
    public void SetMiningFeerate(FeeratePerKw feerate) => Simulated.MiningFeerate = feerate;

    /// <summary>The mempool is full: what pays less is dropped and refused. Restored by a low feerate.</summary>
    public void FillMempool(FeeratePerKw minimum) => Simulated.MinFeerate = minimum;

    /// <summary>Gives a transaction to the network, as anybody may.</summary>
    public BroadcastResult Broadcast(Transaction transaction) => Simulated.Broadcast(transaction);

    /// <summary>Mines until a transaction is confirmed.</summary>
    /// <exception cref="ScenarioException">It is not in the mempool.</exception>
    public async Task Confirm(TxId transaction, int depth = 1)
    {
        if (Simulated.Confirmations(transaction) is null) throw new ScenarioException($"Transaction {transaction} is neither in the mempool nor in a block.");
        while (Simulated.Confirmations(transaction) is { } confirmations && confirmations < depth) await Mine().ConfigureAwait(false);
    }

    internal Transaction? FindConfirmedSpender(OutPoint output)
    {
        for (var height = Height; height > 0; height--)
        {
            if (Simulated.GetBlockAsync(height, CancellationToken.None).Result is not { } block) return null;
            if (block.Transactions.FirstOrDefault(transaction => transaction.Inputs.Any(input => input.PreviousOutput == output)) is { } spender) return spender;
            if (block.Transactions.Any(transaction => transaction.TxId == output.TxId)) return null;
        }

        return null;
    }

    internal async Task NoticeAsync()
    {
        _network.Story.Divide(FormattableString.Invariant($"block {Height}"));
        _network.WakeChains();
        await _network.Rest().ConfigureAwait(false);
    }

    private Transaction[] Minable()
    {
        var left = new HashSet<TxId>(_withheld);
        return [.. Simulated.Mempool.Where(transaction =>
        {
            if (!left.Contains(transaction.TxId) && !transaction.Inputs.Any(input => left.Contains(input.PreviousOutput.TxId))) return true;
            left.Add(transaction.TxId);
            return false;
        })];
    }
}
