using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Blocks;

/// <summary>The 80 bytes that identify a block.</summary>
/// <param name="Version">nVersion.</param>
/// <param name="PreviousHash">The parent.</param>
/// <param name="MerkleRoot">Root over the transaction ids.</param>
/// <param name="Time">Seconds since 1970, as the miner says.</param>
/// <param name="Bits">The target in its compact form.</param>
/// <param name="Nonce">What the miner varied.</param>
public sealed record BlockHeader(uint Version, BlockHash PreviousHash, Bytes32 MerkleRoot, uint Time, uint Bits, uint Nonce)
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 80;

    /// <summary>The block's hash.</summary>
    public BlockHash Hash
    {
        get
        {
            Span<byte> buffer = stackalloc byte[Size];
            WriteTo(buffer);
            return new BlockHash(Hashes.Hash256(buffer));
        }
    }

    /// <summary>Parses exactly 80 bytes.</summary>
    /// <exception cref="FormatException">The length is not 80.</exception>
    public static BlockHeader Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new FormatException($"A block header has {Size} bytes, not {bytes.Length}.");
        var reader = new BitcoinReader(bytes);
        return Read(ref reader);
    }

    /// <summary>Parses the next 80 bytes.</summary>
    /// <exception cref="FormatException">Fewer are left.</exception>
    public static BlockHeader Read(ref BitcoinReader reader)
    {
        var version = reader.U32();
        var previous = new BlockHash(reader.Bytes32());
        var root = reader.Bytes32();
        var time = reader.U32();
        var bits = reader.U32();
        return new BlockHeader(version, previous, root, time, bits, reader.U32());
    }

    /// <summary>The 80 bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        WriteTo(bytes);
        return bytes;
    }

    private void WriteTo(Span<byte> buffer)
    {
        var writer = new BitcoinWriter(buffer);
        writer.U32(Version);
        writer.Write(PreviousHash.Value);
        writer.Write(MerkleRoot);
        writer.U32(Time);
        writer.U32(Bits);
        writer.U32(Nonce);
    }
}
