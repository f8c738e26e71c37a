using Lightning.Channels.Transactions;

namespace Lightning.Channels.Formats;

/// <summary>Anchors as they were first: HTLC transactions pay the commitment's feerate.</summary>
internal sealed class AnchorsWithHtlcFeesFormat : AnchorsFormat
{
    public override string Name => "anchors_with_htlc_fees";

    public override Satoshi HtlcTransactionFee(HtlcDirection direction, FeeratePerKw feerate) => feerate.Fee(HtlcTransactionWeight(direction));
}
