using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Fees;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Closing;

/// <summary>A mutual close of either kind: <see cref="LegacyClosing"/> and <see cref="SimpleClosing"/> build it.</summary>
public sealed class ClosingTransaction
{
    private Bytes32? _sigHash;

    internal ClosingTransaction(ChannelFunding funding, uint sequence, uint lockTime, TxOut? local, TxOut? remote)
    {
        Funding = funding;
        LocalOutput = local;
        RemoteOutput = remote;
        ImmutableArray<TxOut> outputs = (local, remote) switch
        {
            ({ } ours, { } theirs) => Compare(ours, theirs) <= 0 ? [ours, theirs] : [theirs, ours],
            ({ } ours, null) => [ours],
            (null, { } theirs) => [theirs],
            _ => throw new ArgumentException("A closing transaction needs an output.", nameof(local)),
        };
        Transaction = new Transaction(2, [new TxIn(funding.OutPoint, Script.Empty, sequence, Witness.Empty)], outputs, lockTime);
    }

    /// <summary>What it spends.</summary>
    public ChannelFunding Funding { get; }

    /// <summary>What it pays us; null where nothing.</summary>
    public TxOut? LocalOutput { get; }

    /// <summary>What it pays the peer; null where nothing.</summary>
    public TxOut? RemoteOutput { get; }

    /// <summary>The transaction without witness.</summary>
    public Transaction Transaction { get; }

    /// <summary>Its id, also once signed.</summary>
    public TxId TxId => Transaction.TxId;

    /// <summary>What miners get; satoshi.</summary>
    public Satoshi Fee => Funding.Capacity - (LocalOutput?.Value ?? Satoshi.Zero) - (RemoteOutput?.Value ?? Satoshi.Zero);

    /// <summary>Whether an output is below the dust threshold of its script, so that the transaction does not relay (BOLT 2 fails a legacy close then).</summary>
    public bool HasDust => IsDust(LocalOutput) || IsDust(RemoteOutput);

    /// <summary>The hash that both funding keys sign.</summary>
    public Bytes32 SigHash => _sigHash ??= Funding.SigHash(Transaction);

    /// <summary>Checks the peer's signature; a high S is refused.</summary>
    public bool VerifyRemote(in EcdsaSignature remoteSignature) => Funding.RemotePubKey.Verify(SigHash, remoteSignature);

    /// <summary>The transaction with both signatures, ready for broadcast.</summary>
    public Transaction WithSignatures(in EcdsaSignature localSignature, in EcdsaSignature remoteSignature) =>
        Transaction.WithWitness(0, Funding.Witness(localSignature, remoteSignature));

    /// <summary>Whether a transaction has an output below the dust threshold of its script (BOLT 3 "Dust Limits").</summary>
    /// <param name="transaction">Signed or not.</param>
    public static bool HasDustIn(Transaction transaction) => transaction.Outputs.Any(static output => IsDust(output));

    private static bool IsDust(TxOut? output) => output is not null && output.Value < DustThreshold.Of(output.ScriptPubKey);

    private static int Compare(TxOut left, TxOut right)
    {
        var order = left.Value.CompareTo(right.Value);
        return order != 0 ? order : left.ScriptPubKey.Span.SequenceCompareTo(right.ScriptPubKey.Span);
    }
}
