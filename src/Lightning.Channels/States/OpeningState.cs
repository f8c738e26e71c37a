using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.States;

/// <summary>A channel between open_channel and its funding: a lost connection ends it.</summary>
public abstract record OpeningState(OutgoingLedger Outgoing) : UnfundedState(Outgoing)
{
    /// <inheritdoc/>
    public override ChannelId? Id => TemporaryId;

    /// <summary>The id on the wire.</summary>
    private protected abstract ChannelId TemporaryId { get; }

    /// <summary>The command to be answered; null for an accepter.</summary>
    private protected virtual ChannelCommand? Command => null;

    /// <summary>A message that is no error.</summary>
    private protected abstract void OnMessage(Turn turn, LightningMessage message);

    private protected override bool HandleHere(Turn turn, ChannelCommand command)
    {
        switch (command)
        {
            case ChannelCommand.Connected connected when connected.Connection != Link.Connection:
            case ChannelCommand.Disconnected disconnected when disconnected.Connection == Link.Connection:
                Abort(turn, "The connection was lost.", tellPeer: false);
                return true;
            case ChannelCommand.CloseMutual or ChannelCommand.ForceClose:
                Abort(turn, "The opening was cancelled.", tellPeer: true);
                turn.Done(command);
                return true;
            case ChannelCommand.PeerMessages messages when messages.Connection == Link.Connection:
                for (var i = 0; i < messages.Messages.Count; i++)
                {
                    switch (turn.State)
                    {
                        case OpeningState opening:
                            opening.Receive(turn, messages.Messages[i]);
                            break;
                        case Aborted:
                            return true;
                        default:
                            // Funded within this batch: the rest is for the new state.
                            turn.State.Handle(turn, new ChannelCommand.PeerMessages(messages.Connection, messages.Messages.Items[i..]));
                            return true;
                    }
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>Gives the opening up.</summary>
    private protected void Abort(Turn turn, string reason, bool tellPeer, CommandRefusal refusal = CommandRefusal.PeerFailed)
    {
        if (tellPeer) turn.Send(new Error(TemporaryId, reason));
        if (this is WaitForFundingTransaction) turn.Act(new ChannelAction.ReleaseFunding(null));
        if (Command is { } command) turn.Refuse(command, refusal, reason);
        turn.Record(new TransientEvent.OpenAborted(reason));
    }

    private void Receive(Turn turn, LightningMessage message)
    {
        if (message is Error error) Abort(turn, $"The peer refused: {error.Text}", tellPeer: false);
        else if (message is Shutdown) Abort(turn, "shutdown before the channel is funded.", tellPeer: true);
        else if (message is not Warning) OnMessage(turn, message);
    }
}
