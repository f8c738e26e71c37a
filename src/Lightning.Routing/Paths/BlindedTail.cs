namespace Lightning.Routing.Paths;

/// <summary>The blinded path at the end of a route; the route's own last hop is its introduction node.</summary>
/// <param name="Path">Which of the request's blinded paths.</param>
/// <param name="Amount">What arrives at its end.</param>
/// <param name="CltvExpiry">When the HTLC at its end expires, a block height.</param>
public sealed record BlindedTail(int Path, MilliSatoshi Amount, uint CltvExpiry);
