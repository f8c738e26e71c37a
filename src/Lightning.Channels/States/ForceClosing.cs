using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Signing;
using Lightning.Channels.Transactions;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>The end of a channel without the peer's help (BOLT 5 "Failing a Channel").</summary>
internal static class ForceClosing
{
    /// <summary>Ends the channel with this node's commitment.</summary>
    public static void Start(Turn turn, FundedState state, CloseReason reason, string detail, bool sendError)
    {
        // A state that may be old ends nothing: its commitment may be revoked. The peer, or a later reestablishment, decides.
        if (turn.Environment.Guarded)
        {
            if (state.Link.Status != LinkStatus.Offline) state.Warn(turn, detail);
            return;
        }

        // A closing transaction is in a block, and has been told of: unless a reorganisation undoes it, it ends the channel.
        if (state.Transient.MutualClose is not null) return;
        var command = state.Transient.Command;
        HtlcCommands.Unpropose(turn, state, AddRefusal.Closing);
        // A commitment that pays this node nothing, on a funding that is not there: nothing to publish.
        var worthless = state is { MayNeverBeFunded: true, Commitments.Latest.LocalSpec: var spec } && spec.ToLocal.ToSatoshi() < state.Parameters.Local.DustLimit;
        turn.Record(worthless ? new DurableEvent.ChannelClosed(reason) : new DurableEvent.ForceClosed(reason, detail, sendError));
        if (sendError) turn.Send(new Error(state.ChannelId, detail));
        if (command is not null) turn.Refuse(command, CommandRefusal.PeerFailed, detail);
        if (worthless)
        {
            turn.Act(new ChannelAction.ReportClosed(reason));
            return;
        }

        if (state.MayNeverBeFunded) Watching.Funding(turn, (Closing)turn.State);
        ((Closing)turn.State).PublishCommitment(turn);
        Claiming.Claim(turn);
        turn.Act(new ChannelAction.ReportClosing());
        HandOver(turn, state);
    }

    /// <summary>A transaction in a block spends the funding output.</summary>
    public static void FundingSpent(Turn turn, FundedState state, Transaction transaction, uint blockHeight)
    {
        if (!SpendsFunding(state, transaction)) return;
        if (state is Closing { Spend: { } known } && known.Transaction.TxId == transaction.TxId && known.BlockHeight == blockHeight) return;
        var before = (state as Closing)?.Outputs(turn.Signer) ?? [];
        var (kind, number) = Identify(state, transaction, turn.Signer);
        HtlcCommands.Unpropose(turn, state, AddRefusal.Closing);
        turn.Record(new DurableEvent.FundingSpent(transaction, kind, number, blockHeight));
        turn.Act(new ChannelAction.ReportClosing());
        if (kind == SpendKind.Unknown) turn.Act(new ChannelAction.ReportRogueSpend(transaction));
        ((Closing)turn.State).OnSpend(turn, before);
        HandOver(turn, state);
    }

    // What a recovered channel has kept to itself until now: the chain decides, and what it can still pay is taken.
    private static void HandOver(Turn turn, FundedState before)
    {
        if (before is OperatingState operating && !operating.Serves(turn) && turn.State is Closing closing) Watching.Incoming(turn, closing.Commitments, closing.LiveIncoming(turn.Signer).Contains);
    }

    /// <summary>Whether a transaction spends a funding output of the channel.</summary>
    public static bool SpendsFunding(FundedState state, Transaction transaction)
    {
        foreach (var input in transaction.Inputs)
        {
            foreach (var one in state.Commitments.Active)
            {
                if (one.Funding.OutPoint == input.PreviousOutput) return true;
            }
        }

        return false;
    }

    /// <summary>What a transaction that spends the funding output is.</summary>
    public static (SpendKind Kind, ulong Number) Identify(FundedState state, Transaction transaction, IChannelSigner signer)
    {
        var commitments = state.Commitments;
        // Before it has signed one, a closing transaction is not this node's doing. Of a channel that only a backup is left of nobody knows what was signed.
        if (CommitmentNumber.Decode(transaction, commitments.LocalTerms.ObscuringFactor) is not { } number)
            return (state.HasNegotiated || commitments.IsUnsigned ? SpendKind.Mutual : SpendKind.Unknown, 0);
        if (number == commitments.LocalNumber && commitments.CurrentLocal(signer).TxId == transaction.TxId) return (SpendKind.LocalCommitment, number);
        if (number == commitments.RemoteNumber && CurrentRemote(commitments).TxId == transaction.TxId) return (SpendKind.RemoteCommitment, number);
        if (number == commitments.RemoteNumber + 1 && NextRemote(commitments) is { } next && next.TxId == transaction.TxId) return (SpendKind.NextRemoteCommitment, number);
        if (IsOurs(commitments, transaction, signer.PerCommitmentPoint(number))) return (SpendKind.OtherLocalCommitment, number);
        if (number < commitments.RemoteNumber) return (SpendKind.RevokedCommitment, number);
        return number > commitments.RemoteNumber || commitments.IsUnsigned ? (SpendKind.FutureRemoteCommitment, number) : (SpendKind.Unknown, number);
    }

    // An older or newer commitment of this node: its scripts have the two nodes the other way round than in the peer's. Without a to_local only to_remote tells, and not where both have one key for
    // it: a cheater's commitment must never pass for one of this node.
    private static bool IsOurs(ChannelCommitments commitments, Transaction transaction, PubKey point)
    {
        if (ClaimableOutputs.FindToLocal(transaction, commitments.LocalTerms, point) is not null) return true;
        var (ours, theirs) = (commitments.Parameters.Local.Basepoints.Payment, commitments.Parameters.Remote.Basepoints.Payment);
        return ours != theirs
            && ClaimableOutputs.FindToRemote(transaction, commitments.Latest.Format, theirs) is not null
            && ClaimableOutputs.FindToRemote(transaction, commitments.Latest.Format, ours) is null;
    }

    /// <summary>The peer's current commitment.</summary>
    public static CommitmentTransaction CurrentRemote(ChannelCommitments commitments) =>
        commitments.Remote(commitments.Latest, commitments.Latest.RemoteSpec, commitments.RemoteNumber, commitments.RemotePoint);

    /// <summary>The peer's next commitment; null where none is signed.</summary>
    public static CommitmentTransaction? NextRemote(ChannelCommitments commitments) => commitments is { Latest.NextRemoteSpec: { } spec, RemoteNextPoint: { } point }
        ? commitments.Remote(commitments.Latest, spec, commitments.RemoteNumber + 1, point)
        : null;
}
