using Lightning.Protocol.Messages;
using Lightning.Protocol.Noise;

namespace Lightning.Actors.Connections;

/// <summary>A peer that has called and has not been answered. Disposing it turns it away.</summary>
internal interface IPeerCall : IDisposable
{
    /// <summary>Where it calls from, <c>address:port</c>.</summary>
    string RemoteEndPoint { get; }

    /// <summary>Answers: the link's handshake (BOLT 8) is done and <c>init</c> (BOLT 1) is exchanged. The connection is the link's from here on; a failure closes it.</summary>
    /// <param name="init">What we say first.</param>
    /// <param name="cancellation">Gives the attempt up.</param>
    /// <exception cref="NoiseException">The peer does not know our key, or does not speak the protocol.</exception>
    /// <exception cref="IOException">The peer closed the connection before it was open.</exception>
    /// <exception cref="InvalidDataException">The peer's first message is not <c>init</c>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>.</exception>
    Task<IPeerLink> AnswerAsync(Init init, CancellationToken cancellation);
}
