using Lightning.Channels.Actions;
using Lightning.Channels.Commitments;
using Lightning.Channels.Updates;

namespace Lightning.Channels.States;

/// <summary>What a recovered channel does in several states.</summary>
internal static class Watching
{
    /// <summary>Watches the funding output for a spend, and for its transaction where that is awaited; a funding transaction of this node that may not be confirmed yet is published again.</summary>
    public static void Funding(Turn turn, FundedState state)
    {
        if (state.UnconfirmedFunding is { } funding) turn.Act(new ChannelAction.Publish(funding, TransactionPurpose.Funding));
        var spend = (state as Closing)?.Spend;
        var known = KnownSpend.Of(spend?.Transaction, spend?.BlockHeight ?? 0);
        foreach (var one in state.Commitments.Active) turn.Act(new ChannelAction.WatchFundingSpent(one.Funding.OutPoint, one.Funding.ScriptPubKey, known));
        // What waits for nothing but its end needs no more than a block.
        if (state.FundingAwaitedSince is not null) FundingDepth(turn, state.Commitments, state is WaitForFundingConfirmed or ShuttingDown ? state.Parameters.MinimumDepth : 1);
        // Not this node's transaction: should a reorganisation take it away, another may take its place for ever.
        else if (!state.Parameters.IsInitiator && state.Commitments.FundedAt is { } at && turn.Environment.BlockHeight < (long)at + turn.Config.WatchAfterClosed) FundingDepth(turn, state.Commitments, depth: 1);
    }

    /// <summary>Watches the funding output until it is deep enough.</summary>
    public static void FundingDepth(Turn turn, ChannelCommitments commitments, uint depth)
    {
        var funding = commitments.Latest.Funding;
        turn.Act(new ChannelAction.WatchFundingConfirmed(funding.OutPoint, funding.ScriptPubKey, depth));
    }

    /// <summary>Asks how the funding output stands: before that is known, a recovered channel serves nobody.</summary>
    public static void Audit(Turn turn, ChannelCommitments commitments)
    {
        foreach (var one in commitments.Active) turn.Act(new ChannelAction.CheckFunding(one.Funding.OutPoint, one.Funding.ScriptPubKey));
    }

    /// <summary>Hands over incoming HTLCs again and repeats the results of outgoing ones, until each is taken.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="commitments">The channel's.</param>
    /// <param name="isLive">Which incoming HTLCs can still pay this node, by id; null for all.</param>
    public static void Htlcs(Turn turn, ChannelCommitments commitments, Func<ulong, bool>? isLive = null)
    {
        Incoming(turn, commitments, isLive);
        Results(turn, commitments);
    }

    /// <summary>Hands over incoming HTLCs again, until each is settled.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="commitments">The channel's.</param>
    /// <param name="isLive">Which of them can still pay this node, by id; null for all.</param>
    public static void Incoming(Turn turn, ChannelCommitments commitments, Func<ulong, bool>? isLive = null)
    {
        foreach (var htlc in commitments.Incoming.Values)
        {
            if (isLive is null || isLive(htlc.Htlc.Id)) turn.Act(CommitmentExchange.Received(htlc));
        }
    }

    /// <summary>Repeats the results of outgoing HTLCs, until each is taken.</summary>
    public static void Results(Turn turn, ChannelCommitments commitments)
    {
        foreach (var entry in commitments.Outgoing.Unacknowledged) HtlcCommands.Answer(turn, entry);
    }
}
