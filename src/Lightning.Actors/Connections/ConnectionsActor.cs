using System.Net;
using Akka.Actor;
using Lightning.Actors.Entities;
using Akka.Event;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Connections;

/// <summary>The connections of one process: listens, answers and calls. One per process.</summary>
internal sealed class ConnectionsActor : UntypedActor
{
    private readonly NodeRuntime _node;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IPeerListener> _listeners = [];
    private readonly HashSet<IActorRef> _inbound = [];

    public ConnectionsActor(NodeRuntime node) => _node = node;

    /// <summary>For one process.</summary>
    public static Props Props(NodeRuntime node) => ActorProps.Of<ConnectionsActor>(node);

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var listener in _listeners) listener.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Listen listen:
                Bind(listen.EndPoint);
                break;
            case Dial dial:
                Context.ActorOf(ConnectionActor.Outbound(_node, dial));
                break;
            case Accepted accepted:
                Answer(accepted.Call);
                break;
            case Terminated ended:
                _inbound.Remove(ended.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Bind(IPEndPoint endPoint)
    {
        var self = Self;
        IPeerListener listener;
        try
        {
            listener = _node.PeerNetwork.Listen(endPoint, call => self.Tell(new Accepted(call), ActorRefs.NoSender));
        }
        catch (InvalidOperationException e)
        {
            Sender.Tell(new Status.Failure(e));
            return;
        }

        _listeners.Add(listener);
        _log.Info("Listening for peers on {0}", listener.EndPoint);
        Sender.Tell(new Listening(listener.EndPoint));
    }

    private void Answer(IPeerCall call)
    {
        // Bounded memory whoever calls: a connection costs a few buffers until its peer is known.
        if (_inbound.Count >= _node.Policy.MaxInboundConnections)
        {
            _log.Debug("Too many inbound connections: {0} is turned away", call.RemoteEndPoint);
            call.Dispose();
            return;
        }

        _inbound.Add(Context.Watch(Context.ActorOf(ConnectionActor.Inbound(_node, call))));
    }

    /// <summary>Listens on an address; answered by <see cref="Listening"/>, or by a failure.</summary>
    internal sealed record Listen(IPEndPoint EndPoint);

    /// <summary>Where it listens.</summary>
    internal sealed record Listening(IPEndPoint EndPoint);

    private sealed record Accepted(IPeerCall Call);
}
