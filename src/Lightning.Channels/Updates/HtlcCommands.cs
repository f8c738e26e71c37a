using System.Collections.Immutable;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.States;

namespace Lightning.Channels.Updates;

/// <summary>The commands of payments: each counts once, however often it comes.</summary>
internal static class HtlcCommands
{
    public static void Add(Turn turn, FundedState state, ChannelCommand.AddHtlc add)
    {
        if (state.Commitments.Outgoing.Find(add.Origin) is { } known)
        {
            Answer(turn, known);
            return;
        }

        // Its answer comes with the commitment_signed that covers it.
        if (state.Transient.HasProposed(add.Origin)) return;
        // A state that may be old does not know whether it was made: a refusal would have the money sent another way, or back, beside an HTLC that is there.
        if (turn.Environment.Guarded || state.HasLostState) return;
        // As long as the money may be gone nothing is said: the add is repeated.
        if (state is Normal { Transient.IsAudited: false }) return;
        var refusal = add.RefuseFrom <= Math.Max(turn.Environment.BlockHeight, state.Commitments.Outgoing.PrunedAt) ? AddRefusal.TooLate : state.AddsRefused ?? OfferRules.Check(state, add, turn.Environment);
        if (refusal is { } reason)
        {
            Refuse(turn, new AddOrigin(add.Origin, add.RefuseFrom), reason);
            return;
        }

        turn.Record(new TransientEvent.UpdateProposed(
            new CommitmentUpdate.AddHtlc(0, add.Amount, add.PaymentHash, add.CltvExpiry, add.Onion, add.PathKey),
            new AddOrigin(add.Origin, add.RefuseFrom)));
    }

    /// <summary>Says no for ever.</summary>
    public static void Refuse(Turn turn, AddOrigin origin, AddRefusal reason)
    {
        turn.Record(new DurableEvent.AddRefused(origin.Origin, reason, origin.RefuseFrom));
        turn.Act(new ChannelAction.HtlcRefused(origin.Origin, reason));
    }

    /// <summary>What came of an add, once more.</summary>
    public static void Answer(Turn turn, OutgoingHtlc known)
    {
        if (known.HtlcId is { } id) turn.Act(new ChannelAction.HtlcAccepted(known.Origin, id));
        switch (known.Result)
        {
            case HtlcResult.Refused refused:
                turn.Act(new ChannelAction.HtlcRefused(known.Origin, refused.Reason));
                break;
            case HtlcResult.Fulfilled fulfilled:
                turn.Act(new ChannelAction.HtlcFulfilled(known.Origin, fulfilled.Preimage, fulfilled.AttributionData));
                break;
            case HtlcResult.Failed failed:
                turn.Act(new ChannelAction.HtlcFailed(known.Origin, failed.Failure));
                break;
            default:
                break;
        }
    }

    public static void Settle(Turn turn, FundedState state, ChannelCommand.SettleHtlc settle)
    {
        var commitments = state.Commitments;
        var id = settle.HtlcId;
        if (!commitments.Incoming.TryGetValue(id, out var htlc))
        {
            // Settled before, durably; or not known here: a stale incarnation must not say so.
            if (!IsSettled(commitments, id)) return;
            if (settle is ChannelCommand.FulfillHtlc late && !SettleLate(turn, state, late)) return;
            turn.Act(new ChannelAction.SettlementAccepted(id));
            return;
        }

        if (settle is ChannelCommand.FulfillHtlc fulfill && fulfill.Preimage.Hash != htlc.Htlc.PaymentHash) return;
        if (settle is ChannelCommand.FailMalformedHtlc { FailureCode: var code } && (code & UpdateRules.BadOnion) == 0) return;
        var update = ToUpdate(settle);
        if (state.CanUpdate && state.Link.Status != LinkStatus.Offline)
        {
            var proposed = state.Transient.FindProposedSettlement(id);
            if (proposed is null || (proposed is not CommitmentUpdate.FulfillHtlc && update is CommitmentUpdate.FulfillHtlc)) turn.Record(new TransientEvent.UpdateProposed(update, Origin: null));
            return;
        }

        turn.Record(new DurableEvent.SettlementsKept([update]));
        turn.Act(new ChannelAction.SettlementAccepted(id));
        if (turn.State is States.Closing closing) closing.OnPreimage(turn);
    }

    // A preimage is worth more than a failure, as long as the HTLC is in a commitment: that one may come on chain. Where nothing can be taken with it any more it is accepted and comes to nothing.
    private static bool SettleLate(Turn turn, FundedState state, ChannelCommand.FulfillHtlc late)
    {
        if (state is States.Closed || Preimages.OfIncoming(state, late.HtlcId) is not null || FindIncoming(state, late.HtlcId) is not { } htlc) return true;
        if (htlc.PaymentHash != late.Preimage.Hash) return false;
        // What is signed cannot be taken back while the channel goes on. Not accepted before it is irrevocable: who repeats the preimage until then still has it if the channel ends on chain.
        if (state is States.Closing ending ? !ending.LiveIncoming(turn.Signer).Contains(late.HtlcId) : !state.Commitments.Kept.Items.Any(kept => kept.Id == late.HtlcId))
            return LostHtlcs.Has(state, late.HtlcId, turn.Signer, turn.Environment);
        turn.Record(new DurableEvent.SettlementsKept([ToUpdate(late)]));
        if (turn.State is States.Closing closing) closing.OnPreimage(turn);
        return true;
    }

    public static void FixForward(Turn turn, FundedState state, ChannelCommand.FixForward command)
    {
        // Nobody would pay for it.
        if (state is States.Closed || (state is States.Closing closing && !closing.LiveIncoming(turn.Signer).Contains(command.HtlcId))) return;
        // Settled or not known: whoever asks hears of it elsewhere. What is about to be failed must not go on: this node would pay alone.
        if (!state.Commitments.Incoming.TryGetValue(command.HtlcId, out var htlc) || state.Transient.FindProposedSettlement(command.HtlcId) is not null) return;
        if (htlc.Forward is null ? command.Replaces is null : htlc.Forward == command.Replaces) turn.Record(new DurableEvent.ForwardFixed(command.HtlcId, command.Outgoing));
        turn.Act(new ChannelAction.ForwardFixed(command.HtlcId, ((FundedState)turn.State).Commitments.Incoming[command.HtlcId].Forward ?? command.Outgoing));
    }

    public static void Acknowledge(Turn turn, FundedState state, ChannelCommand.AcknowledgeResult command)
    {
        if (state.Transient.Acknowledged.Items.Contains(command.Origin)) return;
        if (state.Commitments.Outgoing.Find(command.Origin) is not { HtlcId: { } id } entry) return;
        var isPaid = entry.Result is HtlcResult.Fulfilled || state.Transient.Preimages.Items.Any(one => one.HtlcId == id);
        // Whoever has the failure only has to hear of the preimage.
        if (isPaid ? command.What == Acknowledgement.Failure : entry.Result is not HtlcResult.Failed) return;
        var isLate = entry.Result is HtlcResult.Fulfilled { IsLate: true } or HtlcResult.Failed or HtlcResult.Acknowledged;
        if (isPaid && isLate && command.What == Acknowledgement.TooLate) turn.Record(new DurableEvent.PaidTooLate(id, entry.Amount));
        turn.Record(new TransientEvent.ResultAcknowledgementHeard(command.Origin));
    }

    /// <summary>Takes back what waits to be sent: adds are refused, settlements and preimages become durable.</summary>
    public static void Unpropose(Turn turn, FundedState state, AddRefusal reason)
    {
        var settlements = ImmutableArray.CreateBuilder<CommitmentUpdate.Settlement>();
        foreach (var one in state.Transient.Proposed)
        {
            if (one.Update is CommitmentUpdate.Settlement settlement) settlements.Add(settlement);
            else if (one.Origin is { } origin) Refuse(turn, origin, reason);
        }

        if (settlements.Count > 0)
        {
            turn.Record(new DurableEvent.SettlementsKept(settlements.ToImmutable()));
            foreach (var settlement in settlements) turn.Act(new ChannelAction.SettlementAccepted(settlement.Id));
        }

        if (!state.Transient.Preimages.IsEmpty) turn.Record(new DurableEvent.PreimagesLearned(state.Transient.Preimages));
    }

    /// <summary>Refuses the adds that wait to be sent, and nothing else.</summary>
    public static void RefuseProposedAdds(Turn turn, FundedState state, AddRefusal reason)
    {
        foreach (var one in state.Transient.Proposed)
        {
            if (one.Origin is { } origin) Refuse(turn, origin, reason);
        }
    }

    private static CommitmentUpdate.Settlement ToUpdate(ChannelCommand.SettleHtlc settle) => settle switch
    {
        ChannelCommand.FulfillHtlc fulfill => new CommitmentUpdate.FulfillHtlc(fulfill.HtlcId, fulfill.Preimage, fulfill.AttributionData),
        ChannelCommand.FailHtlc fail => new CommitmentUpdate.FailHtlc(fail.HtlcId, fail.Reason, fail.AttributionData) { Refusal = fail.Refusal },
        ChannelCommand.FailMalformedHtlc fail => new CommitmentUpdate.FailMalformedHtlc(fail.HtlcId, fail.OnionHash, fail.FailureCode),
        _ => throw new NotSupportedException($"{settle.GetType().Name} settles nothing."),
    };

    private static bool IsSettled(ChannelCommitments commitments, ulong id) =>
        id < commitments.NextRemoteHtlcId && !HasAdd(commitments.RemoteAcked, id) && !HasAdd(commitments.RemoteSigned, id);

    private static bool HasAdd(EquatableArray<CommitmentUpdate> updates, ulong id)
    {
        foreach (var update in updates)
        {
            if (update is CommitmentUpdate.AddHtlc add && add.Id == id) return true;
        }

        return false;
    }

    // An incoming HTLC, in whichever commitment it still is.
    private static Transactions.CommittedHtlc? FindIncoming(FundedState state, ulong id)
    {
        var latest = state.Commitments.Latest;
        return latest.LocalSpec.Find(Transactions.HtlcDirection.Received, id)
            ?? latest.RemoteSpec.Find(Transactions.HtlcDirection.Offered, id)
            ?? latest.NextRemoteSpec?.Find(Transactions.HtlcDirection.Offered, id)
            ?? (state as States.Closing)?.RevokedSpec?.Find(Transactions.HtlcDirection.Offered, id);
    }
}
