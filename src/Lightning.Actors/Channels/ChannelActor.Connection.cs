using Akka.Actor;
using Lightning.Actors.Connections;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Channels;

/// <content>The connection to the peer: which one is used, and what comes over it.</content>
internal sealed partial class ChannelActor
{
    private void Connect(ChannelConnected connected)
    {
        if (_state is not FundedState || _link?.Id == connected.Connection) return;
        GatherMessages();
        if (_link is { } before) _gone = before.Id;
        _link = new Link(connected.Connection, connected.Actor);
        Attach();
        Enqueue(new ChannelCommand.Connected(connected.Connection, Epoch, connected.Features));
        TakeEarly();
    }

    private void Disconnect(ConnectionId connection)
    {
        // What it brought before it ended counts: a preimage may be among it.
        GatherMessages();
        if (_link?.Id == connection) _link = null;
        _gone = connection;
        _early.RemoveAll(inbound => inbound.Connection == connection);
        _prepared.Clear();
        Enqueue(new ChannelCommand.Disconnected(connection));
    }

    // This incarnation's messages go straight to it, and no earlier one's go out any more.
    private void Attach()
    {
        if (_link is { } link) link.Actor.Tell(new AttachChannel(link.Id, _key, Epoch, Self));
    }

    private void AskForConnection()
    {
        if (_state is FundedState { Id: { } id } funded) _node.Actors.Peers.Tell(new Peers.ChannelRecovered(funded.Parameters.Peer, _key, id, Epoch));
    }

    private void Receive(ChannelInbound inbound)
    {
        if (_link?.Id == inbound.Connection)
        {
            Take(inbound.Message);
            ScheduleFlush();
        }
        else if (inbound.Connection == _gone)
        {
            // Its end is known: nothing more of it counts.
        }
        else if (_early.Count < MaxEarly)
        {
            // Messages of a new connection may overtake the news of it.
            _early.Add(inbound);
        }
        else
        {
            // None may be left out: what follows would make no sense.
            Sender.Tell(new CloseConnection(inbound.Connection, "its channel does not know of it"));
        }
    }

    private void TakeEarly()
    {
        foreach (var inbound in _early)
        {
            if (inbound.Connection == _link?.Id) Take(inbound.Message);
        }

        _early.Clear();
        if (_messages.Count > 0) ScheduleFlush();
    }

    private void Take(LightningMessage message)
    {
        _messages.Add(message);
        if (message is UpdateAddHtlc add) Prepare(add);
        _hasRevocation |= message is RevokeAndAck;
    }
}
