using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Noise;

/// <summary>
/// The handshake of the node that opens the connection (BOLT 8): write act one (50 bytes), read act two (50 bytes), write act three (66 bytes).
/// After any failure the connection is to be closed; the object is of no use then.
/// </summary>
public sealed class NoiseInitiator : IDisposable
{
    /// <summary>Length of act one in bytes.</summary>
    public const int ActOneLength = 50;

    /// <summary>Length of act two in bytes.</summary>
    public const int ActTwoLength = 50;

    /// <summary>Length of act three in bytes.</summary>
    public const int ActThreeLength = 66;

    private readonly HandshakeState _state;
    private readonly Key _local;
    private readonly Key _ephemeral;
    private readonly PubKey _remote;
    private int _actsDone;

    /// <summary>Prepares a handshake.</summary>
    /// <param name="local">Our node key; stays the caller's.</param>
    /// <param name="remote">The node that we want to reach.</param>
    /// <param name="ephemeral">A fresh random key, used for nothing else; it is disposed with this object.</param>
    public NoiseInitiator(Key local, NodeId remote, Key ephemeral)
    {
        (_local, _remote, _ephemeral) = (local, remote.Key, ephemeral);
        _state = new HandshakeState(_remote);
    }

    /// <summary>Writes act one.</summary>
    /// <param name="actOne">50 bytes.</param>
    /// <exception cref="InvalidOperationException">Out of order.</exception>
    public void WriteActOne(Span<byte> actOne)
    {
        HandshakeActs.Begin(ref _actsDone, 0);
        HandshakeActs.WriteEphemeral(_state, _ephemeral, _ephemeral.Ecdh(_remote), actOne[..ActOneLength]);
    }

    /// <summary>Reads act two and writes act three: the responder is who we meant.</summary>
    /// <param name="actTwo">50 bytes.</param>
    /// <param name="actThree">66 bytes to send before anything else.</param>
    /// <returns>The encrypted transport.</returns>
    /// <exception cref="NoiseException">The responder is somebody else, or somebody changed the bytes.</exception>
    /// <exception cref="InvalidOperationException">Out of order.</exception>
    public NoiseTransport ReadActTwo(ReadOnlySpan<byte> actTwo, Span<byte> actThree)
    {
        HandshakeActs.Begin(ref _actsDone, 1);
        var remoteEphemeral = HandshakeActs.ReadEphemeral(_state, actTwo, 2, _ephemeral);
        actThree = actThree[..ActThreeLength];
        actThree[0] = HandshakeState.Version;
        _state.EncryptAndHash(1, _local.PubKey.Span, actThree[1..50]);
        _state.MixKey(_local.Ecdh(remoteEphemeral));
        _state.EncryptAndHash(0, default, actThree[50..]);
        return _state.Split(_remote, isInitiator: true);
    }

    /// <summary>Zeroes the keys of the handshake.</summary>
    public void Dispose()
    {
        _state.Dispose();
        _ephemeral.Dispose();
    }
}
