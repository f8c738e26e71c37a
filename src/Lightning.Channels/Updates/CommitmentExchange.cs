using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Fees;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Updates;

/// <summary>update_, commitment_signed and revoke_and_ack (BOLT 2 "Normal Operation").</summary>
internal static class CommitmentExchange
{
    /// <summary>An update of the peer: kept in memory until its commitment_signed.</summary>
    public static void ReceiveUpdate(Turn turn, FundedState state, IUpdateMessage message)
    {
        var update = message.ToUpdate();
        if (UpdateRules.Violation(state, update, turn.Environment) is { } violation)
        {
            state.Warn(turn, violation);
            return;
        }

        if (update is CommitmentUpdate.Fee fee && UpdateRules.ExceedsDustExposure(state, fee.Feerate, turn.Config))
        {
            turn.Record(new TransientEvent.FeerateRefused(fee.Feerate));
            state.Warn(turn, $"At {fee.Feerate} too much would be lost to dust.");
            return;
        }

        turn.Record(new TransientEvent.UpdateReceived(update));
        if (update is not CommitmentUpdate.FulfillHtlc fulfill) return;
        // The preimage proves itself: it goes up at once, whatever becomes of the update.
        var learned = new LearnedPreimage(fulfill.Id, fulfill.Preimage, fulfill.AttributionData);
        if (state.Transient.Preimages.Items.All(one => one.HtlcId != fulfill.Id)) turn.Record(new TransientEvent.PreimageHeard(learned));
        if (state.Commitments.Outgoing.Find(fulfill.Id) is { } entry) turn.ActAtOnce(new ChannelAction.HtlcFulfilled(entry.Origin, fulfill.Preimage, fulfill.AttributionData));
    }

    /// <summary>commitment_signed: verified, then one event; revoke_and_ack leaves.</summary>
    public static void ReceiveCommitment(Turn turn, FundedState state, CommitmentSigned message)
    {
        var commitments = state.Commitments;
        var number = commitments.LocalNumber + 1;
        var signatures = new CommitmentSignatures(message.Signature, message.HtlcSignatures.Items);
        var received = ImmutableArray.CreateBuilder<FundingSignatures>(commitments.Active.Count);
        foreach (var one in commitments.Active)
        {
            var spec = SpecReducer.Reduce(one.LocalSpec, commitments.LocalAcked.Span, state.Transient.Received.Span);
            if (!spec.IsCovered())
            {
                state.Warn(turn, "The updates are more than the balances.");
                return;
            }

            var verdict = commitments.Local(one, spec, number, turn.Signer).Verify(signatures);
            if (verdict != CommitmentVerification.Valid)
            {
                // Not an error: the peer, or a copy of this channel that is not the latest, may be behind. A new connection tells.
                state.Warn(turn, $"commitment_signed of commitment {number}: {verdict}.");
                return;
            }

            received.Add(new FundingSignatures(one.Funding.OutPoint.TxId, signatures));
        }

        turn.Record(new DurableEvent.CommitmentReceived(state.Transient.Received, received.ToImmutable()));
        turn.Send(Revocation(commitments.Id, number - 1, turn.Signer));
    }

    /// <summary>The revoke_and_ack of a commitment of this node.</summary>
    public static RevokeAndAck Revocation(ChannelId channel, ulong revoked, IChannelSigner signer) =>
        new(channel, signer.PerCommitmentSecret(revoked), signer.PerCommitmentPoint(revoked + 2));

    /// <summary>revoke_and_ack: the peer's updates in its commitment are irrevocable.</summary>
    public static void ReceiveRevocation(Turn turn, FundedState state, RevokeAndAck message)
    {
        var commitments = state.Commitments;
        if (!commitments.AwaitsRevocation)
        {
            state.Warn(turn, "revoke_and_ack without a commitment_signed.");
            return;
        }

        if (!IsSecretOf(message.PerCommitmentSecret, commitments.RemotePoint) || !commitments.Secrets.TryInsert(message.PerCommitmentSecret, out _))
        {
            ForceClosing.Start(turn, state, CloseReason.ProtocolViolation, "revoke_and_ack with a secret that does not fit.", sendError: true);
            return;
        }

        turn.Record(new DurableEvent.RevocationReceived(message.PerCommitmentSecret, message.NextPerCommitmentPoint, turn.Environment.Now, TooDusty(commitments, turn.Config)));
        var now = ((FundedState)turn.State).Commitments;
        foreach (var update in commitments.RemoteSigned)
        {
            switch (update)
            {
                // Before the funding output was looked for, none is passed on or paid: all of them are handed over then.
                case CommitmentUpdate.AddHtlc add when state.Transient.IsAudited:
                    turn.Act(Received(now.Incoming[add.Id]));
                    break;
                case CommitmentUpdate.Settlement settlement when now.Outgoing.Find(settlement.Id) is { Result: HtlcResult.Failed failed } entry:
                    turn.Act(new ChannelAction.HtlcFailed(entry.Origin, failed.Failure));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Hands over an irrevocable incoming HTLC.</summary>
    public static ChannelAction.HtlcReceived Received(IncomingHtlc htlc) => new(htlc.Htlc, htlc.ReceivedAt, htlc.Forward, htlc.MustFail);

    /// <summary>Signs the peer's next commitment, if there is anything new in it and the last one is revoked: all that waits leaves in one batch.</summary>
    public static void Sign(Turn turn)
    {
        if (turn.State is not FundedState { CanUpdate: true, Link.IsOnline: true } state) return;
        if (state.Commitments is not { AwaitsRevocation: false, RemoteNextPoint: { } point }) return;
        // After shutdown and the last HTLC there are no more updates: the peer may negotiate the closing transaction already.
        if (state is ShuttingDown && state.Commitments.Latest is { LocalSpec.Htlcs.IsEmpty: true, RemoteSpec.Htlcs.IsEmpty: true } && !state.Transient.Proposed.IsEmpty) turn.Record(new TransientEvent.FeeDropped());
        var pending = Affordable(turn);
        state = (FundedState)turn.State;
        var commitments = state.Commitments;
        if (pending.Updates.IsEmpty && commitments.RemoteAcked.IsEmpty) return;
        var number = commitments.RemoteNumber + 1;
        turn.Record(new DurableEvent.CommitmentSent(pending.Updates, pending.Origins));
        var signed = ((FundedState)turn.State).Commitments;
        foreach (var update in pending.Updates) turn.Send(update.ToMessage(signed.Id));
        foreach (var one in signed.Active) turn.Send(Signature(signed, one, number, point, turn.Signer));
        var origin = 0;
        foreach (var update in pending.Updates)
        {
            switch (update)
            {
                case CommitmentUpdate.AddHtlc add:
                    turn.Act(new ChannelAction.HtlcAccepted(pending.Origins[origin++].Origin, add.Id));
                    break;
                case CommitmentUpdate.Settlement settlement when !commitments.Kept.Items.Contains(settlement):
                    turn.Act(new ChannelAction.SettlementAccepted(settlement.Id));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The commitment_signed of the peer's next commitment; the same whenever it is made.</summary>
    public static CommitmentSigned Signature(ChannelCommitments commitments, Commitment one, ulong number, PubKey point, IChannelSigner signer)
    {
        var spec = one.NextRemoteSpec ?? throw new InvalidOperationException("There is no next commitment to sign.");
        var signatures = signer.SignRemoteCommitment(commitments.Remote(one, spec, number, point));
        return new CommitmentSigned(commitments.Id, signatures.Commitment, signatures.Htlcs) { FundingTxId = one.Funding.OutPoint.TxId };
    }

    /// <summary>Whether a secret is that of a point.</summary>
    public static bool IsSecretOf(in Bytes32 secret, PubKey point)
    {
        if (!Key.TryFromBytes(secret.Span, out var key)) return false;
        using (key) return key.PubKey == point;
    }

    // The peer's updates that came after an add was checked may have made it too much: such an add is refused, the last one first.
    private static PendingUpdates Affordable(Turn turn)
    {
        while (true)
        {
            var state = (FundedState)turn.State;
            var pending = PendingUpdates.Of(state);
            if (pending.Updates.IsEmpty || OfferRules.Check(state, pending.Updates) is not { } reason) return pending;
            if (!pending.Origins.IsEmpty) HtlcCommands.Refuse(turn, pending.Origins[^1], reason);
            else if (pending.Updates.Any(static update => update is CommitmentUpdate.Fee)) turn.Record(new TransientEvent.FeeDropped());
            else return pending;
        }
    }

    // Of the HTLCs that become irrevocable, those without an output that would lose more to dust than is allowed (CVE-2021-41591 and following).
    private static EquatableArray<ulong> TooDusty(ChannelCommitments commitments, ChannelConfig config)
    {
        // As both commitments are with these and without later ones: the first to come are the ones to stay.
        var remote = commitments.Latest.LatestRemoteSpec;
        var local = remote.Mirrored();
        var (localExposure, remoteExposure) = (CommitmentFees.DustExposure(commitments.LocalTerms, local), CommitmentFees.DustExposure(commitments.RemoteTerms, remote));
        if (localExposure <= config.MaxDustExposure && remoteExposure <= config.MaxDustExposure) return [];
        var failed = ImmutableArray.CreateBuilder<ulong>();
        for (var i = commitments.RemoteSigned.Count - 1; i >= 0 && (localExposure > config.MaxDustExposure || remoteExposure > config.MaxDustExposure); i--)
        {
            if (commitments.RemoteSigned[i] is not CommitmentUpdate.AddHtlc add) continue;
            var ours = new CommittedHtlc(HtlcDirection.Received, add.Id, add.Amount, add.PaymentHash, add.CltvExpiry);
            var dustHere = CommitmentFees.IsTrimmed(commitments.LocalTerms, ours, local.Feerate);
            var dustThere = CommitmentFees.IsTrimmed(commitments.RemoteTerms, ours.Mirrored(), remote.Feerate);
            if (!dustHere && !dustThere) continue;
            failed.Add(add.Id);
            if (dustHere) localExposure -= add.Amount;
            if (dustThere) remoteExposure -= add.Amount;
        }

        return failed.ToImmutable();
    }
}
