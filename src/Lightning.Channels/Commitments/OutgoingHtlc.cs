using Lightning.Channels.Parameters;

namespace Lightning.Channels.Commitments;

/// <summary>What became of one origin's add.</summary>
/// <param name="Origin">For whom.</param>
/// <param name="HtlcId">The HTLC; null where it was refused.</param>
/// <param name="Amount">Its amount; zero where it was refused.</param>
/// <param name="RefuseFrom">Height from which the add would be refused anyway.</param>
/// <param name="Result">Null while it is pending.</param>
public sealed record OutgoingHtlc(HtlcOrigin Origin, ulong? HtlcId, MilliSatoshi Amount, uint RefuseFrom, HtlcResult? Result);
