using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>The HTLC is to be forwarded. Whether fee and expiry delta are enough for our own policy is not checked here.</summary>
/// <param name="ReturnPath">For a refusal.</param>
/// <param name="ShortChannelId">The channel to forward by, or any other channel to the same peer; null where the node is named instead.</param>
/// <param name="NextNodeId">The node to forward to; null where the channel is named. Only inside blinded paths.</param>
/// <param name="Amount">The outgoing HTLC's amount.</param>
/// <param name="CltvExpiry">The outgoing HTLC's expiry, a block height.</param>
/// <param name="Next">The onion for the next node.</param>
/// <param name="NextPathKey">The path key for the next node; null outside of blinded paths.</param>
public sealed record ForwardOnion(
    OnionReturnPath ReturnPath,
    ShortChannelId? ShortChannelId,
    NodeId? NextNodeId,
    MilliSatoshi Amount,
    uint CltvExpiry,
    OnionPacket Next,
    PubKey? NextPathKey) : IncomingOnion;
