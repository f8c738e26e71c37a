using System.Buffers.Binary;
using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Api;
using Lightning.Actors.Chain;
using Lightning.Actors.Channels;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;
using Lightning.Protocol.Messages;
using Error = Lightning.Protocol.Messages.Error;
using Warning = Lightning.Protocol.Messages.Warning;

namespace Lightning.Actors.Peers;

/// <content>The peer's channels: openings, ids on the wire, and who takes part in the current connection.</content>
internal sealed partial class PeerActor
{
    /// <summary>So long the channels that start together are waited for before their common connection is dropped.</summary>
    private static readonly TimeSpan DropDelay = TimeSpan.FromMilliseconds(300);

    /// <summary>So many reestablishments of unknown channels are answered on one connection: each answer costs a write.</summary>
    private const int MaxUnknown = 20;

    /// <summary>Channels that are not confirmed yet, with the ids they have on the wire.</summary>
    private readonly Dictionary<LocalChannelKey, ChannelId> _openings = [];

    /// <summary>Channels that have been told of the current connection.</summary>
    private readonly HashSet<LocalChannelKey> _attached = [];

    /// <summary>What the peer asked for before the height of the chain is known.</summary>
    private readonly List<Accepting> _toAccept = [];

    /// <summary>A script of the wallet that was shown to the peer, but no channel has come of it yet: the next opening uses it again.</summary>
    private Script? _unusedScript;

    /// <summary>Reestablishments of channels that are not known, answered on this connection.</summary>
    private int _unknown;

    private void Receive(PeerInbound inbound)
    {
        if (inbound.Connection == _connection?.Connection && inbound.Message is IChannelMessage about && FindChannel(about.ChannelId) is { } known)
        {
            // The connection did not know the id yet. The channel returns the credit.
            _node.Actors.Channels.Tell(new ChannelInbound(known, inbound.Connection, inbound.Message), Sender);
            return;
        }

        // Only what was dealt with lets the connection read on: a peer cannot fill this entity's mailbox.
        Sender.Tell(new InboundHandled(inbound.Connection, 1));
        if (inbound.Connection == _connection?.Connection) Received(inbound.Message);
    }

    private LocalChannelKey? FindChannel(ChannelId id)
    {
        foreach (var (key, known) in _state.Channels)
        {
            if (known == id) return key;
        }

        return null;
    }

    // The peer closes a channel for this answer. An incarnation that has been replaced may not know it yet; nor may an old copy of the database.
    private void RefuseUnknown(ChannelReestablish reestablish)
    {
        if (_node.Restored is not null)
        {
            Log.Warning("Peer {0} has a channel {1} that this copy of the database does not know: it is not answered", _peer, reestablish.ChannelId);
            return;
        }

        if (_unknown++ < MaxUnknown) Fence(() => Send(new Error(reestablish.ChannelId, "unknown channel")));
    }

    private void Received(LightningMessage message)
    {
        switch (message)
        {
            case Protocol.Messages.OpenChannel open:
                Accept(open);
                break;
            case ChannelReestablish reestablish:
                RefuseUnknown(reestablish);
                break;
            case Error error:
                Log.Info("Peer {0} reports an error: {1}", _peer, error.Text);
                break;
            case Warning warning:
                Log.Info("Peer {0} warns: {1}", _peer, warning.Text);
                break;
            default:
                // For a channel that is over, or never was: there is nobody to tell.
                Log.Debug("Peer {0}: {1} is for no channel", _peer, message.GetType().Name);
                break;
        }
    }

    private void Accept(Protocol.Messages.OpenChannel open)
    {
        if (open.ChainHash != _node.Options.Network.GenesisHash)
        {
            Send(new Error(open.TemporaryChannelId, $"this node is on {_node.Options.Network}"));
        }
        else if (_openings.ContainsValue(open.TemporaryChannelId) || _state.Channels.ContainsValue(open.TemporaryChannelId))
        {
            // A hostile peer could otherwise steer another channel's messages.
            Send(new Error(open.TemporaryChannelId, "the temporary channel id is in use"));
        }
        else if (_openings.Count >= _node.Policy.MaxPendingChannelsPerPeer)
        {
            Send(new Error(open.TemporaryChannelId, "too many channels of this peer wait for confirmation"));
        }
        else
        {
            // Counted from here on: requests that wait for the wallet are openings too.
            var key = NewKey();
            _openings.Add(key, open.TemporaryChannelId);
            _toAccept.Add(new Accepting(key, _connection!, open));
            if (_node.HeightIfKnown() is null) Context.System.EventStream.Subscribe(Self, typeof(NewTip));
            GoOn();
        }
    }

    // A channel is forgotten so many blocks later if its funding does not come: it begins at a height that is known.
    private void GoOn()
    {
        if (_node.HeightIfKnown() is null) return;
        Context.System.EventStream.Unsubscribe(Self, typeof(NewTip));
        foreach (var accepting in _toAccept) FindScript(accepting);
        _toAccept.Clear();
    }

    private void Open(OpenChannelTo open)
    {
        if (_connection is null) Sender.Tell(new Refused(LightningErrorKind.PeerNotConnected, LightningException.PeerNotConnected(_peer).Message));
        else if (!open.CloseScript.IsEmpty) Continue(new ScriptFound(open, Sender, new Script(open.CloseScript), null));
        else FindScript(open);
    }

    private void FindScript(object request)
    {
        var sender = Sender;
        if (_unusedScript is { } unused)
        {
            Continue(new ScriptFound(request, sender, unused, null));
            return;
        }

        _node.Wallet.NewAddressAsync(CancellationToken.None).PipeTo(
            Self,
            success: address => new ScriptFound(request, sender, address.ScriptPubKey, null),
            failure: e => new ScriptFound(request, sender, Script.Empty, e.Message));
    }

    private void Continue(ScriptFound found)
    {
        if (found.Problem is { } problem)
        {
            Log.Warning("The wallet gives no address: {0}", problem);
            if (found.Request is Accepting { Key: var key }) _openings.Remove(key);
            else found.Sender.Tell(new Refused(LightningErrorKind.Internal, $"the wallet gives no address: {problem}"));
            return;
        }

        switch (found.Request)
        {
            case Accepting accepting when accepting.Connection == _connection:
                _unusedScript = found.Script;
                Route(accepting.Open.TemporaryChannelId, accepting.Key);
                _node.Actors.Channels.Tell(new BeginAccepting(accepting.Key, _connection.Actor, new ChannelCommand.AcceptOpen(
                    accepting.Key,
                    _node.Randomness.NextUInt64(),
                    _peer,
                    _connection.Connection,
                    Common(_connection),
                    accepting.Open,
                    found.Script)));
                break;
            case Accepting late:
                _openings.Remove(late.Key);
                break;
            case OpenChannelTo when _connection is null:
                found.Sender.Tell(new Refused(LightningErrorKind.PeerNotConnected, LightningException.PeerNotConnected(_peer).Message));
                break;
            case OpenChannelTo open:
                if (open.CloseScript.IsEmpty) _unusedScript = found.Script;
                Begin(open, found);
                break;
        }
    }

    private void Begin(OpenChannelTo open, ScriptFound found)
    {
        var up = _connection!;
        var key = NewKey();
        var features = Common(up);
        var temporaryId = new ChannelId(_node.Randomness.NextBytes32());
        _openings.Add(key, temporaryId);
        Route(temporaryId, key);
        var type = features.HasFlag(ChannelFeatures.Anchors) ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey;
        var command = new ChannelCommand.OpenAsInitiator(
            key,
            _node.Randomness.NextUInt64(),
            _peer,
            up.Connection,
            features,
            temporaryId,
            open.Amount,
            open.Push,
            type,
            open.Announce,
            open.FundingFeerate ?? _node.FeeView.MutualClose,
            found.Script,
            CommitToShutdownScript: !open.CloseScript.IsEmpty);
        _node.Actors.Channels.Tell(new BeginOpening(key, up.Actor, command), found.Sender);
    }

    private void Assign(AssignChannelId assign)
    {
        if (_state.Channels.TryGetValue(assign.Channel, out var known) && known == assign.Id)
        {
            Assigned(assign, Sender);
            return;
        }

        if (IsTaken(assign.Id, assign.Channel)) return;
        var sender = Sender;
        Write([new PeerChannelAssigned(assign.Channel, assign.Id)], () =>
        {
            NoteAddress();
            Assigned(assign, sender);
        });
    }

    // Two channels on one funding output: the peer names an output that is another channel's. It would take that one's messages.
    private bool IsTaken(ChannelId id, LocalChannelKey channel)
    {
        if (FindChannel(id) is not { } other || other == channel) return false;
        Log.Warning("Peer {0} funds channel {1} with the output of channel {2}: it gets no id, and does not come about", _peer, channel, other);
        return true;
    }

    private void Assigned(AssignChannelId assign, IActorRef channel)
    {
        if (_openings.ContainsKey(assign.Channel)) _openings[assign.Channel] = assign.Id;
        _attached.Add(assign.Channel);
        _unusedScript = null;

        // The route first: the peer may answer the message that the channel sends next.
        if (_connection is { } up)
        {
            up.Actor.Tell(new AddRoute(up.Connection, new ChannelRoute(assign.Id, assign.Channel)));
            up.Actor.Tell(new RemoveRoute(up.Connection, assign.TemporaryId));
        }

        channel.Tell(new ChannelIdAssigned(assign.Channel));
    }

    private void Forget(ChannelIsGone gone)
    {
        if (_openings.Remove(gone.Channel, out var id) && _connection is { } up) up.Actor.Tell(new RemoveRoute(up.Connection, id));
        _attached.Remove(gone.Channel);
        if (!_state.Channels.TryGetValue(gone.Channel, out var final)) return;
        Write([new PeerChannelForgotten(gone.Channel)], () =>
        {
            if (_connection is { } current) current.Actor.Tell(new RemoveRoute(current.Connection, final));
            PassivateIfIdle();
        });
    }

    private void Reattach(ChannelRecovered recovered)
    {
        if (!_state.Channels.ContainsKey(recovered.Channel))
        {
            if (IsTaken(recovered.Id, recovered.Channel)) return;

            // The channel's own journal is the truth; this entity was not told, or lost its own.
            Write([new PeerChannelAssigned(recovered.Channel, recovered.Id)], () => Reattach(recovered));
            return;
        }

        if (_connection is null)
        {
            if (_state.WantsConnection && !Timers.IsTimerActive(DialDue.Instance)) ScheduleDial();
        }
        else
        {
            _attached.Add(recovered.Channel);
            _connection.Actor.Tell(new OfferConnection(
                _connection.Connection, new ChannelRoute(recovered.Id, recovered.Channel), recovered.Epoch, Common(_connection)));
        }
    }

    // Others that start again with the channel are waited for, so that the connection is dropped once for all of them.
    private void ScheduleDrop()
    {
        if (!Timers.IsTimerActive(DropDue.Instance)) Timers.StartSingleTimer(DropDue.Instance, DropDue.Instance, DropDelay);
    }

    private void Route(ChannelId id, LocalChannelKey key)
    {
        _attached.Add(key);
        _connection!.Actor.Tell(new AddRoute(_connection.Connection, new ChannelRoute(id, key)));
    }

    private void Send(LightningMessage message) => _connection!.Actor.Tell(new PeerOutbound(_connection.Connection, message));

    private static ChannelFeatures Common(ConnectionUp up) => FeatureTranslation.Common(DefaultFeatures.Init, up.Features);

    // All channels of a peer in one shard, so that they live and move together.
    private LocalChannelKey NewKey() =>
        new(BinaryPrimitives.ReadUInt32BigEndian(Hashes.Sha256(_peer.Key.Span).Span), _node.Randomness.NextUInt128());

    private sealed record Accepting(LocalChannelKey Key, ConnectionUp Connection, Protocol.Messages.OpenChannel Open);
}
