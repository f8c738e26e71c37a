using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>The inputs of a transaction are spoken for. Durable before the transaction is given out: two channels are never funded by one coin.</summary>
/// <param name="Channel">The channel that it funds.</param>
/// <param name="Coins">Its inputs.</param>
/// <param name="Transaction">Fully signed; null in events that kept only the coins.</param>
/// <param name="OutputIndex">Index of the funding output.</param>
/// <param name="BlockHeight">Height at that time.</param>
internal sealed record CoinsLocked(LocalChannelKey Channel, EquatableArray<OutPoint> Coins, Transaction? Transaction, ushort OutputIndex, uint BlockHeight) : ISerialized
{
    /// <summary>All inputs of a transaction are locked.</summary>
    public static CoinsLocked By(LocalChannelKey channel, Transaction transaction, ushort outputIndex, uint blockHeight) =>
        new(channel, [.. transaction.Inputs.Select(static input => input.PreviousOutput)], transaction, outputIndex, blockHeight);
}

/// <summary>The coins of a funding are free again, or spent long ago.</summary>
/// <param name="Channel">The channel that they were locked for.</param>
internal sealed record CoinsReleased(LocalChannelKey Channel) : ISerialized;

/// <summary>A channel has the funding that was made for it in its own journal: it need not be asked again.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record FundingKept(LocalChannelKey Channel) : ISerialized;

/// <summary>Coins are spoken for by a claim. Durable before they are shown. A coin that a replacement takes over is locked for both.</summary>
/// <param name="Id">For which attempt of which channel.</param>
/// <param name="Coins">The coins: a wallet does not list those that are spent in the mempool.</param>
/// <param name="Transaction">The claim with coins and change; the coins' inputs are signed, the channel's are not.</param>
/// <param name="Fee">Its fee in satoshi.</param>
/// <param name="BlockHeight">Height at that time.</param>
internal sealed record ClaimCoinsLocked(LockId Id, EquatableArray<ClaimCoin> Coins, Transaction Transaction, Satoshi Fee, uint BlockHeight) : ISerialized;

/// <summary>The coins of a claim are free again, or spent.</summary>
/// <param name="Id">For which attempt of which channel they were locked.</param>
internal sealed record ClaimCoinsReleased(LockId Id) : ISerialized;

/// <summary>Whether coins are kept back for the fees of a channel's force closing.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="IsNeeded">Whether they are from now on.</param>
internal sealed record ReserveKept(LocalChannelKey Channel, bool IsNeeded) : ISerialized;

/// <summary>What is kept, for a snapshot.</summary>
/// <param name="Locks">The fundings' locks, one for each channel.</param>
/// <param name="Claims">The claims' locks.</param>
/// <param name="Kept">Channels that have their funding themselves.</param>
/// <param name="Reserving">Channels that coins are kept back for.</param>
internal sealed record WalletSnapshot(
    EquatableArray<CoinsLocked> Locks, EquatableArray<ClaimCoinsLocked> Claims, EquatableArray<LocalChannelKey> Kept, EquatableArray<LocalChannelKey> Reserving) : ISerialized;
