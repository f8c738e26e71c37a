using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Keys;
using Lightning.Channels.Scripts;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Formats;

/// <summary>option_static_remotekey without anchors: fees are fixed when the commitment is signed.</summary>
internal sealed class StaticRemoteKeyFormat : CommitmentFormat
{
    public override string Name => "static_remotekey";

    public override int CommitmentWeight => 724;

    public override Satoshi AnchorsCost => Satoshi.Zero;

    public override uint HtlcSequence => 0;

    public override SigHashType HtlcSigHash => SigHashType.All;

    public override int HtlcTransactionWeight(HtlcDirection direction) => direction == HtlcDirection.Offered ? 663 : 703;

    public override Satoshi HtlcTransactionFee(HtlcDirection direction, FeeratePerKw feerate) => feerate.Fee(HtlcTransactionWeight(direction));

    internal override Script HtlcScript(CommitmentKeys keys, CommittedHtlc htlc) => htlc.Direction == HtlcDirection.Offered
        ? HtlcScripts.Offered(keys, htlc.PaymentHash, lockOneBlock: false)
        : HtlcScripts.Received(keys, htlc.PaymentHash, htlc.CltvExpiry, lockOneBlock: false);

    internal override CommitmentOutput ToRemote(PubKey remotePubKey, Satoshi amount) =>
        CommitmentOutput.ToKey(CommitmentOutputKind.ToRemote, amount, remotePubKey);

    internal override void AddAnchors(List<CommitmentOutput> outputs, CommitmentTerms terms, ChannelFunding funding, bool toLocal, bool toRemote, bool htlcs)
    {
    }
}
