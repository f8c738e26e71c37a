using Lightning.Actors.Connections;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Simulation;

namespace Lightning.TestKit.Links;

/// <summary>One end of a TCP connection between two nodes. What it hears happens in the loop; what it sends is counted until the other end has heard it.</summary>
internal sealed class CountedLink(IPeerLink inner, CountedConnection connection, CountedEnd end, CountedNetwork network, SimulatedProcess process) : IPeerLink
{
    private bool _isDisposed;

    /// <inheritdoc/>
    public NodeId Remote => inner.Remote;

    /// <inheritdoc/>
    public string RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public Init RemoteInit => inner.RemoteInit;

    /// <inheritdoc/>
    public long BytesSent => inner.BytesSent;

    /// <inheritdoc/>
    public long BytesReceived => inner.BytesReceived;

    private TcpConnections Connections => network.Connections;

    /// <inheritdoc/>
    public void Start(int readAhead, Action<LightningMessage> heard, Action<string> ended)
    {
        Connections.Started(connection, end, readAhead);
        inner.Start(
            readAhead,
            message =>
            {
                Happens(() =>
                {
                    network.Observer.Delivered(end.Other.Name, end.Name, message);
                    heard(message);
                });
                Connections.Heard(connection, end);
            },
            reason =>
            {
                Happens(() => ended(reason));
                Connections.Over(connection, end);
            });
    }

    /// <inheritdoc/>
    public void Handled(int count)
    {
        Connections.Handled(connection, end, count);
        inner.Handled(count);
    }

    /// <inheritdoc/>
    public bool TrySend(LightningMessage message)
    {
        // The other end may hear it before this returns.
        Connections.Sends(connection, end, message);
        if (inner.TrySend(message)) return true;
        Connections.NotSent(connection, end, message);
        return false;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        Connections.Completed(connection, end);
        inner.Complete();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return default;
        Connections.Over(connection, end);
        network.Forget(this);
        Connections.Closing(inner.DisposeAsync().AsTask());
        return default;
    }

    // In the loop, in order; not after the link was disposed.
    private void Happens(Action action) => process.Enqueue("/link", () =>
    {
        if (!Volatile.Read(ref _isDisposed)) action();
    });
}
