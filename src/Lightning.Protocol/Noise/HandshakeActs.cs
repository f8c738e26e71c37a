using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Noise;

/// <summary>Acts one and two have one form: version, ephemeral key, tag (BOLT 8).</summary>
internal static class HandshakeActs
{
    internal static void Begin(ref int actsDone, int expected)
    {
        // Also after a failed act: its keys are half mixed, and going on would talk to nobody.
        if (actsDone != expected) throw new InvalidOperationException("The acts of a handshake come in order, each once.");
        actsDone++;
    }

    internal static void CheckHead(ReadOnlySpan<byte> act, int length, int number)
    {
        if (act.Length != length) throw new NoiseException(number, NoiseFailure.BadLength);
        if (act[0] != HandshakeState.Version) throw new NoiseException(number, NoiseFailure.BadVersion);
    }

    internal static void WriteEphemeral(HandshakeState state, Key ephemeral, Bytes32 sharedSecret, Span<byte> act)
    {
        act[0] = HandshakeState.Version;
        ephemeral.PubKey.Span.CopyTo(act[1..]);
        state.MixHash(ephemeral.PubKey.Span);
        state.MixKey(sharedSecret);
        state.EncryptAndHash(0, default, act[34..]);
    }

    internal static PubKey ReadEphemeral(HandshakeState state, ReadOnlySpan<byte> act, int number, Key ours)
    {
        CheckHead(act, 50, number);
        if (!PubKey.TryParse(act[1..34], out var remoteEphemeral)) throw new NoiseException(number, NoiseFailure.BadPublicKey);
        state.MixHash(remoteEphemeral.Span);
        state.MixKey(ours.Ecdh(remoteEphemeral));
        return state.TryDecryptAndHash(0, act[34..], default) ? remoteEphemeral : throw new NoiseException(number, NoiseFailure.BadTag);
    }
}
