using Lightning.Channels.Actions;
using Lightning.Channels.Commitments;
using Lightning.Channels.Updates;

namespace Lightning.Channels.States;

/// <summary>What a recovered channel does in several states.</summary>
internal static class Watching
{
    /// <summary>Watches the funding output for a spend.</summary>
    public static void Funding(Turn turn, ChannelCommitments commitments)
    {
        foreach (var one in commitments.Active) turn.Act(new ChannelAction.WatchFundingSpent(one.Funding.OutPoint, one.Funding.ScriptPubKey));
    }

    /// <summary>Watches the funding output until it is deep enough.</summary>
    public static void FundingDepth(Turn turn, ChannelCommitments commitments, uint depth)
    {
        var funding = commitments.Latest.Funding;
        turn.Act(new ChannelAction.WatchFundingConfirmed(funding.OutPoint, funding.ScriptPubKey, depth));
    }

    /// <summary>Hands over incoming HTLCs again and repeats the results of outgoing ones, until each is taken.</summary>
    public static void Htlcs(Turn turn, ChannelCommitments commitments)
    {
        foreach (var htlc in commitments.Incoming.Values) turn.Act(CommitmentExchange.Received(htlc));
        foreach (var entry in commitments.Outgoing.Unacknowledged) HtlcCommands.Answer(turn, entry);
    }
}
