using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Scripts.Taproot;

/// <summary>The proof that a script belongs to a taproot output (BIP 341).</summary>
public static class ControlBlock
{
    /// <summary>Size in bytes without a path: version and parity, internal key.</summary>
    public const int BaseSize = 33;

    /// <summary>Whether a control block has a possible size.</summary>
    public static bool HasValidSize(ReadOnlySpan<byte> block) =>
        block.Length >= BaseSize && block.Length <= BaseSize + (TapTree.MaxDepth * Bytes32.Size) && (block.Length - BaseSize) % Bytes32.Size == 0;

    /// <summary>The leaf version in a control block.</summary>
    public static byte LeafVersion(ReadOnlySpan<byte> block) => (byte)(block[0] & 0xfe);

    /// <summary>Whether a control block of valid size proves that the leaf is part of the output key.</summary>
    /// <param name="block">The control block.</param>
    /// <param name="leafHash">The hash of the script's leaf.</param>
    /// <param name="outputKey">The witness program, 32 bytes.</param>
    public static bool Proves(ReadOnlySpan<byte> block, in Bytes32 leafHash, ReadOnlySpan<byte> outputKey)
    {
        if (!XOnlyPubKey.TryParse(new Bytes32(block[1..BaseSize]), out var internalKey)) return false;
        var root = leafHash;
        for (var rest = block[BaseSize..]; !rest.IsEmpty; rest = rest[Bytes32.Size..]) root = TapTree.HashBranch(root, new Bytes32(rest[..Bytes32.Size]));
        var (key, oddY) = internalKey.TweakAdd(TaprootOutput.TweakOf(internalKey, root));
        return oddY == ((block[0] & 1) != 0) && key.Value == new Bytes32(outputKey);
    }
}
