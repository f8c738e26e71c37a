using System.Collections.Immutable;
using Lightning.Bitcoin.Blocks;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Scripts.Interpreter;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>What only a simulation can: blocks on demand, reorganisations, money from nothing.</summary>
public sealed partial class SimulatedChain
{
    private const uint RegtestBits = 0x207fffff;
    private const int HalvingInterval = 210_000;
    private const long FirstSubsidy = 5_000_000_000;
    private const int FaucetBlocks = 120;

    /// <summary>Leaves room for the header and the coinbase.</summary>
    private const int MaxTransactionsWeight = TransactionRules.MaxBlockWeight - 4_000;

    private static readonly Script FaucetWitnessScript = new ScriptBuilder().Op(OpCode.OP_1).Build();
    private static readonly Script FaucetScript = FaucetWitnessScript.ToP2wsh();
    private long _minedBlocks;

    /// <summary>What miners ask for at least: what pays less, together with its ancestors, stays in the mempool. Zero at first.</summary>
    public FeeratePerKw MiningFeerate
    {
        get
        {
            lock (_gate) return field;
        }

        set
        {
            lock (_gate) field = value;
        }
    }

    /// <summary>Mines blocks on the tip, with all of the mempool that fits and pays <see cref="MiningFeerate"/>.</summary>
    /// <param name="count">How many blocks.</param>
    /// <param name="to">Who gets subsidy and fees; null for the faucet of <see cref="Fund"/>.</param>
    /// <param name="time">The first block's time, seconds since 1970, each next one second later; null for the clock's. Never below the median time allows.</param>
    /// <returns>The blocks.</returns>
    public ImmutableArray<ChainBlock> Mine(int count = 1, Script? to = null, uint? time = null)
    {
        lock (_gate)
        {
            var blocks = ImmutableArray.CreateBuilder<ChainBlock>(count);
            for (var i = 0; i < count; i++) blocks.Add(MineBlock(SelectFromMempool(), to, time + (uint)i));
            SignalChange();
            return blocks.MoveToImmutable();
        }
    }

    /// <summary>
    /// Mines one block of exactly these transactions, parents first: they need not have been in the mempool (a miner got them in private), and only
    /// consensus binds them. What they conflict with leaves the mempool. Without arguments: an empty block.
    /// </summary>
    /// <exception cref="InvalidOperationException">Consensus refuses one of them; nothing was mined.</exception>
    public ChainBlock MineOnly(params ReadOnlySpan<Transaction> transactions)
    {
        lock (_gate)
        {
            var block = MineBlock(CheckForBlock(transactions), null, null);
            SignalChange();
            return block;
        }
    }

    /// <summary>Mines one empty block whose coinbase makes this output, at index 0; the rest of the subsidy is the faucet's.</summary>
    /// <exception cref="InvalidOperationException">It is more than the subsidy.</exception>
    public ChainBlock MineTo(TxOut output)
    {
        lock (_gate)
        {
            var block = MineBlock([], null, null, output);
            SignalChange();
            return block;
        }
    }

    /// <summary>Disconnects blocks from the tip. Their transactions go back into the mempool as far as they are still valid; coinbases are gone.</summary>
    /// <param name="count">How many blocks.</param>
    /// <exception cref="InvalidOperationException">More blocks than there are above the genesis block.</exception>
    public void InvalidateTip(int count = 1)
    {
        lock (_gate)
        {
            if (count < 0 || count > _chain.TipBlock.Height) throw new InvalidOperationException($"There are {_chain.TipBlock.Height} blocks above the genesis block, not {count}.");
            var returned = new List<Transaction>();
            for (var i = 0; i < count; i++) returned.InsertRange(0, _chain.DisconnectTip().Transactions.Skip(1));
            returned.AddRange(_mempool.Ordered.Select(e => e.Transaction));
            _mempool.Clear();
            foreach (var transaction in returned) _policy.Restore(transaction);
            SignalChange();
        }
    }

    /// <summary>Pays to a script from the faucet; the transaction waits in the mempool, its output 0 pays. The first call mines 120 blocks to have coins.</summary>
    /// <returns>The transaction.</returns>
    /// <exception cref="InvalidOperationException">The faucet has no coin large enough (50 BTC), or the mempool refuses the payment.</exception>
    public Transaction Fund(Script to, Satoshi amount)
    {
        lock (_gate)
        {
            if (_chain.TipBlock.Height < FaucetBlocks) Mine(FaucetBlocks - (int)_chain.TipBlock.Height);
            var feerate = EstimatedFeerate is { } estimate && estimate > _policy.MinFeerate ? estimate : _policy.MinFeerate;

            // Confirmed coins first: a long line of unconfirmed change would be refused.
            foreach (var coin in CoinsOf([FaucetScript]).OrderByDescending(c => c.Confirmations > 0).ThenByDescending(c => c.Output.Value))
            {
                var payment = Payment(coin.OutPoint, coin.Output.Value, new TxOut(amount, to), feerate);
                if (payment is null) continue;
                var result = _policy.Accept(payment);
                return result.IsKnown ? payment : throw new InvalidOperationException($"The faucet's payment was refused: {result.Reason}");
            }

            throw new InvalidOperationException($"The faucet has no coin of {amount}: mine more blocks.");
        }
    }

    private static Transaction? Payment(OutPoint coin, Satoshi value, TxOut output, FeeratePerKw feerate)
    {
        var input = new TxIn(coin, Script.Empty, 0xffff_fffd, Witness.Of(FaucetWitnessScript.Bytes.ToArray()));
        var sized = new Transaction(2, [input], [output, new TxOut(value, FaucetScript)], 0);
        var change = value - output.Value - Feerate.FeeOf(feerate, sized.VirtualSize);
        return change < Satoshi.Zero ? null : new Transaction(2, [input], [output, new TxOut(change, FaucetScript)], 0);
    }

    /// <summary>The mempool's entries for the next block, in an order that has parents first.</summary>
    private List<(Transaction Transaction, Satoshi Fee)> SelectFromMempool()
    {
        var selected = new List<(Transaction, Satoshi)>();
        var left = new HashSet<TxId>();
        var weight = 0;
        foreach (var entry in _mempool.Paying(MiningFeerate))
        {
            // What no longer fits waits, and so does what spends from it.
            if (weight + entry.Transaction.Weight > MaxTransactionsWeight || entry.Transaction.Inputs.Any(i => left.Contains(i.PreviousOutput.TxId)))
            {
                left.Add(entry.Transaction.TxId);
                continue;
            }

            weight += entry.Transaction.Weight;
            selected.Add((entry.Transaction, entry.Fee));
        }

        return selected;
    }

    private List<(Transaction Transaction, Satoshi Fee)> CheckForBlock(ReadOnlySpan<Transaction> transactions)
    {
        var made = new Dictionary<OutPoint, UnspentCoin>();
        var spentHere = new HashSet<OutPoint>();
        var checkedOnes = new List<(Transaction, Satoshi)>();
        UnspentCoin? Find(OutPoint outPoint) =>
            spentHere.Contains(outPoint) ? null : _chain.Coins.TryFind(outPoint, out var coin) ? coin : made.GetValueOrDefault(outPoint);

        foreach (var transaction in transactions)
        {
            var refusal = SpendRules.CheckInputs(transaction, _chain, Find, out var fee, out var spent) ?? SpendRules.CheckScripts(transaction, spent, ScriptFlags.Consensus);
            if (refusal is not null) throw new InvalidOperationException($"No block may hold {transaction.TxId}: {refusal.Reason}.");
            foreach (var input in transaction.Inputs) spentHere.Add(input.PreviousOutput);
            for (var i = 0; i < transaction.Outputs.Length; i++)
                made[new OutPoint(transaction.TxId, (uint)i)] = new UnspentCoin(transaction.Outputs[i], _chain.NextHeight, false);
            checkedOnes.Add((transaction, fee));
        }

        return checkedOnes;
    }

    private ChainBlock MineBlock(List<(Transaction Transaction, Satoshi Fee)> selected, Script? to, uint? time, TxOut? paid = null)
    {
        var tip = _chain.TipBlock;
        var now = time ?? (uint)Math.Clamp(_time.GetUtcNow().ToUnixTimeSeconds(), 0, uint.MaxValue);
        var blockTime = Math.Max(now, _chain.MedianTimePast(tip.Height) + 1);
        var fees = Satoshi.Zero;
        var transactions = ImmutableArray.CreateBuilder<Transaction>(selected.Count + 1);
        foreach (var (_, fee) in selected) fees += fee;
        transactions.Add(Coinbase(fees, to ?? FaucetScript, paid, [.. selected.Select(s => s.Transaction)]));
        foreach (var (transaction, _) in selected) transactions.Add(transaction);

        var root = MerkleTree.Root([.. transactions.Select(t => t.TxId.Value)]);
        var header = new BlockHeader(0x20000000, tip.Hash, root, blockTime, RegtestBits, 0);
        var block = new ChainBlock(_chain.NextHeight, header.Hash, tip.Hash, blockTime, transactions.MoveToImmutable());
        _chain.Connect(block);
        foreach (var transaction in block.Transactions) RemoveFromMempool(transaction);
        return block;
    }

    private Transaction Coinbase(Satoshi fees, Script to, TxOut? paid, ImmutableArray<Transaction> others)
    {
        // BIP 34 height, and the number of blocks mined so far: without it a block after a reorganisation could repeat a coinbase.
        var scriptSig = new ScriptBuilder().Number(_chain.NextHeight).Number(++_minedBlocks).Op(OpCode.OP_0).Build();
        var subsidy = new Satoshi(FirstSubsidy >> (int)Math.Min(63, _chain.NextHeight / HalvingInterval));
        var input = new TxIn(new OutPoint(default, uint.MaxValue), scriptSig, uint.MaxValue, Witness.Of(new byte[Bytes32.Size]));
        var rest = subsidy + fees - (paid?.Value ?? Satoshi.Zero);
        if (rest < Satoshi.Zero) throw new InvalidOperationException($"A block at height {_chain.NextHeight} makes {subsidy}, not {paid!.Value}.");
        ImmutableArray<TxOut> outputs = paid is { } first ? [first, new TxOut(rest, to)] : [new TxOut(rest, to)];
        var plain = new Transaction(2, [input], outputs, 0);
        var commitment = Block.WitnessCommitment([plain, .. others], Bytes32.Zero);
        var output = new TxOut(Satoshi.Zero, ScriptTemplates.OpReturn([0xaa, 0x21, 0xa9, 0xed, .. commitment.Span]));
        return new Transaction(plain.Version, plain.Inputs, plain.Outputs.Add(output), plain.LockTime);
    }

    private void RemoveFromMempool(Transaction confirmed)
    {
        _mempool.Remove(confirmed.TxId);
        foreach (var input in confirmed.Inputs)
            if (_mempool.SpenderOf(input.PreviousOutput) is { } conflict) _mempool.RemoveWithDescendants(conflict);
    }
}
