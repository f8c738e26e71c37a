using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Transactions;
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

/// <summary>Coins are free again, or spent long ago.</summary>
/// <param name="Channel">The channel that they were locked for.</param>
internal sealed record CoinsReleased(LocalChannelKey Channel) : ISerialized;

/// <summary>All locks, for a snapshot.</summary>
/// <param name="Locks">One for each channel.</param>
internal sealed record WalletSnapshot(EquatableArray<CoinsLocked> Locks) : ISerialized;
