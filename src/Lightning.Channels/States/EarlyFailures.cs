using System.Collections.Immutable;
using Lightning.Channels.Actions;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.States;

/// <summary>
/// Relayed HTLCs that expired here, are not decided yet, and whose incoming HTLC is about to expire too: the peer there would close that channel. They are failed upstream, in whatever state this
/// channel is. What the peer here may still take with the preimage is this node's loss; the incoming channel would be a larger one.
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
            early.Add(id);
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

    // In whichever commitment it is; zero where it is in none.
    private static uint ExpiryOf(FundedState state, ulong id)
    {
        var latest = state.Commitments.Latest;
        return (latest.LocalSpec.Find(HtlcDirection.Offered, id) ?? latest.RemoteSpec.Find(HtlcDirection.Received, id) ?? latest.NextRemoteSpec?.Find(HtlcDirection.Received, id))?.CltvExpiry ?? 0;
    }
}
