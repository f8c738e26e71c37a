using System.Net;
using System.Net.Sockets;
using Lightning.Actors.Connections;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Links;

/// <summary>Everybody who can be called, and the links between them, in memory.</summary>
/// <param name="loop">Where what happens on them happens.</param>
/// <param name="observer">Is told of it.</param>
/// <param name="sockets">Where connections are TCP: these; null where they are in memory.</param>
internal sealed class MemoryNetwork(SimulationLoop loop, LinkObserver observer, TcpConnections? sockets = null)
{
    private readonly Dictionary<int, Listener> _listeners = [];
    private readonly Dictionary<(string, string), ScenarioLink> _links = [];
    private int _lastPort = 9734;

    /// <summary>A port that nobody listens on.</summary>
    public int FreePort() => ++_lastPort;

    /// <summary>The link between two nodes, whether or not they are connected now.</summary>
    public ScenarioLink Between(string one, string other)
    {
        var key = string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
        return _links.TryGetValue(key, out var link) ? link : _links[key] = new ScenarioLink(key.Item1, key.Item2, loop, observer, sockets);
    }

    /// <summary>The links that there ever were.</summary>
    public IEnumerable<ScenarioLink> Links => _links.Values;

    /// <summary>One process's way to call others and to be called.</summary>
    /// <param name="name">Its name in the network.</param>
    /// <param name="id">Its node.</param>
    /// <param name="process">Where what it hears happens.</param>
    /// <param name="first">What it says first in place of the <c>init</c> that it is given, as it travels; null for just that.</param>
    public IPeerNetwork For(string name, NodeId id, SimulatedProcess process, Func<Init, byte[]>? first = null) => new Caller(this, name, id, process, first ?? MessageCodec.Encode);

    // An address leads to the node, not to one of its processes: where that one is gone, to another one that runs.
    private Listener? Answering(NodeId peer, int port) =>
        _listeners.TryGetValue(port, out var listener) && !listener.Process.IsDead ? listener : _listeners.Values.Where(other => other.Id == peer && !other.Process.IsDead).MinBy(static other => other.EndPoint.Port);

    private IPeerListener Listen(Listener listener)
    {
        if (!_listeners.TryAdd(listener.EndPoint.Port, listener)) throw new InvalidOperationException($"Cannot listen for peers on {listener.EndPoint}: somebody does.");
        return listener;
    }

    private sealed class Caller(MemoryNetwork network, string name, NodeId id, SimulatedProcess process, Func<Init, byte[]> first) : IPeerNetwork
    {
        public Task<IPeerLink> DialAsync(NodeId peer, string host, int port, Init init, CancellationToken cancellation)
        {
            if (network.Answering(peer, port) is not { } listener) return Task.FromException<IPeerLink>(new SocketException((int)SocketError.ConnectionRefused));
            if (listener.Id != peer) return Task.FromException<IPeerLink>(new IOException($"who answers at {host}:{port} is not {peer}"));
            var link = network.Between(name, listener.Name);
            if (link.IsDown) return Task.FromException<IPeerLink>(new SocketException((int)SocketError.HostUnreachable));
            var call = new MemoryCall(link, new Party(name, id, process, first(init)), listener);
            var registration = cancellation.Register(static state => ((MemoryCall)state!).GiveUp(), call);
            process.WhenKilled(call.GiveUp);
            listener.Process.Enqueue("/call", () => listener.Called(call));
            return call.Opened(registration);
        }

        public IPeerListener Listen(IPEndPoint endPoint, Action<IPeerCall> called) => network.Listen(new Listener(
            network, name, id, process, endPoint.Port == 0 ? new IPEndPoint(endPoint.Address, network.FreePort()) : endPoint, called, first));
    }

    /// <summary>Who waits to be called.</summary>
    internal sealed class Listener : IPeerListener
    {
        private readonly MemoryNetwork _network;

        public Listener(MemoryNetwork network, string name, NodeId id, SimulatedProcess process, IPEndPoint endPoint, Action<IPeerCall> called, Func<Init, byte[]> first)
        {
            (_network, Name, Id, Process, EndPoint, Called, First) = (network, name, id, process, endPoint, called, first);
            process.WhenKilled(Dispose);
        }

        public string Name { get; }

        public NodeId Id { get; }

        public SimulatedProcess Process { get; }

        public IPEndPoint EndPoint { get; }

        public Action<IPeerCall> Called { get; }

        public Func<Init, byte[]> First { get; }

        public void Dispose()
        {
            if (_network._listeners.GetValueOrDefault(EndPoint.Port) == this) _network._listeners.Remove(EndPoint.Port);
        }
    }
}
