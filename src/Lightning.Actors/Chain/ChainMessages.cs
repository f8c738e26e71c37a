using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>Something a channel wants to know of the chain. Kept until the channel forgets it; asked again after a restart, of the channel or of the monitor.</summary>
/// <param name="Channel">Whom to tell, by a command.</param>
/// <param name="Since">The height from which blocks are searched for what happened already.</param>
internal abstract record Watch(LocalChannelKey Channel, uint Since) : ISerialized;

/// <summary>Tells by FundingConfirmed when the output's transaction is so deep.</summary>
internal sealed record WatchFunding(LocalChannelKey Channel, uint Since, OutPoint Funding, Script Script, uint Depth) : Watch(Channel, Since);

/// <summary>Tells by FundingSpent or OutputSpent when the output is spent in a block.</summary>
internal sealed record WatchSpent(LocalChannelKey Channel, uint Since, OutPoint Output, Script Script, bool IsFunding) : Watch(Channel, Since);

/// <summary>Tells by TransactionConfirmed when the transaction is so deep.</summary>
internal sealed record WatchTransaction(LocalChannelKey Channel, uint Since, Transaction Transaction, uint Depth) : Watch(Channel, Since);

/// <summary>Drops all watches of a channel that is over.</summary>
internal sealed record Unwatch(LocalChannelKey Channel) : ISerialized;

/// <summary>The best block of the moment: a hint that may be lost. Published to every process.</summary>
/// <param name="Tip">Height and hash.</param>
/// <param name="Time">The block's time, seconds since 1970.</param>
internal sealed record NewTip(ChainTip Tip, uint Time) : ISerialized;

/// <summary>Asks the monitor for its tip; answered by <see cref="NewTip"/> once it has one.</summary>
internal sealed record GetTip : ISerialized
{
    /// <summary>The only instance.</summary>
    public static GetTip Instance { get; } = new();
}

/// <summary>The chain has been followed up to here.</summary>
internal sealed record ChainFollowed(ChainTip Tip) : ISerialized;
