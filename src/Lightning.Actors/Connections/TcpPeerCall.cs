using System.Net.Sockets;
using Lightning.Actors.Hosting;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Connections;

/// <summary>A socket on which a peer has called.</summary>
internal sealed class TcpPeerCall(Socket socket, NodeKeys keys, IRandomness random) : IPeerCall
{
    /// <inheritdoc/>
    public string RemoteEndPoint => TcpPeerLink.Name(socket.RemoteEndPoint);

    /// <inheritdoc/>
    public Task<IPeerLink> AnswerAsync(Init init, CancellationToken cancellation) => TcpPeerLink.AnswerAsync(socket, keys, random, init, cancellation);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
