using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>How one output is taken: by one signature, or by the input and the output of this node's HTLC transaction.</summary>
public abstract class ClaimInput
{
    // Lengths in a witness: a signature in DER with its hash type at its longest, and its length byte.
    private const int LongestSignature = 1 + 73;
    private const int InputWeight = 4 * 41;

    private ClaimInput(OutPoint outPoint, TxOut spent) => (OutPoint, Spent) = (outPoint, spent);

    /// <summary>What it spends.</summary>
    public OutPoint OutPoint { get; }

    /// <summary>That output.</summary>
    public TxOut Spent { get; }

    /// <summary>Weight of the input with its witness, signatures at their longest; weight units.</summary>
    public abstract long Weight { get; }

    /// <summary>The output that the peer has signed: it stands at the index of the input. Null where none is needed.</summary>
    public virtual TxOut? FixedOutput => null;

    /// <summary>The lock time that the peer has signed; null where it signed none.</summary>
    public virtual uint? FixedLockTime => null;

    /// <summary>Whether the peer's signature covers the whole transaction: no coin can be added, and its fee is what it is.</summary>
    public virtual bool IsFixed => false;

    /// <summary>Least nLockTime of its transaction: a block height, 0 where there is none.</summary>
    public abstract uint LockTime { get; }

    /// <summary>Blocks that must lie on the spent transaction, the block of the claim not included; 0 where any will do.</summary>
    public abstract uint RelativeLock { get; }

    /// <summary>What it takes.</summary>
    public override string ToString() => $"{OutPoint} ({Spent.Value})";

    internal abstract TxIn ToInput();

    internal abstract Witness Sign(IChannelSigner signer, Transaction transaction, int index);

    /// <summary>By one signature.</summary>
    public sealed class Single(ClaimableOutput output) : ClaimInput(output.OutPoint, output.Output)
    {
        /// <summary>The output, and what takes it.</summary>
        public ClaimableOutput Output { get; } = output;

        /// <inheritdoc/>
        public override long Weight => Output.InputWeight;

        /// <inheritdoc/>
        public override uint LockTime => Output.LockTime;

        /// <inheritdoc/>
        public override uint RelativeLock => Output.RelativeLock;

        internal override TxIn ToInput() => Output.ToInput();

        internal override Witness Sign(IChannelSigner signer, Transaction transaction, int index) => Output.Witness(signer.SignClaim(Output, transaction, index));
    }

    /// <summary>By this node's HTLC transaction, alone or within a larger one.</summary>
    public sealed class OwnHtlc : ClaimInput
    {
        /// <summary>Takes an HTLC of this node's commitment.</summary>
        /// <param name="htlc">The HTLC transaction.</param>
        /// <param name="theirs">The peer's signature of it.</param>
        /// <param name="preimage">For HTLC-success only.</param>
        /// <exception cref="ArgumentException">A preimage is missing or out of place.</exception>
        public OwnHtlc(HtlcTransaction htlc, EcdsaSignature theirs, PaymentPreimage? preimage)
            : base(htlc.Transaction.Inputs[0].PreviousOutput, htlc.Spent.Output)
        {
            if (htlc.IsSuccess != preimage.HasValue) throw new ArgumentException(htlc.IsSuccess ? "HTLC-success needs the preimage." : "HTLC-timeout has no preimage.", nameof(preimage));
            (Htlc, Theirs, Preimage) = (htlc, theirs, preimage);
        }

        /// <summary>The HTLC transaction.</summary>
        public HtlcTransaction Htlc { get; }

        /// <summary>The peer's signature of it.</summary>
        public EcdsaSignature Theirs { get; }

        /// <summary>For HTLC-success only.</summary>
        public PaymentPreimage? Preimage { get; }

        /// <inheritdoc/>
        public override long Weight
        {
            get
            {
                var script = Htlc.Spent.WitnessScript.Length;
                return InputWeight + 1 + 1 + LongestSignature + LongestSignature + (Preimage is null ? 1 : 1 + Bytes32.Size) + (script < 0xFD ? 1 : 3) + script;
            }
        }

        /// <inheritdoc/>
        public override TxOut? FixedOutput => Htlc.Transaction.Outputs[0];

        /// <inheritdoc/>
        public override uint? FixedLockTime => Htlc.Transaction.LockTime;

        /// <inheritdoc/>
        public override bool IsFixed => Htlc.Commitment.Terms.Format.HtlcSigHash == SigHashType.All;

        /// <inheritdoc/>
        public override uint LockTime => Htlc.Transaction.LockTime;

        /// <inheritdoc/>
        public override uint RelativeLock => Htlc.Transaction.Inputs[0].Sequence;

        internal override TxIn ToInput() => Htlc.Transaction.Inputs[0];

        internal override Witness Sign(IChannelSigner signer, Transaction transaction, int index) =>
            Htlc.Witness(signer.SignHtlcTransaction(Htlc, transaction, index), Theirs, Preimage);
    }
}
