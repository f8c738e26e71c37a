using Lightning.Channels.Commitments;
using Lightning.Channels.Fees;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Updates;

/// <summary>About how much a channel can carry: what routes and route hints are chosen by. The channel itself looks closer when it is asked.</summary>
public static class AvailableBalance
{
    // Large enough to get an output on any commitment, so that the estimate has the fee of one more HTLC in it.
    private static readonly MilliSatoshi Untrimmed = new(1_000_000_000);

    /// <summary>The largest HTLC that this node can offer now; zero where it can offer none.</summary>
    public static MilliSatoshi ToSend(FundedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var commitments = state.Commitments;
        var (ours, theirs) = (commitments.Parameters.Local, commitments.Parameters.Remote);
        var updates = PendingUpdates.Of(state).Updates;
        var available = theirs.MaxHtlcValueInFlight;
        foreach (var one in commitments.Active)
        {
            var (local, remote) = OfferRules.Next(state, one, updates);
            var count = 0;
            var inFlight = MilliSatoshi.Zero;
            foreach (var htlc in remote.Htlcs)
            {
                if (htlc.Direction != HtlcDirection.Received) continue;
                count++;
                inFlight += htlc.Amount;
            }

            if (count >= theirs.MaxAcceptedHtlcs) return MilliSatoshi.Zero;
            available = MilliSatoshi.Min(available, theirs.MaxHtlcValueInFlight - inFlight);
            var spendable = MilliSatoshi.Min(local.ToLocal, remote.ToRemote) - theirs.ChannelReserve.ToMilliSatoshi();
            var localNext = local.Add(new CommittedHtlc(HtlcDirection.Offered, ulong.MaxValue, Untrimmed, default, 0));
            var remoteNext = remote.Add(new CommittedHtlc(HtlcDirection.Received, ulong.MaxValue, Untrimmed, default, 0));
            if (commitments.Parameters.IsInitiator)
            {
                spendable -= Satoshi.Max(
                    OfferRules.Cost(commitments.LocalTerms, localNext, withBuffer: true), OfferRules.Cost(commitments.RemoteTerms, remoteNext, withBuffer: true)).ToMilliSatoshi();
            }
            else
            {
                var cost = Satoshi.Max(CommitmentFees.OpenerCost(commitments.LocalTerms, localNext), CommitmentFees.OpenerCost(commitments.RemoteTerms, remoteNext));
                if (MilliSatoshi.Min(local.ToRemote, remote.ToLocal) < (cost + ours.ChannelReserve).ToMilliSatoshi()) return MilliSatoshi.Zero;
            }

            available = MilliSatoshi.Min(available, spendable);
        }

        return MilliSatoshi.Max(available, MilliSatoshi.Zero);
    }

    /// <summary>About the largest HTLC that the peer can offer now.</summary>
    public static MilliSatoshi ToReceive(FundedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var commitments = state.Commitments;
        var reserve = commitments.Parameters.Local.ChannelReserve.ToMilliSatoshi();
        var available = commitments.Parameters.Local.MaxHtlcValueInFlight;
        foreach (var one in commitments.Active)
        {
            var spendable = one.LocalSpec.ToRemote - reserve;
            if (!commitments.Parameters.IsInitiator) spendable -= OfferRules.Cost(commitments.LocalTerms, one.LocalSpec, withBuffer: true).ToMilliSatoshi();
            available = MilliSatoshi.Min(available, spendable);
        }

        return MilliSatoshi.Max(available, MilliSatoshi.Zero);
    }
}
