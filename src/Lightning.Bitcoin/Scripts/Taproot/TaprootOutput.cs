using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Scripts.Taproot;

/// <summary>A taproot output (BIP 341): an internal key, and scripts or none.</summary>
public sealed class TaprootOutput
{
    /// <summary>Tweaks the internal key with the scripts.</summary>
    /// <param name="internalKey">Who can spend without a script.</param>
    /// <param name="tree">The scripts; null for the key path only (BIP 86).</param>
    public TaprootOutput(XOnlyPubKey internalKey, TapTree? tree = null)
    {
        (InternalKey, Tree) = (internalKey, tree);
        Tweak = TweakOf(internalKey, tree?.Root);
        (OutputKey, OddY) = internalKey.TweakAdd(Tweak);
    }

    /// <summary>Who can spend without a script.</summary>
    public XOnlyPubKey InternalKey { get; }

    /// <summary>The scripts; null for none.</summary>
    public TapTree? Tree { get; }

    /// <summary>What is added to the internal key; the private key for the key path is <see cref="Key.TaprootTweak"/> of it.</summary>
    public Bytes32 Tweak { get; }

    /// <summary>The key on chain.</summary>
    public XOnlyPubKey OutputKey { get; }

    /// <summary>Whether the y of the key on chain is odd.</summary>
    public bool OddY { get; }

    /// <summary>The output script.</summary>
    public Script ScriptPubKey => ScriptTemplates.P2tr(OutputKey);

    /// <summary>The control block that proves a script: the last item of a script path witness.</summary>
    /// <exception cref="ArgumentException">No such leaf.</exception>
    public Bytes ControlBlock(TapLeaf leaf)
    {
        var path = Tree?.PathOf(leaf) ?? throw new ArgumentException("The output has no scripts.", nameof(leaf));
        var block = new byte[Taproot.ControlBlock.BaseSize + (path.Length * Bytes32.Size)];
        block[0] = (byte)(leaf.Version | (OddY ? 1 : 0));
        var key = InternalKey.Value;
        key.Span.CopyTo(block.AsSpan(1));
        for (var i = 0; i < path.Length; i++) path[i].Span.CopyTo(block.AsSpan(Taproot.ControlBlock.BaseSize + (i * Bytes32.Size)));
        return Bytes.Wrap(block);
    }

    /// <summary>The tweak of an internal key for a Merkle root, or for no scripts.</summary>
    public static Bytes32 TweakOf(XOnlyPubKey internalKey, Bytes32? merkleRoot)
    {
        Span<byte> data = stackalloc byte[64];
        var key = internalKey.Value;
        key.Span.CopyTo(data);
        if (merkleRoot is not { } root) return Hashes.Tagged("TapTweak"u8, data[..32]);
        root.Span.CopyTo(data[32..]);
        return Hashes.Tagged("TapTweak"u8, data);
    }
}
