using System.Collections.Concurrent;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Connections;

/// <summary>The open connections of one process: read from any thread. For a moment a replaced one may stand beside its successor.</summary>
internal sealed class LiveConnections
{
    private readonly ConcurrentDictionary<ConnectionId, LiveConnection> _connections = new();

    /// <summary>All of them.</summary>
    public ICollection<LiveConnection> All => _connections.Values;

    /// <summary>A connection of a peer; null where there is none in this process.</summary>
    public LiveConnection? Find(NodeId peer)
    {
        foreach (var (_, connection) in _connections)
        {
            if (connection.Peer == peer) return connection;
        }

        return null;
    }

    /// <summary>The connection is in use.</summary>
    public void Add(LiveConnection connection) => _connections[connection.Id] = connection;

    /// <summary>The connection is closed, or about to be.</summary>
    public void Remove(LiveConnection connection) => _connections.TryRemove(connection.Id, out _);
}
