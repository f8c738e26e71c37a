namespace Lightning.Channels.Parameters;

/// <summary>
/// For whom an outgoing HTLC was added. It is the key under which the HTLC counts once however often its add is repeated; never the payment hash,
/// which several HTLCs may share.
/// </summary>
public abstract record HtlcOrigin
{
    private HtlcOrigin()
    {
    }

    /// <summary>One part of one attempt of a payment of this node.</summary>
    /// <param name="Payment">The payment's hash.</param>
    /// <param name="Attempt">Which attempt, counted by the payment.</param>
    /// <param name="Part">Which part of the attempt.</param>
    public sealed record Local(PaymentHash Payment, uint Attempt, uint Part) : HtlcOrigin;

    /// <summary>An HTLC that came in on another channel and is passed on.</summary>
    /// <param name="Channel">The incoming channel.</param>
    /// <param name="HtlcId">The HTLC's id there.</param>
    public sealed record Relayed(LocalChannelKey Channel, ulong HtlcId) : HtlcOrigin;
}
