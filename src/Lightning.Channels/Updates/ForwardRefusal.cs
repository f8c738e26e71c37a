namespace Lightning.Channels.Updates;

/// <summary>Why this node failed an HTLC that was to go on, before any channel was asked to take it. For this node's own people: its sender is told the code alone, and nobody on the way anything.</summary>
/// <param name="FailureCode">The code (BOLT 4).</param>
/// <param name="Outgoing">The channel that was named; null where a blinded path names a node.</param>
/// <param name="Amount">What was to go out.</param>
/// <param name="CltvExpiry">Height at which that was to expire.</param>
public sealed record ForwardRefusal(ushort FailureCode, ShortChannelId? Outgoing, MilliSatoshi Amount, uint CltvExpiry);
