using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Scripts;

namespace Lightning.Channels.Transactions;

/// <summary>The funding output that commitments and closings spend (BOLT 3 "Funding Transaction Output"). A splice or a replacement has another one.</summary>
public sealed class ChannelFunding : IEquatable<ChannelFunding>
{
    /// <summary>Makes the funding output.</summary>
    /// <param name="outPoint">Where it is.</param>
    /// <param name="capacity">What it holds; satoshi.</param>
    /// <param name="localPubKey">Our funding_pubkey.</param>
    /// <param name="remotePubKey">The peer's funding_pubkey.</param>
    /// <param name="keyIndex">Which of our funding keys it is (see <see cref="Signing.IChannelSigner.FundingPubKey"/>); 0 for the first funding.</param>
    public ChannelFunding(OutPoint outPoint, Satoshi capacity, PubKey localPubKey, PubKey remotePubKey, uint keyIndex = 0)
    {
        OutPoint = outPoint;
        Capacity = capacity;
        LocalPubKey = localPubKey;
        RemotePubKey = remotePubKey;
        KeyIndex = keyIndex;
        WitnessScript = ScriptTemplates.MultiSig2Of2(localPubKey, remotePubKey);
        ScriptPubKey = WitnessScript.ToP2wsh();
    }

    /// <summary>Where it is.</summary>
    public OutPoint OutPoint { get; }

    /// <summary>What it holds; satoshi.</summary>
    public Satoshi Capacity { get; }

    /// <summary>Our funding_pubkey.</summary>
    public PubKey LocalPubKey { get; }

    /// <summary>The peer's funding_pubkey.</summary>
    public PubKey RemotePubKey { get; }

    /// <summary>Which of our funding keys <see cref="LocalPubKey"/> is.</summary>
    public uint KeyIndex { get; }

    /// <summary>2 &lt;pubkey1&gt; &lt;pubkey2&gt; 2 OP_CHECKMULTISIG, keys in lexicographic order.</summary>
    public Script WitnessScript { get; }

    /// <summary>The P2WSH of it: what the funding transaction must pay, and what a confirmed funding is compared with.</summary>
    public Script ScriptPubKey { get; }

    /// <summary>The P2WSH output that a funding transaction pays to these keys, for a funding whose txid is not known yet.</summary>
    public static Script ScriptPubKeyOf(PubKey first, PubKey second) => ScriptTemplates.MultiSig2Of2(first, second).ToP2wsh();

    /// <summary>0 &lt;signature_for_pubkey1&gt; &lt;signature_for_pubkey2&gt; and the script: the witness that spends it.</summary>
    public Witness Witness(in EcdsaSignature localSignature, in EcdsaSignature remoteSignature)
    {
        Bytes local = WitnessItems.Signature(localSignature), remote = WitnessItems.Signature(remoteSignature);
        return LocalPubKey.CompareTo(RemotePubKey) < 0
            ? new Witness([Bytes.Empty, local, remote, WitnessScript.Bytes])
            : new Witness([Bytes.Empty, remote, local, WitnessScript.Bytes]);
    }

    /// <summary>The hash that both sign when <paramref name="transaction"/> spends it.</summary>
    /// <param name="transaction">The spending transaction.</param>
    /// <param name="input">The input that spends it.</param>
    public Bytes32 SigHash(Transaction transaction, int input = 0) => Lightning.Bitcoin.Transactions.SigHash.SegwitV0(transaction, input, WitnessScript, Capacity);

    /// <inheritdoc/>
    public bool Equals(ChannelFunding? other) =>
        other is not null && OutPoint == other.OutPoint && Capacity == other.Capacity && LocalPubKey == other.LocalPubKey
        && RemotePubKey == other.RemotePubKey && KeyIndex == other.KeyIndex;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ChannelFunding);

    /// <inheritdoc/>
    public override int GetHashCode() => OutPoint.GetHashCode();

    /// <summary>The outpoint and the capacity.</summary>
    public override string ToString() => $"{OutPoint} ({Capacity})";
}
