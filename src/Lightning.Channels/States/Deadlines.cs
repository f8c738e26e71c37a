using Lightning.Channels.Commitments;
using Lightning.Channels.Fees;
using Lightning.Channels.Parameters;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.States;

/// <summary>When HTLCs must go to the chain (BOLT 2 "cltv_expiry_delta Selection").</summary>
internal static class Deadlines
{
    /// <summary>The deadline that has passed, the most pressing one of several; null for none. HTLCs without an output in any commitment have none: the chain decides nothing about them.</summary>
    public static DeadlinePassed? Passed(FundedState state, ChannelEnvironment environment)
    {
        DeadlinePassed? first = null;
        var commitments = state.Commitments;
        foreach (var one in commitments.Active)
        {
            Look(one.LocalSpec, commitments.LocalTerms, HtlcDirection.Offered);
            Look(one.RemoteSpec, commitments.RemoteTerms, HtlcDirection.Received);
            if (one.NextRemoteSpec is { } next) Look(next, commitments.RemoteTerms, HtlcDirection.Received);
        }

        return first;

        void Look(CommitmentSpec spec, CommitmentTerms terms, HtlcDirection offeredHere)
        {
            foreach (var htlc in spec.Htlcs)
            {
                var passed = htlc.Direction == offeredHere ? Expired(state, htlc, environment) : Unpaid(state, htlc, environment);
                if (passed is null || passed.Hard >= first?.Hard || CommitmentFees.IsTrimmed(terms, htlc, spec.Feerate)) continue;
                first = passed;
            }
        }
    }

    // An HTLC that this node offered, and that the peer did not remove in time.
    private static DeadlinePassed? Expired(FundedState state, CommittedHtlc htlc, ChannelEnvironment environment)
    {
        var (height, config) = (environment.BlockHeight, environment.Config);
        if ((long)htlc.CltvExpiry + config.OfferedHtlcGrace > height) return null;
        var hard = (long)htlc.CltvExpiry + config.ColdStartGrace;
        // What comes in for it must not expire before the chain has decided.
        if (state.Commitments.Outgoing.Find(htlc.Id) is { Origin: HtlcOrigin.Relayed, RefuseFrom: var incoming }) hard = Math.Min(hard, (long)incoming - config.ColdStartMargin);
        return new DeadlinePassed($"HTLC {htlc.Id} expired at {htlc.CltvExpiry}, at height {height}.", hard);
    }

    // An incoming HTLC whose preimage this node has given, and that the peer did not remove in time.
    private static DeadlinePassed? Unpaid(FundedState state, CommittedHtlc htlc, ChannelEnvironment environment)
    {
        var (height, config) = (environment.BlockHeight, environment.Config);
        if ((long)htlc.CltvExpiry - config.FulfillDeadline > height || Preimages.OfIncoming(state, htlc.Id) is null) return null;
        return new DeadlinePassed($"HTLC {htlc.Id} is fulfilled and expires at {htlc.CltvExpiry}, at height {height}.", (long)htlc.CltvExpiry - config.ColdStartMargin);
    }
}
