using System.Net;
using System.Net.Sockets;
using Lightning.Actors.Hosting;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Connections;

/// <summary>Connections over TCP.</summary>
internal sealed class TcpPeerNetwork(NodeKeys keys, IRandomness random, TimeProvider time) : IPeerNetwork
{
    /// <inheritdoc/>
    public Task<IPeerLink> DialAsync(NodeId peer, string host, int port, Init init, CancellationToken cancellation) =>
        TcpPeerLink.DialAsync(host, port, peer, keys, random, init, cancellation);

    /// <inheritdoc/>
    public IPeerListener Listen(IPEndPoint endPoint, Action<IPeerCall> called)
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
            throw new InvalidOperationException($"Cannot listen for peers on {endPoint}: {e.Message}", e);
        }

        return new TcpPeerListener(listener, accepted => called(new TcpPeerCall(accepted, keys, random)), time);
    }
}
