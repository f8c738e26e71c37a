using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>
/// A channel's wait for its funding transaction. An accepter has but the peer's word for it: until the transaction is seen nothing that spends it is published, and after a time the channel is forgotten
/// (BOLT 2). Forgotten is only what the chain, asked at that moment, does not have: never for the height alone, and never from a copy that may be old.
/// </summary>
internal static class FundingWait
{
    /// <summary>Asks for the funding output, once the time is up.</summary>
    public static void Look(Turn turn)
    {
        if (turn.State is not FundedState { Transient.AsksForFunding: false } state || !MayForget(state, turn.Environment, turn.Environment.BlockHeight)) return;
        turn.Record(new TransientEvent.FundingAskedFor());
        Watching.Audit(turn, state.Commitments);
    }

    /// <summary>Forgets the channel where its funding output is nowhere.</summary>
    public static void Answer(Turn turn, ChannelCommand.FundingChecked check)
    {
        if (turn.State is not FundedState state || check.Status != FundingStatus.Missing || check.Funding != state.Commitments.Latest.Funding.OutPoint) return;
        if (!MayForget(state, turn.Environment, check.BlockHeight)) return;
        // Should it come after all, soon, what was pushed to this node is not given up.
        var isWorth = state.Commitments.Latest.LocalSpec.ToLocal.ToSatoshi() >= state.Parameters.Local.DustLimit;
        Close(turn, state, "The funding transaction was not confirmed in time.", isWorth ? turn.Environment.BlockHeight : 0);
    }

    /// <summary>Ends the channel where the funding transaction does not pay what was agreed.</summary>
    /// <returns>Whether it is over.</returns>
    public static bool Refuse(Turn turn, FundedState state, Transaction transaction)
    {
        var funding = state.Commitments.Latest.Funding;
        // The opener chose txid and index: that they pay the agreed amount to the agreed script is for us to see (CVE-2019-12998 and others).
        if (funding.OutPoint.Index < transaction.Outputs.Length && transaction.Outputs[(int)funding.OutPoint.Index] == new TxOut(funding.Capacity, funding.ScriptPubKey)) return false;
        const string Reason = "The funding output is not the one that was agreed.";
        turn.Send(new Error(state.ChannelId, Reason));
        Close(turn, state, Reason, finalAt: 0);
        return true;
    }

    private static bool MayForget(FundedState state, ChannelEnvironment environment, uint height) =>
        state is { MayNeverBeFunded: true, FundingAwaitedSince: { } since } && !environment.Guarded && height >= (long)since + environment.Config.FundingTimeout;

    private static void Close(Turn turn, FundedState state, string reason, uint finalAt)
    {
        var command = state.Transient.Command;
        turn.Record(new DurableEvent.ChannelClosed(CloseReason.FundingFailed, FinalAt: finalAt));
        if (command is not null) turn.Refuse(command, CommandRefusal.PeerFailed, reason);
        turn.Act(new ChannelAction.ReportClosed(CloseReason.FundingFailed));
    }
}
