namespace Lightning.Routing.Gossip;

/// <summary>A message that is being checked.</summary>
internal readonly record struct InFlightGossip(ReceivedGossip Gossip, bool WasHeld);
