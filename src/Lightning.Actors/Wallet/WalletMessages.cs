using Lightning.Actors.Entities;
using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Claims;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>
/// Makes and signs, but does not publish, a transaction that pays a channel's funding output. Answered to the channel by FundingMade or FundingFailed.
/// The same request gets the same transaction, for ever: to be repeated until it is answered.
/// </summary>
/// <param name="Channel">The channel; one funding each.</param>
/// <param name="Script">The output's script.</param>
/// <param name="Amount">The output's amount.</param>
/// <param name="Feerate">The transaction's feerate.</param>
/// <param name="NeedsReserve">Whether coins are to be kept back for the channel, from the funding on (<see cref="KeepReserve"/>).</param>
internal sealed record FundChannel(LocalChannelKey Channel, Script Script, Satoshi Amount, FeeratePerKw Feerate, bool NeedsReserve) : ISerialized;

/// <summary>A channel's funding transaction will never be published: its coins are free again.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record ReleaseCoins(LocalChannelKey Channel) : ISerialized;

/// <summary>A channel has its funding in its own journal: it need not be woken for its coins any more.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record FundingIsDurable(LocalChannelKey Channel) : ISerialized;

/// <summary>
/// Adds coins to a claim, and change. Answered to the channel by ClaimFunded or ClaimNotFunded. The same number gets the same answer until its coins are
/// released, whatever is asked for: an incarnation of the channel that has been replaced must not free coins that another's claim spends.
/// </summary>
/// <param name="Channel">The channel.</param>
/// <param name="Number">The attempt's number.</param>
/// <param name="Request">What is asked for.</param>
internal sealed record FundClaim(LocalChannelKey Channel, ulong Number, CoinRequest Request) : ISerialized
{
    /// <summary>What holds the coins.</summary>
    public LockId Id => new(Channel, Number);
}

/// <summary>A claim does not need its coins any more: it was never published, or is replaced or mined.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Number">The attempt's number.</param>
/// <param name="AndLater">Whether all with higher numbers need theirs no more either.</param>
internal sealed record ReleaseClaimCoins(LocalChannelKey Channel, ulong Number, bool AndLater = false) : ISerialized
{
    /// <summary>Whether it concerns that claim.</summary>
    public bool Covers(LockId claim) => claim.Channel == Channel && (claim.Number == Number || (AndLater && claim.Number > Number));
}

/// <summary>Asks for a script that a channel's money on chain is to go to. Answered to the channel by SweepScriptGiven, each time with a fresh one.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record GiveSweepScript(LocalChannelKey Channel) : ISerialized;

/// <summary>
/// Keeps confirmed coins back for the fees of a channel's force closing, or no longer: then no claim of it holds coins either. Repeated with every block,
/// and not answered.
/// </summary>
/// <param name="Channel">The channel.</param>
/// <param name="IsNeeded">Whether the channel may have to be closed on chain.</param>
internal sealed record KeepReserve(LocalChannelKey Channel, bool IsNeeded) : ISerialized;

/// <summary>Asks for the wallet's balance; answered by <see cref="Api.WalletBalance"/> or <see cref="Refused"/>.</summary>
internal sealed record GetBalance : ISerialized
{
    /// <summary>The only instance.</summary>
    public static GetBalance Instance { get; } = new();
}
