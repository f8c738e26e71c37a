namespace Lightning.Channels.Transactions;

/// <summary>An HTLC as a commitment transaction knows it.</summary>
/// <param name="Direction">From the view of the commitment's owner.</param>
/// <param name="Id">The id of update_add_htlc, unique for its direction.</param>
/// <param name="Amount">Millisatoshi.</param>
/// <param name="PaymentHash">What unlocks it.</param>
/// <param name="CltvExpiry">Absolute block height after which it times out.</param>
public sealed record CommittedHtlc(HtlcDirection Direction, ulong Id, MilliSatoshi Amount, PaymentHash PaymentHash, uint CltvExpiry)
{
    /// <summary>The same HTLC in the other node's commitment.</summary>
    public CommittedHtlc Mirrored() => this with { Direction = Direction == HtlcDirection.Offered ? HtlcDirection.Received : HtlcDirection.Offered };
}
