namespace Lightning.Protocol.Onion;

/// <summary>What the sender of a payment makes of a failure that came back.</summary>
/// <param name="Message">What went wrong; null where nobody on the route wrote a readable failure.</param>
/// <param name="HopIndex">
/// Index of the hop that wrote the message; without a message the hop at which attribution data ends, to be blamed together with the hop before it; null
/// where nobody can be named.
/// </param>
/// <param name="HoldTimes">How long each hop says it held the HTLC, from the first hop on, as far as attribution data is genuine; zero means not told.</param>
public sealed record DecryptedFailure(FailureMessage? Message, int? HopIndex, IReadOnlyList<TimeSpan> HoldTimes);
