using Lightning.Channels.Commitments;
using Lightning.Channels.Fees;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Updates;

/// <summary>What a peer may propose: the requirements of a receiving node for the update_ messages (BOLT 2), on this node's commitment.</summary>
internal static class UpdateRules
{
    /// <summary>The bit of failure codes that say that the onion was bad (BOLT 4).</summary>
    internal const ushort BadOnion = 0x8000;

    /// <summary>What is wrong with an update; null where nothing is.</summary>
    public static string? Violation(FundedState state, CommitmentUpdate update, ChannelEnvironment environment) => update switch
    {
        CommitmentUpdate.AddHtlc add => Violation(state, add),
        CommitmentUpdate.Settlement settlement => Violation(state, settlement),
        CommitmentUpdate.Fee fee => Violation(state, fee, environment),
        _ => $"{update.GetType().Name} is not known.",
    };

    private static string? Violation(FundedState state, CommitmentUpdate.AddHtlc add)
    {
        var (commitments, local) = (state.Commitments, state.Commitments.Parameters.Local);
        var expected = commitments.NextRemoteHtlcId;
        foreach (var earlier in state.Transient.Received)
        {
            if (earlier is CommitmentUpdate.AddHtlc) expected++;
        }

        if (add.Id != expected) return $"HTLC id {add.Id} where {expected} is next.";
        if (add.Amount <= MilliSatoshi.Zero || add.Amount < local.HtlcMinimum) return $"HTLC of {add.Amount}, below the minimum of {local.HtlcMinimum}.";
        if (add.CltvExpiry >= OfferRules.MaxCltvExpiry) return $"cltv_expiry {add.CltvExpiry} is no block height.";
        foreach (var one in commitments.Active)
        {
            var spec = Next(state, one, add);
            var count = 0;
            var inFlight = MilliSatoshi.Zero;
            foreach (var htlc in spec.Htlcs)
            {
                if (htlc.Direction != HtlcDirection.Received) continue;
                count++;
                inFlight += htlc.Amount;
            }

            if (count > local.MaxAcceptedHtlcs) return $"More than {local.MaxAcceptedHtlcs} HTLCs.";
            if (inFlight > local.MaxHtlcValueInFlight) return $"HTLCs of {inFlight} in flight, above {local.MaxHtlcValueInFlight}.";
            // Counted in a specification that holds the HTLC itself, so that one near the dust limit counts exactly where it gets an output.
            var needed = local.ChannelReserve.ToMilliSatoshi()
                + (commitments.Parameters.IsInitiator ? MilliSatoshi.Zero : CommitmentFees.OpenerCost(commitments.LocalTerms, spec).ToMilliSatoshi());
            if (spec.ToRemote < needed) return $"An HTLC of {add.Amount} leaves {spec.ToRemote} where fees and reserve need {needed}.";
        }

        return null;
    }

    private static string? Violation(FundedState state, CommitmentUpdate.Settlement settlement)
    {
        if (state.Commitments.Latest.LocalSpec.Find(HtlcDirection.Offered, settlement.Id) is not { } htlc) return $"There is no HTLC {settlement.Id} to settle.";
        foreach (var earlier in state.Transient.Received)
        {
            if (earlier is CommitmentUpdate.Settlement other && other.Id == settlement.Id) return $"HTLC {settlement.Id} is settled twice.";
        }

        return settlement switch
        {
            CommitmentUpdate.FulfillHtlc fulfill when fulfill.Preimage.Hash != htlc.PaymentHash => $"The preimage of HTLC {settlement.Id} does not fit.",
            CommitmentUpdate.FailMalformedHtlc { FailureCode: var code } when (code & BadOnion) == 0 => $"update_fail_malformed_htlc of HTLC {settlement.Id} without BADONION.",
            _ => null,
        };
    }

    private static string? Violation(FundedState state, CommitmentUpdate.Fee fee, ChannelEnvironment environment)
    {
        var commitments = state.Commitments;
        if (commitments.Parameters.IsInitiator) return "Only the opener sends update_fee.";
        if (FeeratePolicy.Violation(fee.Feerate, commitments.Latest.LocalSpec.Feerate, commitments.Parameters.Type, environment) is { } reason) return reason;
        foreach (var one in commitments.Active)
        {
            var spec = Next(state, one, fee);
            var cost = CommitmentFees.OpenerCost(commitments.LocalTerms, spec).ToMilliSatoshi();
            if (spec.ToRemote < cost) return $"The opener's {spec.ToRemote} cannot pay {cost} at {fee.Feerate}.";
        }

        return null;
    }

    /// <summary>
    /// Whether a feerate of the peer would turn so many HTLCs to dust that it is not taken (CVE-2021-41591 and following). HTLCs on their way may cross the
    /// feerate, through nobody's fault: only twice of what this node offers by itself is too much. A peer that has signed it sends it again on every connection,
    /// and the channel stands still until HTLCs are gone or the chain must decide them: for dust alone none is closed.
    /// </summary>
    public static bool ExceedsDustExposure(FundedState state, FeeratePerKw feerate, ChannelConfig config)
    {
        foreach (var one in state.Commitments.Active)
        {
            if (feerate <= one.LocalSpec.Feerate) continue;
            var spec = Next(state, one, new CommitmentUpdate.Fee(feerate));
            if (OfferRules.ExceedsDustExposure(state.Commitments, spec, one.LatestRemoteSpec.WithFeerate(feerate), config with { MaxDustExposure = config.MaxDustExposure * 2 })) return true;
        }

        return false;
    }

    // This node's next commitment with all that the peer proposed, and this.
    private static CommitmentSpec Next(FundedState state, Commitment one, CommitmentUpdate update) =>
        SpecReducer.Reduce(one.LocalSpec, state.Commitments.LocalAcked.Span, [.. state.Transient.Received.Span, update]);
}
