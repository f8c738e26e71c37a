using System.Net;
using System.Net.Sockets;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Noise;

namespace Lightning.Actors.Connections;

/// <summary>How connections to peers come about.</summary>
internal interface IPeerNetwork
{
    /// <summary>Calls a peer: the link's handshake (BOLT 8) is done and <c>init</c> (BOLT 1) is exchanged.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="host">Where.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="init">What we say first.</param>
    /// <param name="cancellation">Gives the attempt up.</param>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="NoiseException">Who answers is not <paramref name="peer"/>.</exception>
    /// <exception cref="IOException">The peer closed the connection before it was open.</exception>
    /// <exception cref="InvalidDataException">The peer's first message is not <c>init</c>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>.</exception>
    Task<IPeerLink> DialAsync(NodeId peer, string host, int port, Init init, CancellationToken cancellation);

    /// <summary>Listens until the result is disposed.</summary>
    /// <param name="endPoint">Where; port 0 for any free one.</param>
    /// <param name="called">A peer has called: may run on any thread. Whoever is told owns the call.</param>
    /// <exception cref="InvalidOperationException">It cannot listen there; the message says why.</exception>
    IPeerListener Listen(IPEndPoint endPoint, Action<IPeerCall> called);
}
