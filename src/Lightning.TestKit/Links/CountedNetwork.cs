using System.Globalization;
using System.Net;
using Lightning.Actors.Connections;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Links;

/// <summary>
/// One process's way to call others and to be called over TCP. Sockets do what they do on other threads; what comes of it is put into the loop, and
/// <see cref="TcpConnections"/> is told what is still to come. With the process its sockets go.
/// </summary>
internal sealed class CountedNetwork : IPeerNetwork
{
    private readonly TcpPeerNetwork _inner;
    private readonly string _name;
    private readonly NodeId _id;
    private readonly SimulatedProcess _process;
    private readonly Lock _gate = new();
    private readonly HashSet<IDisposable> _calls = [];
    private readonly HashSet<CountedLink> _links = [];
    private readonly CancellationTokenSource _killing = new();
    private readonly CancellationToken _killed;
    private bool _isKilled;

    /// <summary>Of one process.</summary>
    /// <param name="inner">The sockets.</param>
    /// <param name="connections">What is known of all connections.</param>
    /// <param name="observer">Is told what arrives.</param>
    /// <param name="name">The node's name in the network.</param>
    /// <param name="id">The node.</param>
    /// <param name="process">Where what it hears happens.</param>
    public CountedNetwork(TcpPeerNetwork inner, TcpConnections connections, LinkObserver observer, string name, NodeId id, SimulatedProcess process)
    {
        (_inner, Connections, Observer, _name, _id, _process) = (inner, connections, observer, name, id, process);
        _killed = _killing.Token;
        connections.Knows(id);
        process.WhenKilled(Kill);
    }

    /// <summary>What is known of all connections.</summary>
    public TcpConnections Connections { get; }

    /// <summary>Is told what arrives.</summary>
    public LinkObserver Observer { get; }

    /// <inheritdoc/>
    public Task<IPeerLink> DialAsync(NodeId peer, string host, int port, Init init, CancellationToken cancellation)
    {
        var answering = Connections.Answering(peer, port);
        Connections.Dials(_id);
        return InLoop(
            async () =>
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _killed);
                var link = await _inner.DialAsync(peer, host, answering, init, either.Token).ConfigureAwait(false);
                var connection = Connections.Reached(Key(((TcpPeerLink)link).LocalEndPoint, answering), _name, peer);
                return Opened(link, connection, connection.Caller);
            },
            () => Connections.DialOver(_id));
    }

    /// <inheritdoc/>
    public IPeerListener Listen(IPEndPoint endPoint, Action<IPeerCall> called)
    {
        var port = endPoint.Port;
        var listener = new Listener(this, _inner.Listen(endPoint, call => Called(call, Volatile.Read(ref port), called)));

        // Where it may be any, nobody knows it before.
        Volatile.Write(ref port, listener.EndPoint.Port);
        Connections.Listens(port, _id, _process);
        _process.WhenKilled(listener.Dispose);
        return listener;
    }

    /// <summary>Answers a call.</summary>
    public Task<IPeerLink> AnswerAsync(CountedCall call, CountedConnection connection, Func<Task<IPeerLink>> answer)
    {
        Connections.Answers();
        return InLoop(
            async () =>
            {
                var isAnswered = false;
                try
                {
                    var link = await answer().ConfigureAwait(false);
                    isAnswered = true;
                    Connections.Answered(connection, _name, link.Remote);
                    return Opened(link, connection, connection.Called);
                }
                finally
                {
                    Forget(call);
                    if (!isAnswered) Connections.Over(connection, connection.Called);
                }
            },
            Connections.AnswerOver);
    }

    /// <summary>A link is closed.</summary>
    public void Forget(CountedLink link)
    {
        lock (_gate) _links.Remove(link);
    }

    /// <summary>A call is answered or turned away.</summary>
    public void Forget(IDisposable call)
    {
        lock (_gate) _calls.Remove(call);
    }

    private static string Key(string caller, int called) => string.Create(CultureInfo.InvariantCulture, $"{caller} {called}");

    private void Called(IPeerCall inner, int port, Action<IPeerCall> called)
    {
        var call = new CountedCall(inner, Connections.Accepted(Key(inner.RemoteEndPoint, port)), this);
        lock (_gate)
        {
            if (!_isKilled) _calls.Add(call);
        }

        if (Volatile.Read(ref _isKilled)) call.Dispose();
        else _process.Enqueue("/link", () => called(call));
    }

    private CountedLink Opened(IPeerLink inner, CountedConnection connection, CountedEnd end)
    {
        var link = new CountedLink(inner, connection, end, this, _process);
        lock (_gate)
        {
            if (!_isKilled) _links.Add(link);
        }

        if (Volatile.Read(ref _isKilled)) _ = link.DisposeAsync();
        return link;
    }

    // What comes of it, comes in the loop; only then is it over.
    private Task<IPeerLink> InLoop(Func<Task<CountedLink>> open, Action over)
    {
        var outcome = new TaskCompletionSource<IPeerLink>();
        Connections.Closing(RunAsync());
        return outcome.Task;

        async Task RunAsync()
        {
            var opening = open();
            await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _process.Enqueue("/link", () =>
            {
                if (opening.IsCompletedSuccessfully) outcome.SetResult(opening.Result);
                else if (opening.IsCanceled) outcome.SetCanceled(CancellationToken.None);
                else outcome.SetException(opening.Exception!.InnerExceptions);
            });
            over();
        }
    }

    private void Kill()
    {
        IDisposable[] calls;
        CountedLink[] links;
        lock (_gate)
        {
            _isKilled = true;
            (calls, links) = ([.. _calls], [.. _links]);
        }

        _killing.Cancel();
        _killing.Dispose();
        foreach (var call in calls) call.Dispose();
        foreach (var link in links) _ = link.DisposeAsync();
    }

    private sealed class Listener(CountedNetwork network, IPeerListener inner) : IPeerListener
    {
        public IPEndPoint EndPoint => inner.EndPoint;

        public void Dispose()
        {
            network.Connections.DoesNotListen(inner.EndPoint.Port, network._process);
            inner.Dispose();
        }
    }
}
