using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Scripts;

namespace Lightning.Channels.Transactions;

/// <summary>One output of a commitment transaction and what it is for.</summary>
public sealed class CommitmentOutput
{
    private CommitmentOutput(CommitmentOutputKind kind, TxOut output, Script witnessScript, CommittedHtlc? htlc) =>
        (Kind, Output, WitnessScript, Htlc) = (kind, output, witnessScript, htlc);

    /// <summary>What it is for.</summary>
    public CommitmentOutputKind Kind { get; }

    /// <summary>Amount and locking script.</summary>
    public TxOut Output { get; }

    /// <summary>The script behind a P2WSH; empty for P2WPKH (to_remote without anchors).</summary>
    public Script WitnessScript { get; }

    /// <summary>The HTLC, for <see cref="CommitmentOutputKind.Htlc"/> only.</summary>
    public CommittedHtlc? Htlc { get; }

    internal static CommitmentOutput ToScript(CommitmentOutputKind kind, Satoshi amount, Script witnessScript, CommittedHtlc? htlc = null) =>
        new(kind, new TxOut(amount, witnessScript.ToP2wsh()), witnessScript, htlc);

    internal static CommitmentOutput ToKey(CommitmentOutputKind kind, Satoshi amount, PubKey key) =>
        new(kind, new TxOut(amount, ScriptTemplates.P2wpkh(key)), Script.Empty, null);

    /// <summary>The order of BOLT 3 "Transaction Output Ordering"; HTLCs that are equal even there go by id, so that both nodes agree.</summary>
    internal static int Compare(CommitmentOutput left, CommitmentOutput right)
    {
        var order = left.Output.Value.CompareTo(right.Output.Value);
        if (order != 0) return order;
        order = left.Output.ScriptPubKey.Span.SequenceCompareTo(right.Output.ScriptPubKey.Span);
        if (order != 0 || left.Htlc is null || right.Htlc is null) return order;
        order = left.Htlc.CltvExpiry.CompareTo(right.Htlc.CltvExpiry);
        return order != 0 ? order : left.Htlc.Id.CompareTo(right.Htlc.Id);
    }
}
