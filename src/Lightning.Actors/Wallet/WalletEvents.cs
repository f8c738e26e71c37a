using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>The inputs of a transaction are spoken for. Durable before the transaction is given out: two channels are never funded by one coin.</summary>
/// <param name="Channel">The channel that it funds.</param>
/// <param name="Transaction">Fully signed.</param>
/// <param name="OutputIndex">Index of the funding output.</param>
/// <param name="BlockHeight">Height at that time.</param>
internal sealed record CoinsLocked(LocalChannelKey Channel, Transaction Transaction, ushort OutputIndex, uint BlockHeight) : ISerialized;

/// <summary>Coins are free again, or spent long ago.</summary>
/// <param name="Channel">The channel that they were locked for.</param>
internal sealed record CoinsReleased(LocalChannelKey Channel) : ISerialized;
