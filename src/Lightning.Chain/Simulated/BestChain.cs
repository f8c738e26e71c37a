using System.Collections.Immutable;
using Lightning.Bitcoin.Blocks;

namespace Lightning.Chain.Simulated;

/// <summary>The blocks of the best chain with their unspent outputs, and all blocks there ever were.</summary>
internal sealed class BestChain
{
    /// <summary>How many blocks the median time looks back (BIP 113).</summary>
    private const int MedianTimeSpan = 11;

    /// <summary>The first block of the regression test network; it differs from the mainnet's in its header only. Its coinbase cannot be spent.</summary>
    private const string GenesisHex =
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f20020000000101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000";

    private readonly List<ConnectedBlock> _blocks = [];
    private readonly Dictionary<BlockHash, ChainBlock> _known = [];
    private readonly Dictionary<TxId, uint> _heights = [];

    public BestChain()
    {
        var genesis = Block.Parse(Convert.FromHexString(GenesisHex));
        var block = new ChainBlock(0, genesis.Hash, genesis.Header.PreviousHash, genesis.Header.Time, genesis.Transactions);
        _blocks.Add(new ConnectedBlock(block, []));
        _known.Add(block.Hash, block);
    }

    public CoinSet Coins { get; } = new();

    public ChainBlock TipBlock => _blocks[^1].Block;

    public uint NextHeight => (uint)_blocks.Count;

    public ChainBlock? At(uint height) => height < (uint)_blocks.Count ? _blocks[(int)height].Block : null;

    /// <summary>A block of the best chain or of one that was left.</summary>
    public ChainBlock? Find(BlockHash hash) => _known.GetValueOrDefault(hash);

    /// <summary>The block of the best chain that holds a transaction.</summary>
    public ChainBlock? BlockOf(TxId id) => _heights.TryGetValue(id, out var height) ? At(height) : null;

    /// <summary>Median of the last times up to and with the block at <paramref name="height"/> (BIP 113), seconds since 1970.</summary>
    public uint MedianTimePast(uint height)
    {
        var count = (int)Math.Min(MedianTimeSpan, height + 1);
        Span<uint> times = stackalloc uint[count];
        for (var i = 0; i < count; i++) times[i] = _blocks[(int)height - i].Block.Time;
        times.Sort();
        return times[count / 2];
    }

    public void Connect(ChainBlock block)
    {
        var spent = ImmutableArray.CreateBuilder<(OutPoint, UnspentCoin)>();
        foreach (var transaction in block.Transactions)
        {
            if (!transaction.IsCoinbase)
                foreach (var input in transaction.Inputs) spent.Add((input.PreviousOutput, Coins.Remove(input.PreviousOutput)));
            Coins.AddOutputs(transaction, block.Height);
            _heights.Add(transaction.TxId, block.Height);
        }

        _blocks.Add(new ConnectedBlock(block, spent.ToImmutable()));
        _known.Add(block.Hash, block);
    }

    public ChainBlock DisconnectTip()
    {
        var (block, spent) = _blocks[^1];
        if (block.Height == 0) throw new InvalidOperationException("The genesis block cannot be disconnected.");
        _blocks.RemoveAt(_blocks.Count - 1);

        // Backwards: a later transaction of the block may have spent an earlier one's output.
        var next = spent.Length;
        for (var i = block.Transactions.Length - 1; i >= 0; i--)
        {
            var transaction = block.Transactions[i];
            Coins.RemoveOutputs(transaction);
            _heights.Remove(transaction.TxId);
            if (transaction.IsCoinbase) continue;
            for (var input = transaction.Inputs.Length - 1; input >= 0; input--)
            {
                var (outPoint, coin) = spent[--next];
                Coins.Add(outPoint, coin);
            }
        }

        return block;
    }
}
