using Lightning.Actors.Api;
using Lightning.Actors.Entities;
using Lightning.Actors.Peers;

namespace Lightning.Actors.Node;

/// <content>Peers.</content>
internal sealed partial class LightningNode
{
    /// <inheritdoc/>
    public Task ConnectPeerAsync(PeerAddress peer, bool persistent = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        if (peer.NodeId == node.Keys.NodeId) throw LightningException.InvalidArgument("cannot make connection to self");
        return AskAsync<Done>(
            node, node.Actors.Peers, new ConnectPeer(peer.NodeId, peer.Host, peer.Port, persistent), cancellation, node.Policy.ConnectTimeout + AnswerTimeout);
    }

    /// <inheritdoc/>
    public Task DisconnectPeerAsync(NodeId peer, CancellationToken cancellation = default) => AskAsync<Done>(node, node.Actors.Peers, new DisconnectPeer(peer), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PeerInfo>> ListPeersAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<PeerInfo>>(
    [
        .. node.Connections.All.OrderBy(static connection => connection.Peer).Select(static connection => new PeerInfo
        {
            NodeId = connection.Peer,
            Address = connection.Address,
            Inbound = connection.Inbound,
            BytesSent = (ulong)connection.BytesSent,
            BytesReceived = (ulong)connection.BytesReceived,
            PingTime = connection.PingTime,
            FeatureBits = [.. connection.Features.Bits()],
        }),
    ]);
}
