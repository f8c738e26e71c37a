using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commitments;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.States;

/// <summary>
/// Relayed HTLCs that expired here, are not decided yet, and whose incoming HTLC is about to expire too: the peer there would close that channel. They are failed upstream, in whatever state this
/// channel is. What the peer here may still take with the preimage is this node's loss; the incoming channel would be a larger one. A channel that was read from its journal asks the chain first:
/// the peer may have taken it while this node was away, and then it is paid.
/// </summary>
internal static class EarlyFailures
{
    /// <summary>Fails those whose time has come.</summary>
    public static void Look(Turn turn)
    {
        if (turn.State is not FundedState state) return;
        var height = turn.Environment.BlockHeight;
        var early = ImmutableArray.CreateBuilder<ulong>();
        foreach (var entry in state.Commitments.Outgoing.Unacknowledged)
        {
            if (entry is not { Origin: HtlcOrigin.Relayed, Result: null, HtlcId: { } id } || (long)entry.RefuseFrom - turn.Config.EarlyFailMargin > height) continue;
            if (state.Transient.Preimages.Items.Any(one => one.HtlcId == id) || ExpiryOf(state, id) > height) continue;
            if (!state.Transient.IsRecovered || IsUndecided(turn, state, id)) early.Add(id);
        }

        if (early.Count == 0) return;
        turn.Record(new DurableEvent.HtlcsFailedOnChain(early.ToImmutable()));
        foreach (var id in early)
        {
            if (((FundedState)turn.State).Commitments.Outgoing.Find(id) is not { Result: HtlcResult.Failed { Failure: var failure } } entry) continue;
            turn.Act(new ChannelAction.ReportEarlyFailure(id, entry.RefuseFrom));
            turn.Act(new ChannelAction.HtlcFailed(entry.Origin, failure));
        }
    }

    // Whether the chain was read so far, and has decided nothing. Where it was not, it is asked, with each block until it has answered.
    private static bool IsUndecided(Turn turn, FundedState state, ulong id)
    {
        if (state is not Closing { Spend: not null } closing)
        {
            if (state.Transient.Audit is null && state is Closing) Watching.Audit(turn, state.Commitments);
            return state.Transient.Audit is FundingStatus.Unspent or FundingStatus.Missing;
        }

        if (ChainView.Commitment(closing, turn.Signer) is not { } commitment) return true;
        for (var index = 0; index < commitment.Outputs.Length; index++)
        {
            if (commitment.Outputs[index].Htlc is not { } htlc || htlc.Id != id || !ChainView.IsOffered(commitment, htlc)) continue;
            var output = new OutPoint(commitment.TxId, (uint)index);
            if (closing.SpendOf(output) is not null || state.Transient.Unspent.Items.Contains(output)) return true;
            turn.Act(new ChannelAction.CheckFunding(output, commitment.Outputs[index].Output.ScriptPubKey));
            return false;
        }

        return true;
    }

    /// <summary>The expiry of an HTLC that this node offered, in whichever commitment it is; zero where it is in none.</summary>
    public static uint ExpiryOf(FundedState state, ulong id)
    {
        var latest = state.Commitments.Latest;
        return (latest.LocalSpec.Find(HtlcDirection.Offered, id) ?? latest.RemoteSpec.Find(HtlcDirection.Received, id) ?? latest.NextRemoteSpec?.Find(HtlcDirection.Received, id))?.CltvExpiry ?? 0;
    }
}
