using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>
/// This node's state is old: its commitment is revoked, and to publish it would lose all. The peer is asked to publish its own; what that pays this node
/// needs no more than the payment basepoint (BOLT 2 "Message Retransmission").
/// </summary>
/// <param name="Commitments">What is durable.</param>
/// <param name="Transient">What is in memory only.</param>
/// <param name="Proven">Whether the peer proved it.</param>
/// <param name="RemoteCommitmentNumber">The commitment number that the peer is at.</param>
public sealed record WaitForRemoteClose(ChannelCommitments Commitments, TransientState Transient, bool Proven, ulong RemoteCommitmentNumber)
    : FundedState(Commitments, Transient)
{
    internal override AddRefusal? AddsRefused => AddRefusal.Closing;

    internal override bool HasLostState => true;

    internal override bool Reestablishes => false;

    /// <summary>
    /// What a backup makes of a channel: neither balances nor points of it are known, and no signature, so that no commitment can ever be published. Its numbers are those of a new channel,
    /// which make a peer that compares them close it; what the peer then publishes is found and claimed by the parameters alone.
    /// </summary>
    internal static WaitForRemoteClose After(UnfundedState before, DurableEvent.RestoredFromBackup restored)
    {
        var parameters = restored.Parameters;
        var theirs = restored.Funding.Amount.ToMilliSatoshi();
        return new WaitForRemoteClose(
            ChannelCommitments.Create(
                parameters, restored.Funding, push: parameters.IsInitiator ? theirs : MilliSatoshi.Zero, FeeratePerKw.Floor, parameters.Remote.Basepoints.Payment, signature: null, before.Outgoing)
                with { FundedAt = restored.BlockHeight },
            TransientState.None,
            Proven: true,
            RemoteCommitmentNumber: 0);
    }

    /// <summary>Tells the peer to close.</summary>
    internal void AskPeerToClose(Turn turn)
    {
        turn.Send(new Error(ChannelId, "This node's state is old: please publish your commitment."));
        turn.Act(new ChannelAction.ReportClosing());
    }

    internal override void Resume(Turn turn)
    {
        Watching.Funding(turn, this);
        if (FundingAwaitedSince is null) Watching.Audit(turn, Commitments);
        // Incoming HTLCs may have been settled since: what passes them on now would pay alone.
        Watching.Results(turn, Commitments);
    }

    private protected override void OnConnected(Turn turn)
    {
        base.OnConnected(turn);
        AskPeerToClose(turn);
    }

    private protected override void OnMessage(Turn turn, LightningMessage message)
    {
    }

    // Whatever the peer says: never the old commitment.
    private protected override void OnError(Turn turn, Error error)
    {
    }

    private protected override void OnForceClose(Turn turn, ChannelCommand.ForceClose force) =>
        turn.Refuse(force, CommandRefusal.WrongState, "This node's commitment is revoked: only the peer can close the channel.");
}
