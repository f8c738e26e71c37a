using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip.Sending;

/// <summary>Something to send to a peer: a message, or one that is kept.</summary>
/// <param name="Message">The message; null for a kept one.</param>
/// <param name="Location">Where it is kept; <see cref="GossipTable.Nowhere"/> for a message.</param>
public readonly record struct OutgoingGossip(LightningMessage? Message, long Location)
{
    /// <summary>A message that is kept.</summary>
    public static OutgoingGossip Kept(long location) => new(null, location);

    /// <summary>A message.</summary>
    public static OutgoingGossip Of(LightningMessage message) => new(message, GossipTable.Nowhere);
}
