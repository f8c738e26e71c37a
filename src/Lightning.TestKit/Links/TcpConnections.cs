using Lightning.Protocol.Messages;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Links;

/// <summary>
/// The TCP connections between the nodes of a network. It tells the loop how much is under way in sockets: calls and answers, messages that were written and not
/// heard, and ends of connections that the other side has not noticed. Called from any thread; whoever tells it that something has come has put what comes of it
/// into the loop before.
/// </summary>
internal sealed class TcpConnections(SimulationLoop loop, LinkObserver observer)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CountedConnection> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeId, int> _dials = [];
    private readonly Dictionary<int, (NodeId Node, SimulatedProcess Process)> _listeners = [];
    private readonly HashSet<NodeId> _nodes = [];
    private readonly HashSet<Task> _closing = [];

    /// <summary>A node of the network: what its ends do is known.</summary>
    public void Knows(NodeId node)
    {
        lock (_gate) _nodes.Add(node);
    }

    /// <summary>A process listens.</summary>
    public void Listens(int port, NodeId node, SimulatedProcess process)
    {
        lock (_gate) _listeners[port] = (node, process);
    }

    /// <summary>It does not any more.</summary>
    public void DoesNotListen(int port, SimulatedProcess process)
    {
        lock (_gate)
        {
            if (_listeners.TryGetValue(port, out var listener) && listener.Process == process) _listeners.Remove(port);
        }
    }

    /// <summary>Where a node answers: an address leads to the node, not to one of its processes. Where that one is gone it is another one that runs.</summary>
    public int Answering(NodeId node, int port)
    {
        lock (_gate)
        {
            if (_listeners.ContainsKey(port)) return port;
            var others = _listeners.Where(other => other.Value.Node == node).Select(static other => other.Key).ToList();
            return others.Count == 0 ? port : others.Min();
        }
    }

    /// <summary>Whether two nodes are connected.</summary>
    public bool AreConnected(string one, string other)
    {
        lock (_gate)
        {
            return _connections.Values.Any(now => now.IsUp && ((now.Caller.Name == one && now.Called.Name == other) || (now.Caller.Name == other && now.Called.Name == one)));
        }
    }

    /// <summary>A node calls.</summary>
    public void Dials(NodeId caller)
    {
        lock (_gate)
        {
            _dials[caller] = _dials.GetValueOrDefault(caller) + 1;
            loop.AddOutside(1);
        }
    }

    /// <summary>Its handshake is done.</summary>
    /// <param name="key">The connection's; see <see cref="CountedConnection.Key"/>.</param>
    /// <param name="name">The caller's name.</param>
    /// <param name="called">Who was called.</param>
    public CountedConnection Reached(string key, string name, NodeId called)
    {
        lock (_gate)
        {
            if (!_connections.TryGetValue(key, out var connection))
            {
                // Who answered has given up since, or is not one of us.
                _connections[key] = connection = new CountedConnection(key) { IsForeign = !_nodes.Contains(called) };
                connection.Called.IsOver = true;
            }

            Opened(connection, connection.Caller, name);
            return connection;
        }
    }

    /// <summary>A call has succeeded or failed, and what comes of it is in the loop.</summary>
    public void DialOver(NodeId caller)
    {
        lock (_gate)
        {
            if (--_dials[caller] == 0) _dials.Remove(caller);
            foreach (var connection in _connections.Values) Orphan(connection);
            loop.AddOutside(-1);
        }
    }

    /// <summary>A caller was accepted, and waits for an answer.</summary>
    public CountedConnection Accepted(string key)
    {
        lock (_gate) return _connections[key] = new CountedConnection(key);
    }

    /// <summary>It is being answered.</summary>
    public void Answers() => loop.AddOutside(1);

    /// <summary>The answer's handshake is done.</summary>
    public void Answered(CountedConnection connection, string name, NodeId caller)
    {
        lock (_gate)
        {
            (connection.CallerId, connection.IsForeign) = (caller, !_nodes.Contains(caller));
            Opened(connection, connection.Called, name);
            Orphan(connection);
        }
    }

    /// <summary>An answer has succeeded or failed, and what comes of it is in the loop.</summary>
    public void AnswerOver() => loop.AddOutside(-1);

    /// <summary>It reads from here on.</summary>
    public void Started(CountedConnection connection, CountedEnd end, int readAhead)
    {
        lock (_gate)
        {
            (end.IsReading, end.Credit) = (true, end.Credit + readAhead);
            Recount(connection);
        }
    }

    /// <summary>It would read so many more messages.</summary>
    public void Handled(CountedConnection connection, CountedEnd end, int count)
    {
        lock (_gate)
        {
            end.Credit += count;
            Recount(connection);
        }
    }

    /// <summary>It is about to send.</summary>
    public void Sends(CountedConnection connection, CountedEnd end, LightningMessage message)
    {
        lock (_gate)
        {
            if (end.IsOver || end.Other.IsOver) return;
            end.Unheard.Add(message);
            Recount(connection);
        }
    }

    /// <summary>A message that it was about to send has not gone out after all.</summary>
    public void NotSent(CountedConnection connection, CountedEnd end, LightningMessage message)
    {
        lock (_gate)
        {
            var last = end.Unheard.FindLastIndex(sent => ReferenceEquals(sent, message));
            if (last < 0) return;
            end.Unheard.RemoveAt(last);
            Recount(connection);
        }
    }

    /// <summary>It has heard a message, which is in the loop.</summary>
    public void Heard(CountedConnection connection, CountedEnd end)
    {
        lock (_gate)
        {
            end.Credit--;
            if (end.Other.Unheard.Count > 0) end.Other.Unheard.RemoveAt(0);
            Recount(connection);
        }
    }

    /// <summary>It will end when all is sent.</summary>
    public void Completed(CountedConnection connection, CountedEnd end)
    {
        lock (_gate)
        {
            end.IsCompleted = true;
            Recount(connection);
        }
    }

    /// <summary>It is closed, or has noticed that the other one is, and that is in the loop.</summary>
    public void Over(CountedConnection connection, CountedEnd end)
    {
        lock (_gate)
        {
            if (end.IsOver) return;
            var wasUp = connection.IsUp;
            end.IsOver = true;

            // What it has not heard nobody will.
            var (from, to) = (end.Other.Name, end.Name);
            foreach (var message in end.Other.Unheard) loop.Enqueue(to + "/link", () => observer.Lost(from, to, message, "the connection ended"));
            end.Other.Unheard.Clear();
            if (wasUp) Tell(connection, isConnected: false);
            if (!end.Other.IsOpen || end.Other.IsOver) Forget(connection);
            Recount(connection);
        }
    }

    /// <summary>Something is being closed; <see cref="ClosedAsync"/> waits for it.</summary>
    public void Closing(Task task)
    {
        lock (_gate)
        {
            _closing.RemoveWhere(static past => past.IsCompleted);
            _closing.Add(task);
        }
    }

    /// <summary>Completes when all that is being closed is.</summary>
    public async Task ClosedAsync()
    {
        while (Unclosed() is { Length: > 0 } closing) await Task.WhenAll(closing).ConfigureAwait(false);
    }

    private Task[] Unclosed()
    {
        lock (_gate) return [.. _closing.Where(static task => !task.IsCompleted)];
    }

    private void Opened(CountedConnection connection, CountedEnd end, string name)
    {
        (end.IsOpen, end.Name) = (true, name);
        if (connection.IsUp) Tell(connection, isConnected: true);
        Recount(connection);
    }

    // An end whose caller is not there and does not call any more will notice that it is alone.
    private void Orphan(CountedConnection connection)
    {
        if (connection.CallerId is not { } caller || connection.Caller.IsOpen || _dials.ContainsKey(caller)) return;
        connection.Caller.IsOver = true;
        Recount(connection);
    }

    private void Tell(CountedConnection connection, bool isConnected)
    {
        var (caller, called) = (connection.Caller.Name, connection.Called.Name);
        loop.Enqueue(caller + "/link", () => observer.Connected(caller, called, isConnected));
    }

    // An address comes again: by then it is another connection's.
    private void Forget(CountedConnection connection)
    {
        if (_connections.GetValueOrDefault(connection.Key) == connection) _connections.Remove(connection.Key);
    }

    private void Recount(CountedConnection connection)
    {
        var change = connection.Expected - connection.Counted;
        if (change == 0) return;
        connection.Counted += change;
        loop.AddOutside(change);
    }
}
