using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Noise;

/// <summary>
/// The handshake of the node that accepts the connection (BOLT 8): read act one (50 bytes), write act two (50 bytes), read act three (66 bytes).
/// After any failure the connection is to be closed; the object is of no use then.
/// </summary>
public sealed class NoiseResponder : IDisposable
{
    private readonly HandshakeState _state;
    private readonly Key _local;
    private readonly Key _ephemeral;
    private int _actsDone;

    /// <summary>Prepares a handshake.</summary>
    /// <param name="local">Our node key; stays the caller's.</param>
    /// <param name="ephemeral">A fresh random key, used for nothing else; it is disposed with this object.</param>
    public NoiseResponder(Key local, Key ephemeral)
    {
        (_local, _ephemeral) = (local, ephemeral);
        _state = new HandshakeState(local.PubKey);
    }

    /// <summary>Reads act one and writes act two: the initiator knows our key.</summary>
    /// <param name="actOne">50 bytes.</param>
    /// <param name="actTwo">50 bytes to send.</param>
    /// <exception cref="NoiseException">The initiator does not know our key, or the bytes are no act one.</exception>
    /// <exception cref="InvalidOperationException">Out of order.</exception>
    public void ReadActOne(ReadOnlySpan<byte> actOne, Span<byte> actTwo)
    {
        HandshakeActs.Begin(ref _actsDone, 0);
        var remoteEphemeral = HandshakeActs.ReadEphemeral(_state, actOne, 1, _local);
        HandshakeActs.WriteEphemeral(_state, _ephemeral, _ephemeral.Ecdh(remoteEphemeral), actTwo[..NoiseInitiator.ActTwoLength]);
    }

    /// <summary>Reads act three: now we know who the initiator is.</summary>
    /// <param name="actThree">66 bytes.</param>
    /// <returns>The encrypted transport.</returns>
    /// <exception cref="NoiseException">The bytes do not authenticate.</exception>
    /// <exception cref="InvalidOperationException">Out of order.</exception>
    public NoiseTransport ReadActThree(ReadOnlySpan<byte> actThree)
    {
        HandshakeActs.Begin(ref _actsDone, 1);
        HandshakeActs.CheckHead(actThree, NoiseInitiator.ActThreeLength, 3);
        Span<byte> remoteBytes = stackalloc byte[PubKey.Size];
        if (!_state.TryDecryptAndHash(1, actThree[1..50], remoteBytes)) throw new NoiseException(3, NoiseFailure.BadCiphertext);
        if (!PubKey.TryParse(remoteBytes, out var remote)) throw new NoiseException(3, NoiseFailure.BadPublicKey);
        _state.MixKey(_ephemeral.Ecdh(remote));
        return _state.TryDecryptAndHash(0, actThree[50..], default) ? _state.Split(remote, isInitiator: false) : throw new NoiseException(3, NoiseFailure.BadTag);
    }

    /// <summary>Zeroes the keys of the handshake.</summary>
    public void Dispose()
    {
        _state.Dispose();
        _ephemeral.Dispose();
    }
}
