using Lightning.Protocol.Messages;

namespace Lightning.Routing.Gossip;

/// <summary>An announcement or update, and who sent it.</summary>
/// <param name="From">The peer; null for what this node says itself.</param>
/// <param name="Message">The message.</param>
public sealed record ReceivedGossip(NodeId? From, SignedGossipMessage Message);
