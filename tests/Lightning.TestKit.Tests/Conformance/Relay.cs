using Lightning.Protocol.Onion;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>What mallory offers alice for eve.</summary>
/// <param name="Amount">The HTLC's.</param>
/// <param name="CltvExpiry">The HTLC's.</param>
/// <param name="Payload">What the onion tells alice.</param>
internal sealed record Relay(MilliSatoshi Amount, uint CltvExpiry, HopPayload Payload);
