using Lightning.Channels.Parameters;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Forwarding;

/// <summary>An incoming HTLC that is to go on.</summary>
/// <param name="Incoming">The channel it came in by.</param>
/// <param name="Peer">The node it came from.</param>
/// <param name="Amount">What came in; millisatoshi.</param>
/// <param name="CltvExpiry">Height at which it expires.</param>
/// <param name="Onion">What its onion asks for.</param>
internal sealed record ForwardRequest(LocalChannelKey Incoming, NodeId Peer, MilliSatoshi Amount, uint CltvExpiry, ForwardOnion Onion);
