using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
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

    /// <summary>A reorganisation took the funding transaction away: the wait begins anew, for its opener may have spent the same coins otherwise by now.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="funding">The funding output.</param>
    public static void Undone(Turn turn, OutPoint funding)
    {
        if (turn.State is FundedState state and not Closed && funding == state.Commitments.Latest.Funding.OutPoint) Await(turn, state, turn.Environment.BlockHeight);
    }

    /// <summary>Forgets the channel where its funding output is nowhere.</summary>
    public static void Answer(Turn turn, ChannelCommand.FundingChecked check)
    {
        if (turn.State is not FundedState state || check.Status != FundingStatus.Missing || check.Funding != state.Commitments.Latest.Funding.OutPoint) return;
        if (state is not (Closed or Closing { Spend: not null }) && state.Commitments.FundedAt <= check.BlockHeight) Await(turn, state, check.BlockHeight);
        if (!MayForget(state, turn.Environment, check.BlockHeight)) return;
        // Should it come after all, soon, what was pushed to this node is not given up.
        var isWorth = state.IsRestored || state.Commitments.Latest.LocalSpec.ToLocal.ToSatoshi() >= state.Parameters.Local.DustLimit;
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

    /// <summary>Where the funding output is.</summary>
    public static ShortChannelId PlaceOf(ChannelCommitments commitments, DurableEvent.FundingConfirmed confirmed) =>
        new(confirmed.BlockHeight, confirmed.TransactionIndex, (ushort)commitments.Latest.Funding.OutPoint.Index);

    /// <summary>The funding transaction was deep enough before, and is told of again: a reorganisation may have moved it.</summary>
    /// <returns>Whether it is the channel's.</returns>
    public static bool Move(Turn turn, FundedState state, ShortChannelId from, ChannelCommand.FundingConfirmed confirmed)
    {
        if (confirmed.Transaction.TxId != state.Commitments.Latest.Funding.OutPoint.TxId) return false;
        var moved = new DurableEvent.FundingConfirmed(confirmed.BlockHeight, confirmed.TransactionIndex);
        if (PlaceOf(state.Commitments, moved) != from) turn.Record(moved);
        return true;
    }

    // The limit is the accepter's; and that of a channel of which nobody knows whether it was ever funded.
    private static void Await(Turn turn, FundedState state, uint height)
    {
        if (state.FundingAwaitedSince is not null || turn.Environment.Guarded || (state.Parameters.IsInitiator && !state.IsRestored)) return;
        turn.Record(new DurableEvent.FundingAwaited(height));
        Watching.FundingDepth(turn, state.Commitments, depth: 1);
    }

    private static bool MayForget(FundedState state, ChannelEnvironment environment, uint height) =>
        state is not Closing { Spend: not null } && state is { MayNeverBeFunded: true, FundingAwaitedSince: { } since } && !environment.Guarded && height >= (long)since + environment.Config.FundingTimeout;

    private static void Close(Turn turn, FundedState state, string reason, uint finalAt)
    {
        var command = state.Transient.Command;
        // What it published while it believed in its funding.
        if (state is Closing && state.Commitments.Broadcastable(turn.Signer) is { } commitment) turn.Act(new ChannelAction.StopPublishing(commitment.TxId));
        turn.Record(new DurableEvent.ChannelClosed(CloseReason.FundingFailed, FinalAt: finalAt));
        if (command is not null) turn.Refuse(command, CommandRefusal.PeerFailed, reason);
        turn.Act(new ChannelAction.ReportClosed(CloseReason.FundingFailed));
    }
}
