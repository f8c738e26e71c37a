using Lightning.Protocol.Messages;

namespace Lightning.Actors.Connections;

/// <summary>An open connection to an authenticated peer, <c>init</c> exchanged. Disposing it closes it at once, and then says nothing more.</summary>
internal interface IPeerLink : IAsyncDisposable
{
    /// <summary>The authenticated peer.</summary>
    NodeId Remote { get; }

    /// <summary>Where it is, <c>address:port</c>.</summary>
    string RemoteEndPoint { get; }

    /// <summary>The peer's <c>init</c>.</summary>
    Init RemoteInit { get; }

    /// <summary>Bytes sent, encrypted. Read from any thread.</summary>
    long BytesSent { get; }

    /// <summary>Bytes received, encrypted. Read from any thread.</summary>
    long BytesReceived { get; }

    /// <summary>Begins to read, and to send what <see cref="TrySend"/> was given. Called once. Both delegates may run on any thread, this one included.</summary>
    /// <param name="readAhead">At most so many messages are given out that <see cref="Handled"/> has not given back: beyond that the peer is not read from.</param>
    /// <param name="heard">Runs for each message, in order, one at a time.</param>
    /// <param name="ended">Runs once, with the reason, after the last message; not after the link was disposed.</param>
    void Start(int readAhead, Action<LightningMessage> heard, Action<string> ended);

    /// <summary>So many messages, one or more, have been dealt with.</summary>
    void Handled(int count);

    /// <summary>Sends without waiting.</summary>
    /// <returns>False when too much waits to be sent: the peer does not read.</returns>
    bool TrySend(LightningMessage message);

    /// <summary>Nothing more is sent; what was sent still goes out, then the link ends.</summary>
    void Complete();
}
