using System.Collections.Immutable;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Fees;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Updates;

/// <summary>What this node may propose: the requirements of a sending node for update_add_htlc and update_fee (BOLT 2), on both nodes' commitments.</summary>
internal static class OfferRules
{
    // From here on cltv_expiry would be a time.
    internal const uint MaxCltvExpiry = 500_000_000;

    /// <summary>Whether an add may be proposed on top of what waits already.</summary>
    public static AddRefusal? Check(FundedState state, ChannelCommand.AddHtlc add, ChannelEnvironment environment)
    {
        var commitments = state.Commitments;
        if (add.Onion.Length != UpdateAddHtlc.OnionLength || add.Amount > Satoshi.MaxMoney.ToMilliSatoshi()) return AddRefusal.Malformed;
        if (add.Amount <= MilliSatoshi.Zero || add.Amount < commitments.Parameters.Remote.HtlcMinimum) return AddRefusal.AmountTooSmall;
        if (add.CltvExpiry <= environment.BlockHeight) return AddRefusal.ExpiryTooSoon;
        if (add.CltvExpiry >= MaxCltvExpiry || add.CltvExpiry - environment.BlockHeight > environment.Config.MaxCltvDelta) return AddRefusal.ExpiryTooFar;
        var htlc = new CommitmentUpdate.AddHtlc(0, add.Amount, add.PaymentHash, add.CltvExpiry, add.Onion, add.PathKey);
        var pending = PendingUpdates.Of(state).With(htlc, commitments.NextLocalHtlcId);
        foreach (var one in commitments.Active)
        {
            var (local, remote) = Next(state, one, pending.Updates);
            if (Check(commitments, local, remote, withBuffer: true) is { } refusal) return refusal;
            if (IsTooDusty(commitments, local, remote, add.Amount, environment.Config)) return AddRefusal.DustExposure;
            if (state.Transient.RefusedFeerate is { } wanted && wanted > local.Feerate && ExceedsDustExposure(commitments, local.WithFeerate(wanted), remote.WithFeerate(wanted), environment.Config)) return AddRefusal.DustExposure;
        }

        return null;
    }

    /// <summary>Whether what waits may still be signed: the peer's updates that came since may have changed that.</summary>
    public static AddRefusal? Check(FundedState state, ImmutableArray<CommitmentUpdate> updates)
    {
        foreach (var one in state.Commitments.Active)
        {
            var (local, remote) = Next(state, one, updates);
            if (Check(state.Commitments, local, remote, withBuffer: false) is { } refusal) return refusal;
        }

        return null;
    }

    /// <summary>Whether the opener may propose a feerate.</summary>
    public static bool CanPay(FundedState state, FeeratePerKw feerate, ChannelConfig config)
    {
        var commitments = state.Commitments;
        var updates = PendingUpdates.Of(state).Updates.RemoveAll(static update => update is CommitmentUpdate.Fee).Add(new CommitmentUpdate.Fee(feerate));
        foreach (var one in commitments.Active)
        {
            var (local, remote) = Next(state, one, updates);
            if (Check(commitments, local, remote, withBuffer: false) is not null) return false;
            if (feerate > one.LatestRemoteSpec.Feerate && ExceedsDustExposure(commitments, local, remote, config)) return false;
        }

        return true;
    }

    /// <summary>Whether either commitment would lose more to dust than is allowed.</summary>
    public static bool ExceedsDustExposure(ChannelCommitments commitments, CommitmentSpec local, CommitmentSpec remote, ChannelConfig config) =>
        CommitmentFees.DustExposure(commitments.LocalTerms, local) > config.MaxDustExposure
        || CommitmentFees.DustExposure(commitments.RemoteTerms, remote) > config.MaxDustExposure;

    // Both commitments once everything on its way, and these updates, have arrived.
    internal static (CommitmentSpec Local, CommitmentSpec Remote) Next(FundedState state, Commitment one, ImmutableArray<CommitmentUpdate> updates)
    {
        var commitments = state.Commitments;
        ImmutableArray<CommitmentUpdate> ours = [.. commitments.LocalAcked.Items, .. commitments.LocalSigned.Items, .. updates];
        return (
            SpecReducer.Reduce(one.LocalSpec, ours.AsSpan(), state.Transient.Received.Span),
            SpecReducer.Reduce(one.LatestRemoteSpec, commitments.RemoteAcked.Span, updates.AsSpan()));
    }

    private static AddRefusal? Check(ChannelCommitments commitments, CommitmentSpec local, CommitmentSpec remote, bool withBuffer)
    {
        var (ours, theirs) = (commitments.Parameters.Local, commitments.Parameters.Remote);
        var count = 0;
        var inFlight = MilliSatoshi.Zero;
        foreach (var htlc in remote.Htlcs)
        {
            if (htlc.Direction != HtlcDirection.Received) continue;
            count++;
            inFlight += htlc.Amount;
        }

        if (count > theirs.MaxAcceptedHtlcs) return AddRefusal.TooManyHtlcs;
        if (inFlight > theirs.MaxHtlcValueInFlight) return AddRefusal.TooMuchInFlight;
        var reserve = theirs.ChannelReserve.ToMilliSatoshi();
        if (commitments.Parameters.IsInitiator)
        {
            var needed = Satoshi.Max(Cost(commitments.LocalTerms, local, withBuffer), Cost(commitments.RemoteTerms, remote, withBuffer)).ToMilliSatoshi() + reserve;
            return local.ToLocal < needed || remote.ToRemote < needed ? AddRefusal.InsufficientBalance : null;
        }

        if (local.ToLocal < reserve || remote.ToRemote < reserve) return AddRefusal.InsufficientBalance;
        // The peer pays the fee: it would fail the channel over an HTLC that takes it below its reserve.
        var theirNeed = Satoshi.Max(CommitmentFees.OpenerCost(commitments.LocalTerms, local), CommitmentFees.OpenerCost(commitments.RemoteTerms, remote)).ToMilliSatoshi()
            + ours.ChannelReserve.ToMilliSatoshi();
        return local.ToRemote < theirNeed || remote.ToLocal < theirNeed ? AddRefusal.OpenerCannotPayFee : null;
    }

    // With the buffer an opener stays able to add an HTLC after the feerate doubled (BOLT 2's "fee spike buffer"). A higher feerate may trim HTLCs, so
    // that the fee at present can be the larger one.
    internal static Satoshi Cost(CommitmentTerms terms, CommitmentSpec spec, bool withBuffer)
    {
        var now = CommitmentFees.OpenerCost(terms, spec);
        if (!withBuffer) return now;
        var doubled = new FeeratePerKw((uint)Math.Min(uint.MaxValue, spec.Feerate.Value * 2L));
        return Satoshi.Max(now, CommitmentFees.OpenerCost(terms, spec.WithFeerate(doubled)) + doubled.Fee(terms.Format.HtlcOutputWeight));
    }

    private static bool IsTooDusty(ChannelCommitments commitments, CommitmentSpec local, CommitmentSpec remote, MilliSatoshi amount, ChannelConfig config)
    {
        var probe = new CommittedHtlc(HtlcDirection.Offered, 0, amount, default, 0);
        return (CommitmentFees.IsTrimmed(commitments.LocalTerms, probe, local.Feerate) && CommitmentFees.DustExposure(commitments.LocalTerms, local) > config.MaxDustExposure)
            || (CommitmentFees.IsTrimmed(commitments.RemoteTerms, probe.Mirrored(), remote.Feerate) && CommitmentFees.DustExposure(commitments.RemoteTerms, remote) > config.MaxDustExposure);
    }
}
