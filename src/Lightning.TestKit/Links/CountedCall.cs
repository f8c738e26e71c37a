using Lightning.Actors.Connections;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Links;

/// <summary>A call over TCP from one node to another that is not answered yet.</summary>
internal sealed class CountedCall(IPeerCall inner, CountedConnection connection, CountedNetwork network) : IPeerCall
{
    private bool _isAnswered;

    /// <inheritdoc/>
    public string RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public Task<IPeerLink> AnswerAsync(Init init, CancellationToken cancellation)
    {
        Volatile.Write(ref _isAnswered, true);
        return network.AnswerAsync(this, connection, () => inner.AnswerAsync(init, cancellation));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Forget(this);
        if (!Volatile.Read(ref _isAnswered)) network.Connections.Over(connection, connection.Called);
        inner.Dispose();
    }
}
