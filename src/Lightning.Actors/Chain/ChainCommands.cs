using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>
/// What a channel asks of the chain. It is told to this process's <see cref="ChainClient"/>, never to the monitor itself: the client repeats it
/// until the monitor has it, and again to every later incarnation of the monitor, as long as the channel lives in this process.
/// Any of them may be repeated.
/// </summary>
/// <param name="Channel">The channel; the sender is its actor.</param>
internal abstract record ChainCommand(LocalChannelKey Channel) : ISerialized
{
    /// <summary>What an action of the channel's pure half asks of the chain; null for an action that is about something else.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="action">The action.</param>
    /// <param name="since">The height from which blocks matter to the channel: that of its creation, or any later one before which nothing can have been missed.</param>
    public static ChainCommand? For(LocalChannelKey channel, ChannelAction action, uint since) => action switch
    {
        ChannelAction.WatchFundingConfirmed watch => new WatchFunding(channel, since, watch.Funding, watch.Script, watch.MinimumDepth),
        ChannelAction.WatchFundingSpent watch => new WatchSpent(channel, since, watch.Funding, watch.Script, IsFunding: true, watch.Known),
        ChannelAction.WatchOutputSpent watch => new WatchSpent(channel, watch.Since > 0 ? watch.Since : since, watch.Output, watch.Script, IsFunding: false, watch.Known),
        ChannelAction.CheckFunding check => new CheckFunding(channel, since, check.Funding, check.Script),
        ChannelAction.Publish publish => new PublishTransaction(channel, publish.Transaction, publish.Purpose, publish.Parent),
        ChannelAction.StopPublishing stop => new StopPublishing(channel, stop.TxId),
        _ => null,
    };
}

/// <summary>
/// Something a channel wants to know, answered by a command to the channel (<see cref="Channels.ChannelRequest"/>): once it has happened, again after a
/// reorganisation, and again whenever the watch is repeated. What happened before the watch is found in the blocks since <paramref name="Since"/>.
/// </summary>
/// <param name="Channel">Whom to tell.</param>
/// <param name="Since">Height of the first block that matters. Blocks are searched backwards only where the set of unspent outputs does not answer, so a low height costs little.</param>
internal abstract record Watch(LocalChannelKey Channel, uint Since) : ChainCommand(Channel)
{
    /// <summary>What is watched, without the height: a watch for the same replaces it.</summary>
    public abstract WatchSubject Subject { get; }

    /// <summary>The output whose spend is looked for; null where it is the transaction that makes it.</summary>
    public virtual OutPoint? SpentOutput => null;
}

/// <summary>Tells by FundingConfirmed when the output's transaction is so deep, and by FundingUndone when that has not happened after all.</summary>
/// <param name="Channel">Whom to tell.</param>
/// <param name="Since">Height of the first block that matters.</param>
/// <param name="Funding">The output.</param>
/// <param name="Script">Its script.</param>
/// <param name="Depth">In blocks, 1 for the tip.</param>
internal sealed record WatchFunding(LocalChannelKey Channel, uint Since, OutPoint Funding, Script Script, uint Depth) : Watch(Channel, Since)
{
    /// <inheritdoc/>
    public override WatchSubject Subject => new(WatchKind.Funding, Funding, Depth);
}

/// <summary>Tells by FundingSpent or OutputSpent when the output is spent in a block, and by SpendUndone when that has not happened after all.</summary>
/// <param name="Channel">Whom to tell.</param>
/// <param name="Since">Height of the first block that matters.</param>
/// <param name="Output">The output.</param>
/// <param name="Script">Its script.</param>
/// <param name="IsFunding">Whether it is the funding output.</param>
/// <param name="Known">The spend that the channel was told of already.</param>
internal sealed record WatchSpent(LocalChannelKey Channel, uint Since, OutPoint Output, Script Script, bool IsFunding, KnownSpend? Known = null) : Watch(Channel, Since)
{
    /// <inheritdoc/>
    public override WatchSubject Subject => SubjectOf(Output, IsFunding);

    /// <inheritdoc/>
    public override OutPoint? SpentOutput => Output;

    /// <summary>What such a watch is about.</summary>
    public static WatchSubject SubjectOf(OutPoint output, bool isFunding) => new(isFunding ? WatchKind.FundingSpent : WatchKind.OutputSpent, output, 0);
}

/// <summary>Asks how a funding output stands at this moment: answered once, by FundingChecked.</summary>
/// <param name="Channel">Whom to tell.</param>
/// <param name="Since">Height of the first block that matters.</param>
/// <param name="Funding">The output.</param>
/// <param name="Script">Its script.</param>
internal sealed record CheckFunding(LocalChannelKey Channel, uint Since, OutPoint Funding, Script Script) : Watch(Channel, Since)
{
    /// <inheritdoc/>
    public override WatchSubject Subject => SubjectOf(Funding);

    /// <inheritdoc/>
    public override OutPoint? SpentOutput => Funding;

    /// <summary>What such a question is about.</summary>
    public static WatchSubject SubjectOf(OutPoint funding) => new(WatchKind.FundingCheck, funding, 0);
}

/// <summary>Publishes a transaction, and again with every block until it or a rival is confirmed. No refusal is final.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Transaction">Fully signed.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Parent">A transaction that pays too little by itself and is published in one package with this one, its child; null for none.</param>
internal sealed record PublishTransaction(LocalChannelKey Channel, Transaction Transaction, TransactionPurpose Purpose, Transaction? Parent = null) : ChainCommand(Channel);

/// <summary>Publishes a transaction no more.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="TxId">The transaction, the child where it was a package.</param>
internal sealed record StopPublishing(LocalChannelKey Channel, TxId TxId) : ChainCommand(Channel);

/// <summary>The channel is over: nothing more is watched or published for it.</summary>
/// <param name="Channel">The channel.</param>
internal sealed record Unwatch(LocalChannelKey Channel) : ChainCommand(Channel);
