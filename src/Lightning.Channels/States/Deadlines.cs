using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;

namespace Lightning.Channels.States;

/// <summary>When HTLCs must go to the chain (BOLT 2 "cltv_expiry_delta Selection").</summary>
internal static class Deadlines
{
    /// <summary>Why the channel must be closed now; null where it need not be.</summary>
    public static string? Passed(FundedState state, ChannelEnvironment environment)
    {
        var (commitments, height) = (state.Commitments, environment.BlockHeight);
        foreach (var one in commitments.Active)
        {
            if (Expired(one.LocalSpec, HtlcDirection.Offered, height, environment.Config) is { } ours) return ours;
            if (Expired(one.RemoteSpec, HtlcDirection.Received, height, environment.Config) is { } theirs) return theirs;
            if (one.NextRemoteSpec is { } next && Expired(next, HtlcDirection.Received, height, environment.Config) is { } theirNext) return theirNext;
            foreach (var htlc in one.LocalSpec.Htlcs)
            {
                if (htlc.Direction == HtlcDirection.Received && (long)htlc.CltvExpiry - environment.Config.FulfillDeadline <= height && IsFulfilled(state, htlc.Id))
                    return $"HTLC {htlc.Id} is fulfilled and expires at {htlc.CltvExpiry}, at height {height}.";
            }
        }

        return null;
    }

    /// <summary>Whether this node has given the preimage of an incoming HTLC.</summary>
    public static bool IsFulfilled(FundedState state, ulong id) => Preimages.OfIncoming(state, id) is not null;

    private static string? Expired(CommitmentSpec spec, HtlcDirection offeredHere, uint height, ChannelConfig config)
    {
        foreach (var htlc in spec.Htlcs)
        {
            if (htlc.Direction == offeredHere && (long)htlc.CltvExpiry + config.OfferedHtlcGrace <= height) return $"HTLC {htlc.Id} expired at {htlc.CltvExpiry}, at height {height}.";
        }

        return null;
    }
}
