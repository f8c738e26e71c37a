using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Connections;

/// <summary>The connections of one process: listens, answers and calls. One per process.</summary>
internal sealed class ConnectionsActor : UntypedActor
{
    private readonly NodeRuntime _node;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Socket> _listeners = [];
    private readonly HashSet<IActorRef> _inbound = [];

    public ConnectionsActor(NodeRuntime node) => _node = node;

    /// <summary>For one process.</summary>
    public static Props Props(NodeRuntime node) => Akka.Actor.Props.Create(() => new ConnectionsActor(node));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopping.Cancel();
        foreach (var listener in _listeners) listener.Dispose();
        _stopping.Dispose();
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
                Answer(accepted.Socket);
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
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endPoint);
            listener.Listen(backlog: 128);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            Sender.Tell(new Status.Failure(new InvalidOperationException($"Cannot listen for peers on {endPoint}: {e.Message}", e)));
            return;
        }

        _listeners.Add(listener);
        _ = AcceptAsync(listener, Self, _node.Time, _stopping.Token);
        _log.Info("Listening for peers on {0}", listener.LocalEndPoint);
        Sender.Tell(new Listening((IPEndPoint)listener.LocalEndPoint!));
    }

    private void Answer(Socket socket)
    {
        // Bounded memory whoever calls: a connection costs a few buffers until its peer is known.
        if (_inbound.Count >= _node.Policy.MaxInboundConnections)
        {
            _log.Debug("Too many inbound connections: {0} is turned away", socket.RemoteEndPoint);
            socket.Dispose();
            return;
        }

        _inbound.Add(Context.Watch(Context.ActorOf(ConnectionActor.Inbound(_node, socket))));
    }

    private static async Task AcceptAsync(Socket listener, IActorRef self, TimeProvider time, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                self.Tell(new Accepted(await listener.AcceptAsync(cancellation).ConfigureAwait(false)), ActorRefs.NoSender);
            }
            catch (SocketException)
            {
                // A caller that was gone before it was answered, or too many open files: the next one may be luckier.
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>Listens on an address; answered by <see cref="Listening"/>, or by a failure.</summary>
    internal sealed record Listen(IPEndPoint EndPoint);

    /// <summary>Where it listens.</summary>
    internal sealed record Listening(IPEndPoint EndPoint);

    private sealed record Accepted(Socket Socket);
}
