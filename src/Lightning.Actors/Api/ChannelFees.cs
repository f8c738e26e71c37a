namespace Lightning.Actors.Api;

/// <summary>What a channel asks for a payment that goes out by it.</summary>
/// <param name="Funding">The channel.</param>
/// <param name="ShortChannelId">Where its funding stands on chain; null before it is confirmed.</param>
/// <param name="Base">Whatever the amount.</param>
/// <param name="ProportionalMillionths">In millionths of the amount.</param>
public sealed record ChannelFees(OutPoint Funding, ShortChannelId? ShortChannelId, MilliSatoshi Base, uint ProportionalMillionths);
