using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Keys;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Formats;

/// <summary>
/// What a channel type changes in commitment and HTLC transactions (BOLT 3): one object per format, a property of a commitment. All that differs
/// between formats is asked of it, so a further format is a further class.
/// </summary>
public abstract class CommitmentFormat
{
    private protected CommitmentFormat()
    {
    }

    /// <summary>option_static_remotekey without anchors.</summary>
    public static CommitmentFormat StaticRemoteKey { get; } = new StaticRemoteKeyFormat();

    /// <summary>option_anchors: anchors, and HTLC transactions that pay no fee.</summary>
    public static CommitmentFormat Anchors { get; } = new AnchorsFormat();

    /// <summary>The first form of anchors, whose HTLC transactions pay fees. No longer in the specification: for old channels only.</summary>
    public static CommitmentFormat AnchorsWithHtlcFees { get; } = new AnchorsWithHtlcFeesFormat();

    /// <summary>A stable name, for storage.</summary>
    public abstract string Name { get; }

    /// <summary>Expected weight of a commitment transaction without HTLCs, in weight units.</summary>
    public abstract int CommitmentWeight { get; }

    /// <summary>What each HTLC output adds to it, in weight units.</summary>
    public int HtlcOutputWeight => 172;

    /// <summary>Expected weight of an HTLC-timeout transaction (for offered HTLCs) or HTLC-success transaction (for received ones), in weight units.</summary>
    public abstract int HtlcTransactionWeight(HtlcDirection direction);

    /// <summary>The fee that an HTLC transaction takes from its HTLC; also what the HTLC must be worth beyond the dust limit.</summary>
    public abstract Satoshi HtlcTransactionFee(HtlcDirection direction, FeeratePerKw feerate);

    /// <summary>What the opener pays for both anchors, present or not; satoshi.</summary>
    public abstract Satoshi AnchorsCost { get; }

    /// <summary>nSequence of an input that spends an HTLC output, except with the revocation key.</summary>
    public abstract uint HtlcSequence { get; }

    /// <summary>What the other node's signature on an HTLC transaction covers; the owner's own always covers all.</summary>
    public abstract SigHashType HtlcSigHash { get; }

    /// <summary>The format of that <see cref="Name"/>.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static CommitmentFormat Parse(string name)
    {
        foreach (var format in (ReadOnlySpan<CommitmentFormat>)[Anchors, StaticRemoteKey, AnchorsWithHtlcFees])
        {
            if (string.Equals(format.Name, name, StringComparison.Ordinal)) return format;
        }

        throw new FormatException($"'{name}' is not a commitment format.");
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The script of an HTLC output.</summary>
    internal abstract Script HtlcScript(CommitmentKeys keys, CommittedHtlc htlc);

    /// <summary>The to_remote output.</summary>
    internal abstract CommitmentOutput ToRemote(PubKey remotePubKey, Satoshi amount);

    /// <summary>Adds the anchors of a commitment, if the format has any.</summary>
    internal abstract void AddAnchors(List<CommitmentOutput> outputs, CommitmentTerms terms, ChannelFunding funding, bool toLocal, bool toRemote, bool htlcs);
}
