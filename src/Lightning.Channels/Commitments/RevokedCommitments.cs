using Lightning.Channels.Events;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Commitments;

/// <summary>Finds what a revoked commitment of the peer held: the state does not keep it, the journal does.</summary>
public static class RevokedCommitments
{
    /// <summary>Replays a channel's journal up to the commitment.</summary>
    /// <param name="events">All durable events of the channel, in order.</param>
    /// <param name="commitmentNumber">The commitment's number.</param>
    /// <returns>Its balances and HTLCs from the peer's view; null where the journal has no such commitment.</returns>
    public static CommitmentSpec? Find(IEnumerable<DurableEvent> events, ulong commitmentNumber)
    {
        var state = ChannelState.Empty;
        foreach (var happened in events)
        {
            state = state.Apply(happened);
            if (state is not FundedState funded) continue;
            if (funded.Commitments.RemoteNumber == commitmentNumber) return funded.Commitments.Latest.RemoteSpec;
            if (funded.Commitments.RemoteNumber > commitmentNumber) return null;
        }

        return null;
    }
}
