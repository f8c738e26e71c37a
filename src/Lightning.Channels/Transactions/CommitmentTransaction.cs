using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Fees;
using Lightning.Channels.Keys;
using Lightning.Channels.Scripts;
using Lightning.Channels.Signing;

namespace Lightning.Channels.Transactions;

/// <summary>
/// A commitment transaction, what each of its outputs is for, and its HTLC transactions (BOLT 3 "Commitment Transaction Construction"). Both nodes build
/// the same from the same specification. Immutable; scripts, HTLC transactions and hashes are made once.
/// </summary>
public sealed class CommitmentTransaction
{
    private ImmutableArray<HtlcTransaction> _htlcTransactions;
    private Bytes32? _sigHash;

    private CommitmentTransaction(
        CommitmentTerms terms, ChannelFunding funding, CommitmentSpec spec, ulong number, CommitmentKeys keys, ImmutableArray<CommitmentOutput> outputs, Transaction transaction)
    {
        Terms = terms;
        Funding = funding;
        Spec = spec;
        Number = number;
        Keys = keys;
        Outputs = outputs;
        Transaction = transaction;
    }

    /// <summary>Whose it is and under which terms.</summary>
    public CommitmentTerms Terms { get; }

    /// <summary>What it spends.</summary>
    public ChannelFunding Funding { get; }

    /// <summary>What it commits to.</summary>
    public CommitmentSpec Spec { get; }

    /// <summary>The commitment number.</summary>
    public ulong Number { get; }

    /// <summary>The keys of this commitment number.</summary>
    public CommitmentKeys Keys { get; }

    /// <summary>The outputs with their purpose, in the order of the transaction.</summary>
    public ImmutableArray<CommitmentOutput> Outputs { get; }

    /// <summary>The transaction without witness.</summary>
    public Transaction Transaction { get; }

    /// <summary>Its id.</summary>
    public TxId TxId => Transaction.TxId;

    /// <summary>What miners get: the base fee, what was trimmed and what was rounded down; satoshi.</summary>
    public Satoshi Fee
    {
        get
        {
            var fee = Funding.Capacity;
            foreach (var output in Outputs) fee -= output.Output.Value;
            return fee;
        }
    }

    /// <summary>The HTLC transactions in output order, which is the order of commitment_signed's htlc_signatures.</summary>
    public ImmutableArray<HtlcTransaction> HtlcTransactions
    {
        get
        {
            if (_htlcTransactions.IsDefault) _htlcTransactions = BuildHtlcTransactions();
            return _htlcTransactions;
        }
    }

    /// <summary>The hash that both funding keys sign.</summary>
    public Bytes32 SigHash => _sigHash ??= Funding.SigHash(Transaction);

    /// <summary>Builds a commitment transaction.</summary>
    /// <param name="terms">Whose it is and under which terms.</param>
    /// <param name="funding">What it spends.</param>
    /// <param name="spec">What it commits to, from the view of its owner.</param>
    /// <param name="number">The commitment number.</param>
    /// <param name="keys">The keys of that number: <see cref="CommitmentTerms.DeriveKeys"/>.</param>
    /// <exception cref="ArgumentException">A balance is negative, or balances and HTLCs are not the capacity: such a commitment would lose money.</exception>
    public static CommitmentTransaction Build(CommitmentTerms terms, ChannelFunding funding, CommitmentSpec spec, ulong number, CommitmentKeys keys)
    {
        if (spec.ToLocal < MilliSatoshi.Zero || spec.ToRemote < MilliSatoshi.Zero) throw new ArgumentException($"A balance is negative: {spec}.", nameof(spec));
        if (spec.Total != funding.Capacity.ToMilliSatoshi()) throw new ArgumentException($"Balances and HTLCs make {spec.Total}, the funding output holds {funding.Capacity}.", nameof(spec));

        var outputs = BuildOutputs(terms, funding, spec, keys);
        outputs.Sort(CommitmentOutput.Compare);
        var transactionOutputs = ImmutableArray.CreateBuilder<TxOut>(outputs.Count);
        foreach (var output in outputs) transactionOutputs.Add(output.Output);
        var factor = terms.ObscuringFactor;
        var input = new TxIn(funding.OutPoint, Script.Empty, CommitmentNumber.Sequence(number, factor), Witness.Empty);
        var transaction = new Transaction(2, [input], transactionOutputs.MoveToImmutable(), CommitmentNumber.LockTime(number, factor));
        return new CommitmentTransaction(terms, funding, spec, number, keys, [.. outputs], transaction);
    }

    /// <summary>Checks what the peer's commitment_signed carries for a commitment of ours.</summary>
    /// <exception cref="InvalidOperationException">It is the peer's commitment.</exception>
    public CommitmentVerification Verify(CommitmentSignatures signatures)
    {
        RequireOwner(CommitmentOwner.Local);
        if (!VerifyCommitmentSignature(signatures.Commitment)) return CommitmentVerification.InvalidCommitmentSignature;
        var htlcs = HtlcTransactions;
        if (signatures.Htlcs.Length != htlcs.Length) return CommitmentVerification.WrongNumberOfHtlcSignatures;
        for (var i = 0; i < htlcs.Length; i++)
        {
            if (!htlcs[i].VerifyOther(signatures.Htlcs[i])) return CommitmentVerification.InvalidHtlcSignature;
        }

        return CommitmentVerification.Valid;
    }

    /// <summary>Checks the peer's signature of the commitment transaction alone (funding_created, funding_signed).</summary>
    public bool VerifyCommitmentSignature(in EcdsaSignature remoteSignature) => Funding.RemotePubKey.Verify(SigHash, remoteSignature);

    /// <summary>The transaction with both signatures, ready for broadcast.</summary>
    public Transaction WithSignatures(in EcdsaSignature localSignature, in EcdsaSignature remoteSignature) =>
        Transaction.WithWitness(0, Funding.Witness(localSignature, remoteSignature));

    internal void RequireOwner(CommitmentOwner owner)
    {
        if (Terms.Owner != owner) throw new InvalidOperationException($"Commitment {Number} is the {Terms.Owner} node's, not the {owner} one's.");
    }

    private static List<CommitmentOutput> BuildOutputs(CommitmentTerms terms, ChannelFunding funding, CommitmentSpec spec, CommitmentKeys keys)
    {
        var format = terms.Format;
        var outputs = new List<CommitmentOutput>(spec.Htlcs.Length + 4);
        foreach (var htlc in spec.Htlcs)
        {
            if (CommitmentFees.IsTrimmed(terms, htlc, spec.Feerate)) continue;
            outputs.Add(CommitmentOutput.ToScript(CommitmentOutputKind.Htlc, htlc.Amount.ToSatoshi(), format.HtlcScript(keys, htlc), htlc));
        }

        var htlcs = outputs.Count;
        var cost = spec.Feerate.Fee(format.CommitmentWeight + ((long)format.HtlcOutputWeight * htlcs)) + format.AnchorsCost;
        Satoshi toLocal = spec.ToLocal.ToSatoshi(), toRemote = spec.ToRemote.ToSatoshi();
        // An opener who cannot pay it all pays what it has: its output, then negative, is below any dust limit.
        if (terms.OwnerIsOpener) toLocal -= cost;
        else toRemote -= cost;
        var hasToLocal = toLocal >= terms.DustLimit && toLocal > Satoshi.Zero;
        var hasToRemote = toRemote >= terms.DustLimit && toRemote > Satoshi.Zero;
        if (hasToLocal) outputs.Add(CommitmentOutput.ToScript(CommitmentOutputKind.ToLocal, toLocal, ChannelScripts.Delayed(keys.Revocation, terms.ToSelfDelay, keys.DelayedPayment)));
        if (hasToRemote) outputs.Add(format.ToRemote(keys.RemotePayment, toRemote));
        format.AddAnchors(outputs, terms, funding, hasToLocal, hasToRemote, htlcs > 0);
        return outputs;
    }

    private ImmutableArray<HtlcTransaction> BuildHtlcTransactions()
    {
        var count = 0;
        foreach (var output in Outputs)
        {
            if (output.Kind == CommitmentOutputKind.Htlc) count++;
        }

        if (count == 0) return [];
        var script = ChannelScripts.Delayed(Keys.Revocation, Terms.ToSelfDelay, Keys.DelayedPayment);
        var scriptPubKey = script.ToP2wsh();
        var transactions = ImmutableArray.CreateBuilder<HtlcTransaction>(count);
        for (var index = 0; index < Outputs.Length; index++)
        {
            if (Outputs[index].Kind == CommitmentOutputKind.Htlc) transactions.Add(new HtlcTransaction(this, index, script, scriptPubKey));
        }

        return transactions.MoveToImmutable();
    }
}
