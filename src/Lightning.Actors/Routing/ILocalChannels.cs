using Lightning.Channels.Parameters;
using Lightning.Routing.Paths;

namespace Lightning.Actors.Routing;

/// <summary>What this process knows of the node's own channels: a recent state, read without asking any actor.</summary>
internal interface ILocalChannels
{
    /// <summary>The channels that can take an HTLC now.</summary>
    IReadOnlyList<UsableChannel> Usable();

    /// <summary>Ways to this node over channels that the network does not know, for invoices: one for each usable unannounced channel with something to receive over.</summary>
    IReadOnlyList<PrivateChannel> Private();
}

/// <summary>A channel of ours that can take an HTLC now.</summary>
/// <param name="Key">Our own name of it.</param>
/// <param name="Channel">What the path finder must know.</param>
/// <param name="Version">Changes whenever <paramref name="Channel"/> is made anew from the channel's state.</param>
internal readonly record struct UsableChannel(LocalChannelKey Key, LocalChannel Channel, object Version);

/// <summary>An unannounced channel, as an invoice tells of it.</summary>
/// <param name="Peer">The node at its other end.</param>
/// <param name="ShortChannelId">The name by which the peer knows it: the alias that it gave us to use, or the real one.</param>
/// <param name="Receivable">The most that can come in over it now.</param>
/// <param name="FeeBase">What the peer charges for each HTLC.</param>
/// <param name="FeeProportionalMillionths">What the peer charges, in millionths of the amount.</param>
/// <param name="CltvExpiryDelta">Blocks that the peer needs.</param>
internal sealed record PrivateChannel(
    NodeId Peer, ShortChannelId ShortChannelId, MilliSatoshi Receivable, MilliSatoshi FeeBase, uint FeeProportionalMillionths, ushort CltvExpiryDelta);
