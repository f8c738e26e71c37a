namespace Lightning.Routing.Gossip;

/// <summary>A message with its verdict.</summary>
/// <param name="Gossip">The message.</param>
/// <param name="Verdict">Accepted, ignored, refused or held.</param>
/// <param name="WasHeld">Whether it was held before, so that this is its second verdict.</param>
public sealed record GossipOutcome(ReceivedGossip Gossip, GossipVerdict Verdict, bool WasHeld = false);
