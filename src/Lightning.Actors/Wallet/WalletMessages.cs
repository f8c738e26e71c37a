using Lightning.Actors.Entities;
using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Scripts;
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
internal sealed record FundChannel(LocalChannelKey Channel, Script Script, Satoshi Amount, FeeratePerKw Feerate) : ISerialized;

/// <summary>A channel's funding transaction will never be published: its coins are free again.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record ReleaseCoins(LocalChannelKey Channel) : ISerialized;

/// <summary>Asks for the wallet's balance; answered by <see cref="Api.WalletBalance"/> or <see cref="Refused"/>.</summary>
internal sealed record GetBalance : ISerialized
{
    /// <summary>The only instance.</summary>
    public static GetBalance Instance { get; } = new();
}
