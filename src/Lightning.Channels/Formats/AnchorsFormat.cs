using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Keys;
using Lightning.Channels.Scripts;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Formats;

/// <summary>option_anchors: an anchor for each node, every other output locked for a block, HTLC transactions without fee that others' inputs can join.</summary>
internal class AnchorsFormat : CommitmentFormat
{
    private static readonly Satoshi AnchorAmount = new(330);

    public override string Name => "anchors";

    public override int CommitmentWeight => 1124;

    public override Satoshi AnchorsCost => AnchorAmount * 2;

    public override uint HtlcSequence => 1;

    public override SigHashType HtlcSigHash => SigHashType.Single | SigHashType.AnyoneCanPay;

    public override int HtlcTransactionWeight(HtlcDirection direction) => direction == HtlcDirection.Offered ? 666 : 706;

    public override Satoshi HtlcTransactionFee(HtlcDirection direction, FeeratePerKw feerate) => Satoshi.Zero;

    internal override Script HtlcScript(CommitmentKeys keys, CommittedHtlc htlc) => htlc.Direction == HtlcDirection.Offered
        ? HtlcScripts.Offered(keys, htlc.PaymentHash, lockOneBlock: true)
        : HtlcScripts.Received(keys, htlc.PaymentHash, htlc.CltvExpiry, lockOneBlock: true);

    internal override CommitmentOutput ToRemote(PubKey remotePubKey, Satoshi amount) =>
        CommitmentOutput.ToScript(CommitmentOutputKind.ToRemote, amount, ChannelScripts.ToRemote(remotePubKey));

    internal override void AddAnchors(List<CommitmentOutput> outputs, CommitmentTerms terms, ChannelFunding funding, bool toLocal, bool toRemote, bool htlcs)
    {
        var (owner, other) = terms.Owner == CommitmentOwner.Local ? (funding.LocalPubKey, funding.RemotePubKey) : (funding.RemotePubKey, funding.LocalPubKey);
        if (toLocal || htlcs) outputs.Add(CommitmentOutput.ToScript(CommitmentOutputKind.ToLocalAnchor, AnchorAmount, ChannelScripts.Anchor(owner)));
        if (toRemote || htlcs) outputs.Add(CommitmentOutput.ToScript(CommitmentOutputKind.ToRemoteAnchor, AnchorAmount, ChannelScripts.Anchor(other)));
    }
}
