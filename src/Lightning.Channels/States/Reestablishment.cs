using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Signing;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>channel_reestablish (BOLT 2 "Message Retransmission"): who lacks what, and who has lost its data.</summary>
internal static class Reestablishment
{
    /// <summary>What this node has and expects.</summary>
    public static ChannelReestablish Message(ChannelCommitments commitments, IChannelSigner signer)
    {
        var last = Bytes32.Zero;
        if (commitments.RemoteNumber > 0) commitments.Secrets.TryGet(commitments.RemoteNumber - 1, out last);
        return new ChannelReestablish(commitments.Id, commitments.LocalNumber + 1, commitments.RemoteNumber, last, signer.PerCommitmentPoint(commitments.LocalNumber));
    }

    /// <summary>Compares the peer's numbers with this node's, and sends again what the peer lacks, in the order it was sent.</summary>
    /// <returns>Whether the channel goes on.</returns>
    public static bool Receive(Turn turn, FundedState state, ChannelReestablish theirs)
    {
        var commitments = state.Commitments;
        var localNumber = commitments.LocalNumber;
        var revoked = theirs.NextRevocationNumber;
        if (theirs.NextCommitmentNumber == 0) return Fail(turn, state, "next_commitment_number is zero.");

        // It claims to have revocations of commitments that this node does not know to have revoked.
        if (revoked > localNumber)
        {
            if (!IsOurSecret(turn.Signer, revoked - 1, theirs.YourLastPerCommitmentSecret)) return Fail(turn, state, $"next_revocation_number {revoked} without a proof; {localNumber} expected.");
            HtlcCommands.Unpropose(turn, state, AddRefusal.Closing);
            // Proven: this node's commitment is revoked. To publish it would lose everything; the peer is asked to close.
            turn.Record(new DurableEvent.StateLost(Proven: true, theirs.NextRevocationNumber));
            ((WaitForRemoteClose)turn.State).AskPeerToClose(turn);
            return false;
        }

        if (revoked + 1 < localNumber) return Fail(turn, state, $"next_revocation_number {revoked}, {localNumber} expected: the peer's state is old.");
        if (revoked == 0 ? theirs.YourLastPerCommitmentSecret != Bytes32.Zero : !IsOurSecret(turn.Signer, revoked - 1, theirs.YourLastPerCommitmentSecret)) return Fail(turn, state, "your_last_per_commitment_secret is wrong.");

        // BOLT 2 would have the last commitment_signed sent again whenever it is asked for. Once the commitment before it is revoked the peer cannot lack it,
        // unless its data are old, and what is sent next could follow on no state of the peer's: that is answered as any other wrong number.
        var lastSigned = commitments.RemoteNumber + (commitments.AwaitsRevocation ? 1UL : 0UL);
        var lacksCommitment = commitments.AwaitsRevocation && theirs.NextCommitmentNumber == lastSigned;
        if (!lacksCommitment && theirs.NextCommitmentNumber != lastSigned + 1) return Fail(turn, state, $"next_commitment_number {theirs.NextCommitmentNumber}, {lastSigned + 1} expected.");

        turn.Record(new TransientEvent.Reestablished());
        // Before what it allows: a peer that lacks it takes no update.
        if (state.HasSentChannelReady && WaitForChannelReady.MustRepeat(commitments, theirs)) turn.Send(WaitForChannelReady.Message((FundedState)turn.State, turn.Signer));
        var lacksRevocation = revoked + 1 == localNumber;
        // Revoked after the commitment was sent, or before: the peer must see both in that order.
        var commitmentFirst = lacksCommitment && lacksRevocation && localNumber > commitments.SentAtLocalNumber;
        if (commitmentFirst) Resign(turn, commitments);
        if (lacksRevocation) turn.Send(CommitmentExchange.Revocation(commitments.Id, localNumber - 1, turn.Signer));
        if (lacksCommitment && !commitmentFirst) Resign(turn, commitments);
        return true;
    }

    // The same updates and the same signatures: ECDSA as it is used here is deterministic.
    private static void Resign(Turn turn, ChannelCommitments commitments)
    {
        foreach (var update in commitments.LocalSigned) turn.Send(update.ToMessage(commitments.Id));
        var point = commitments.RemoteNextPoint ?? throw new InvalidOperationException("A commitment cannot be sent before channel_ready.");
        foreach (var one in commitments.Active) turn.Send(CommitmentExchange.Signature(commitments, one, commitments.RemoteNumber + 1, point, turn.Signer));
    }

    private static bool IsOurSecret(IChannelSigner signer, ulong number, in Bytes32 secret) =>
        number <= Transactions.CommitmentNumber.Max && signer.PerCommitmentSecret(number) == secret;

    private static bool Fail(Turn turn, FundedState state, string reason)
    {
        // A peer that has forgotten a channel with a signed closing transaction may send numbers without sense.
        if (state.HasClosingTransaction) return false;
        ForceClosing.Start(turn, state, CloseReason.ProtocolViolation, $"channel_reestablish: {reason}", sendError: true);
        return false;
    }
}
