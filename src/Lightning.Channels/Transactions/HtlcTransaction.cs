using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Formats;
using Lightning.Channels.Scripts;

namespace Lightning.Channels.Transactions;

/// <summary>
/// An HTLC-timeout or HTLC-success transaction: how the owner of a commitment takes an HTLC output of it (BOLT 3 "HTLC-Timeout and HTLC-Success
/// Transactions"). With anchors it pays no fee, and its input and output are put at one index of a larger transaction.
/// </summary>
public sealed class HtlcTransaction
{
    private Bytes32? _otherSigHash;

    internal HtlcTransaction(CommitmentTransaction commitment, int outputIndex, Script delayedScript, Script delayedScriptPubKey)
    {
        Commitment = commitment;
        OutputIndex = outputIndex;
        DelayedScript = delayedScript;
        var htlc = Htlc;
        var format = commitment.Terms.Format;
        var amount = Spent.Output.Value - format.HtlcTransactionFee(htlc.Direction, commitment.Spec.Feerate);
        Transaction = new Transaction(
            2,
            [new TxIn(new OutPoint(commitment.TxId, (uint)outputIndex), Script.Empty, format.HtlcSequence, Bitcoin.Transactions.Witness.Empty)],
            [new TxOut(amount, delayedScriptPubKey)],
            IsSuccess ? 0 : htlc.CltvExpiry);
    }

    /// <summary>The commitment whose output it spends.</summary>
    public CommitmentTransaction Commitment { get; }

    /// <summary>The index of that output.</summary>
    public int OutputIndex { get; }

    /// <summary>That output.</summary>
    public CommitmentOutput Spent => Commitment.Outputs[OutputIndex];

    /// <summary>The HTLC, from the view of the commitment's owner.</summary>
    public CommittedHtlc Htlc => Spent.Htlc!;

    /// <summary>HTLC-success (needs the preimage), else HTLC-timeout (needs its locktime to pass).</summary>
    public bool IsSuccess => Htlc.Direction == HtlcDirection.Received;

    /// <summary>The script behind its output: to_local's.</summary>
    public Script DelayedScript { get; }

    /// <summary>The transaction without witness: one input, one output.</summary>
    public Transaction Transaction { get; }

    /// <summary>The hash that the other node's htlc key signs.</summary>
    public Bytes32 OtherSigHash => _otherSigHash ??= SigHash(Transaction, 0, Format.HtlcSigHash);

    private CommitmentFormat Format => Commitment.Terms.Format;

    /// <summary>The hash that the owner's htlc key signs: it covers everything, else anyone could add inputs and outputs (BOLT 5).</summary>
    /// <param name="transaction">This transaction, or a larger one that holds its input and output at index <paramref name="input"/>.</param>
    /// <param name="input">The index.</param>
    public Bytes32 OwnerSigHash(Transaction transaction, int input = 0) => SigHash(transaction, input, SigHashType.All);

    /// <summary>Checks the other node's signature; a high S is refused.</summary>
    public bool VerifyOther(in EcdsaSignature signature) => Commitment.Keys.OtherHtlc.Verify(OtherSigHash, signature);

    /// <summary>0 &lt;remotehtlcsig&gt; &lt;localhtlcsig&gt; &lt;payment_preimage or empty&gt; and the script.</summary>
    /// <param name="ownerSignature">The owner's, over all.</param>
    /// <param name="otherSignature">As commitment_signed carried it.</param>
    /// <param name="preimage">For HTLC-success only.</param>
    /// <exception cref="ArgumentException">A preimage is missing, wrong or out of place.</exception>
    public Witness Witness(in EcdsaSignature ownerSignature, in EcdsaSignature otherSignature, PaymentPreimage? preimage)
    {
        if (IsSuccess != preimage.HasValue) throw new ArgumentException(IsSuccess ? "HTLC-success needs the preimage." : "HTLC-timeout has no preimage.", nameof(preimage));
        if (preimage is { } known && known.Hash != Htlc.PaymentHash) throw new ArgumentException($"The preimage is not that of {Htlc.PaymentHash}.", nameof(preimage));
        return new Witness([
            Bytes.Empty,
            WitnessItems.Signature(otherSignature, Format.HtlcSigHash),
            WitnessItems.Signature(ownerSignature),
            preimage is { } shown ? new Bytes(shown.Value.Span) : Bytes.Empty,
            Spent.WitnessScript.Bytes,
        ]);
    }

    private Bytes32 SigHash(Transaction transaction, int input, SigHashType type) =>
        Bitcoin.Transactions.SigHash.SegwitV0(transaction, input, Spent.WitnessScript, Spent.Output.Value, type);
}
