using System.Collections.Immutable;
using Lightning.Bitcoin.Blocks;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Blocks;

public sealed class BlockTests
{
    private const string Genesis = "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c0101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000";

    [Fact]
    public void The_genesis_block_parses_hashes_and_round_trips()
    {
        var block = Block.Parse(Convert.FromHexString(Genesis));

        Assert.Equal(Network.Mainnet.GenesisHash, block.Hash);
        Assert.True(block.Transactions[0].IsCoinbase);
        Assert.True(block.IsCommitted());
        Assert.Equal(Genesis, Convert.ToHexStringLower(block.ToBytes()));
        Assert.Equal(1231006505u, block.Header.Time);
        Assert.Equal(block.Header, BlockHeader.Parse(block.Header.ToBytes()));
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        var bytes = Convert.FromHexString(Genesis);
        for (var length = 0; length < bytes.Length; length += 7) Assert.Throws<FormatException>(() => Block.Parse(bytes.AsSpan(0, length)));
        Assert.Throws<FormatException>(() => Block.Parse([.. bytes, 0]));
    }

    [Fact]
    public void A_block_that_announces_more_transactions_than_it_has_is_refused_before_anything_is_allocated()
    {
        byte[] bytes = [.. Convert.FromHexString(Genesis).AsSpan(0, 80), 0xfe, 0xff, 0xff, 0xff, 0x7f];

        Assert.Throws<FormatException>(() => Block.Parse(bytes));
    }

    [Fact]
    public void A_block_whose_transactions_were_doubled_is_found_out()
    {
        // CVE-2012-2459: three leaves and four leaves with the last one repeated have one root.
        var leaves = Enumerable.Range(1, 3).Select(i => Bytes32.FromHex(i.ToString("x64", System.Globalization.CultureInfo.InvariantCulture))).ToArray();

        var root = MerkleTree.Root(leaves, out var mutated);
        var sameRoot = MerkleTree.Root([.. leaves, leaves[2]], out var doubled);

        Assert.Equal(root, sameRoot);
        Assert.False(mutated);
        Assert.True(doubled);
    }

    [Fact]
    public void Witnesses_are_part_of_the_commitment()
    {
        var spend = new Transaction(2, [new TxIn(new OutPoint(new TxId(Bytes32.FromHex(new string('1', 64))), 0), Script.Empty, 0, Witness.Of([1]))], [new TxOut(new Satoshi(1), Script.Empty)], 0);
        var block = WithCommitment(Coinbase(), spend);

        Assert.True(block.IsCommitted());
        Assert.False((block with { Transactions = [block.Transactions[0], spend.WithWitness(0, Witness.Of([2]))] }).IsCommitted());
        Assert.False((block with { Transactions = [block.Transactions[0]] }).IsCommitted());
        Assert.Equal(block.Hash, Block.Parse(block.ToBytes()).Hash);
        Assert.Equal(500_000u, block.CoinbaseHeight);
    }

    private static Transaction Coinbase() =>
        new(2, [new TxIn(new OutPoint(default, uint.MaxValue), new ScriptBuilder().Number(500_000).Build(), uint.MaxValue, Witness.Of(new byte[32]))], [new TxOut(new Satoshi(50), Script.Empty)], 0);

    private static Block WithCommitment(Transaction coinbase, params ImmutableArray<Transaction> others)
    {
        var commitment = Block.WitnessCommitment([coinbase, .. others], Bytes32.Zero);
        var output = new TxOut(Satoshi.Zero, ScriptTemplates.OpReturn([0xaa, 0x21, 0xa9, 0xed, .. commitment.Span]));
        coinbase = new Transaction(coinbase.Version, coinbase.Inputs, coinbase.Outputs.Add(output), coinbase.LockTime);
        ImmutableArray<Transaction> transactions = [coinbase, .. others];
        return new Block(new BlockHeader(4, default, MerkleTree.Root([.. transactions.Select(t => t.TxId.Value)]), 0, 0, 0), transactions);
    }
}
