using Lightning.Actors.Entities;
using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>Makes and signs, but does not publish, a transaction that pays a channel's funding output. Answered to the channel by FundingMade or FundingFailed.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Script">The output's script.</param>
/// <param name="Amount">The output's amount.</param>
/// <param name="Feerate">The transaction's feerate.</param>
internal sealed record FundChannel(LocalChannelKey Channel, Script Script, Satoshi Amount, FeeratePerKw Feerate) : ISerialized;

/// <summary>A channel's funding transaction will never be published: its coins are free again.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record ReleaseCoins(LocalChannelKey Channel) : ISerialized;

/// <summary>Asks for the wallet's balance; answered by <see cref="Api.WalletBalance"/> or a failure.</summary>
internal sealed record GetBalance : ISerialized
{
    /// <summary>The only instance.</summary>
    public static GetBalance Instance { get; } = new();
}

/// <summary>Coins are spoken for. Written before they are given out: two channels are never funded by one coin.</summary>
/// <param name="Channel">By this channel's funding.</param>
/// <param name="Coins">The coins.</param>
internal sealed record CoinsLocked(LocalChannelKey Channel, EquatableArray<OutPoint> Coins) : ISerialized;

/// <summary>Coins are free again.</summary>
/// <param name="Channel">The channel that they were locked for.</param>
internal sealed record CoinsReleased(LocalChannelKey Channel) : ISerialized;
