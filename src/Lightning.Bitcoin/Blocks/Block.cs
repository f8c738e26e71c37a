using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Blocks;

/// <summary>A block.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Transactions">Its transactions, the coinbase first.</param>
public sealed record Block(BlockHeader Header, ImmutableArray<Transaction> Transactions)
{
    private const int SmallestTransaction = 60;

    /// <summary>OP_RETURN, 36 bytes, and the four bytes that mark the output with the witness commitment (BIP 141).</summary>
    private static ReadOnlySpan<byte> WitnessCommitmentHead => [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed];

    /// <summary>The header's hash.</summary>
    public BlockHash Hash => Header.Hash;

    /// <summary>The height as the coinbase states it (BIP 34), or null where it states none.</summary>
    public uint? CoinbaseHeight
    {
        get
        {
            if (Transactions.IsEmpty || !Transactions[0].IsCoinbase) return null;
            var reader = new Scripts.ScriptReader(Transactions[0].Inputs[0].ScriptSig.Span);
            if (!reader.TryRead(out var code, out var data)) return null;
            if (code is >= Scripts.OpCode.OP_1 and <= Scripts.OpCode.OP_16) return (uint)(code - Scripts.OpCode.OP_1) + 1;
            return Scripts.ScriptNumber.TryDecode(data, 4, true, out var height) && height >= 0 ? (uint)height : null;
        }
    }

    /// <summary>Parses a whole block; nothing may follow it.</summary>
    /// <exception cref="FormatException">Not a block.</exception>
    public static Block Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new BitcoinReader(bytes);
        var header = BlockHeader.Read(ref reader);
        var transactions = ImmutableArray.CreateBuilder<Transaction>(reader.Count(SmallestTransaction));
        for (var i = 0; i < transactions.Capacity; i++) transactions.Add(Transaction.Read(ref reader));
        return reader.Remaining == 0
            ? new Block(header, transactions.MoveToImmutable())
            : throw new FormatException($"{reader.Remaining} bytes follow the block.");
    }

    /// <summary>Serialized with witnesses.</summary>
    public byte[] ToBytes()
    {
        var size = BlockHeader.Size + VarInt.SizeOf((ulong)Transactions.Length);
        foreach (var transaction in Transactions) size += transaction.TotalSize;
        var bytes = new byte[size];
        var writer = new BitcoinWriter(bytes);
        writer.Write(Header.ToBytes());
        writer.VarInt((ulong)Transactions.Length);
        foreach (var transaction in Transactions) transaction.WriteTo(ref writer, withWitness: true);
        return bytes;
    }

    /// <summary>Whether the header commits to exactly these transactions, witnesses included (BIP 141).</summary>
    public bool IsCommitted()
    {
        var ids = new Bytes32[Transactions.Length];
        for (var i = 0; i < ids.Length; i++) ids[i] = Transactions[i].TxId.Value;
        return MerkleTree.Root(ids, out var mutated) == Header.MerkleRoot && !mutated && WitnessesAreCommitted();
    }

    /// <summary>The commitment to all witnesses that the coinbase carries (BIP 141).</summary>
    /// <param name="transactions">The transactions; the coinbase, first, counts as zeros.</param>
    /// <param name="reserved">The 32 bytes of the coinbase's witness.</param>
    public static Bytes32 WitnessCommitment(ImmutableArray<Transaction> transactions, in Bytes32 reserved)
    {
        var hashes = new Bytes32[transactions.Length];
        for (var i = 1; i < hashes.Length; i++) hashes[i] = transactions[i].Wtxid;
        Span<byte> pair = stackalloc byte[64];
        MerkleTree.Root(hashes).Span.CopyTo(pair);
        reserved.Span.CopyTo(pair[32..]);
        return Hashes.Hash256(pair);
    }

    private bool WitnessesAreCommitted()
    {
        if (Transactions.IsEmpty) return false;
        var coinbase = Transactions[0];
        for (var i = coinbase.Outputs.Length - 1; i >= 0; i--)
        {
            var script = coinbase.Outputs[i].ScriptPubKey.Span;
            if (script.Length < 38 || !script.StartsWith(WitnessCommitmentHead)) continue;
            var stack = coinbase.Inputs[0].Witness.Stack;
            return stack is [{ Length: 32 }] && WitnessCommitment(Transactions, new Bytes32(stack[0].Span)) == new Bytes32(script[6..38]);
        }

        // Without a commitment no transaction may carry a witness.
        foreach (var transaction in Transactions)
            if (transaction.HasWitness) return false;
        return true;
    }
}
