using System.Collections.Concurrent;

namespace Lightning.Actors.Connections;

/// <summary>The open connections of one process, by peer: read from any thread.</summary>
internal sealed class LiveConnections
{
    private readonly ConcurrentDictionary<NodeId, LiveConnection> _byPeer = new();

    /// <summary>All of them.</summary>
    public ICollection<LiveConnection> All => _byPeer.Values;

    /// <summary>The connection of a peer; null where there is none in this process.</summary>
    public LiveConnection? Find(NodeId peer) => _byPeer.GetValueOrDefault(peer);

    /// <summary>The peer's current connection.</summary>
    public void Set(LiveConnection connection) => _byPeer[connection.Peer] = connection;

    /// <summary>The connection is closed; a newer one of the same peer stays.</summary>
    public void Remove(LiveConnection connection) => _byPeer.TryRemove(KeyValuePair.Create(connection.Peer, connection));
}
