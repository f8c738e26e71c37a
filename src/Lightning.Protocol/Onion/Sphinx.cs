using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>
/// The Sphinx construction of BOLT 4: wraps one payload a hop into a packet of constant size, and peels one layer off it. The size is a parameter, because
/// onion messages use the same construction with other sizes than payments.
/// </summary>
public static class Sphinx
{
    private const int HmacLength = Bytes32.Size;

    /// <summary>What a payload takes inside a packet: its BigSize length, itself and an HMAC, in bytes.</summary>
    public static int FrameLength(int payloadLength) => LengthPrefixLength(payloadLength) + payloadLength + HmacLength;

    /// <summary>Builds a packet.</summary>
    /// <param name="sessionKey">A fresh random key, never used for two packets.</param>
    /// <param name="hops">The hops in order, the final node last.</param>
    /// <param name="associatedData">What the packet commits to without carrying it: the payment hash of a payment, nothing in onion messages.</param>
    /// <param name="payloadsLength">Length in bytes of the hop payloads.</param>
    /// <exception cref="ArgumentException">No hop, a payload shorter than two bytes (reserved), or more payload than fits: see <see cref="FrameLength"/>.</exception>
    public static SphinxOnion Create(
        Key sessionKey,
        ReadOnlySpan<SphinxHop> hops,
        ReadOnlySpan<byte> associatedData,
        int payloadsLength = OnionPacket.PaymentPayloadsLength)
    {
        var keys = new PubKey[hops.Length];
        var frames = new byte[hops.Length][];
        for (var i = 0; i < hops.Length; i++)
        {
            var payload = hops[i].Payload;
            if (payload.Length < 2) throw new ArgumentException($"The payload of hop {i} has {payload.Length} bytes; lengths below 2 are reserved.", nameof(hops));
            keys[i] = hops[i].NodeKey;
            frames[i] = new byte[FrameLength(payload.Length) - HmacLength];
            payload.Span.CopyTo(frames[i].AsSpan(WriteLengthPrefix(frames[i], payload.Length)));
        }

        return CreateFromFrames(sessionKey, keys, frames, associatedData, payloadsLength);
    }

    /// <summary>The same with payloads that already bear their prefix, whatever it is.</summary>
    internal static SphinxOnion CreateFromFrames(
        Key sessionKey, ReadOnlySpan<PubKey> nodeKeys, ReadOnlySpan<byte[]> frames, ReadOnlySpan<byte> associatedData, int payloadsLength)
    {
        if (nodeKeys.IsEmpty) throw new ArgumentException("An onion needs at least one hop.", nameof(nodeKeys));
        if (payloadsLength is < 1 or > OnionPacket.MaxLength - OnionPacket.Overhead)
            throw new ArgumentException($"Hop payloads of {payloadsLength} bytes do not fit into a message.", nameof(payloadsLength));
        var total = 0L;
        foreach (var frame in frames) total += frame.Length + HmacLength;
        if (total > payloadsLength)
            throw new ArgumentException($"The payloads need {total} bytes of the {payloadsLength} that the onion has.", nameof(frames));

        var secrets = SharedSecrets(sessionKey, nodeKeys);

        // The scratch space: the filler first needs twice the packet's length, then the packet is built in the first half, followed by the associated data
        // so that both are authenticated in one go.
        var scratchLength = payloadsLength + Math.Max(payloadsLength, associatedData.Length);
        var scratch = ArrayPool<byte>.Shared.Rent(scratchLength);
        var fillerLength = (int)total - frames[^1].Length - HmacLength;
        var filler = ArrayPool<byte>.Shared.Rent(Math.Max(1, fillerLength));
        try
        {
            GenerateFiller(secrets, frames, payloadsLength, scratch, filler.AsSpan(0, fillerLength));

            var payloads = scratch.AsSpan(0, payloadsLength);
            payloads.Clear();
            OnionKeys.ApplyStream(OnionKeys.Pad, sessionKey.ToBytes(), payloads);
            associatedData.CopyTo(scratch.AsSpan(payloadsLength));
            var authenticated = scratch.AsSpan(0, payloadsLength + associatedData.Length);

            Span<byte> hmac = stackalloc byte[HmacLength];
            hmac.Clear();
            for (var i = frames.Length - 1; i >= 0; i--)
            {
                var shift = frames[i].Length + HmacLength;
                payloads[..^shift].CopyTo(payloads[shift..]);
                frames[i].CopyTo(payloads);
                hmac.CopyTo(payloads[frames[i].Length..]);
                OnionKeys.ApplyStream(OnionKeys.Rho, secrets[i], payloads);
                if (i == frames.Length - 1) filler.AsSpan(0, fillerLength).CopyTo(payloads[^fillerLength..]);
                OnionKeys.Mac(OnionKeys.Mu, secrets[i], authenticated, hmac);
            }

            return new SphinxOnion(Assemble(sessionKey.PubKey, payloads, hmac), secrets);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch, clearArray: true);
            ArrayPool<byte>.Shared.Return(filler, clearArray: true);
        }
    }

    /// <summary>Peels our layer off a packet.</summary>
    /// <param name="nodeKey">Our node key.</param>
    /// <param name="associatedData">What the packet commits to: the payment hash of a payment, nothing in onion messages.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="pathKey">The <c>path_key</c> that came beside the packet, when we are inside a blinded path: the sender then used our blinded node id.</param>
    public static PeelResult Peel(Key nodeKey, ReadOnlySpan<byte> associatedData, OnionPacket packet, PubKey? pathKey = null)
    {
        if (packet.Version != 0) return new UnreadableOnion(FailureCode.InvalidOnionVersion, packet.Hash());
        if (!PubKey.TryParse(packet.PublicKey, out var ephemeral)) return new UnreadableOnion(FailureCode.InvalidOnionKey, packet.Hash());

        // Our own key is blinded rather than the packet's: the tweak is a secret, and only private keys are tweaked in constant time.
        Bytes32 secret;
        if (pathKey is null)
        {
            secret = nodeKey.Ecdh(ephemeral);
        }
        else
        {
            using var blinded = RouteBlinding.BlindedKey(nodeKey, pathKey);
            secret = blinded.Ecdh(ephemeral);
        }

        var length = packet.HopPayloads.Length;
        var scratchLength = length + Math.Max(length, associatedData.Length);
        var scratch = ArrayPool<byte>.Shared.Rent(scratchLength);
        try
        {
            packet.HopPayloads.CopyTo(scratch);
            associatedData.CopyTo(scratch.AsSpan(length));
            Span<byte> hmac = stackalloc byte[HmacLength];
            OnionKeys.Mac(OnionKeys.Mu, secret, scratch.AsSpan(0, length + associatedData.Length), hmac);
            if (!CryptographicOperations.FixedTimeEquals(hmac, packet.Hmac)) return new UnreadableOnion(FailureCode.InvalidOnionHmac, packet.Hash());

            var unwrapped = scratch.AsSpan(0, 2 * length);
            unwrapped[length..].Clear();
            OnionKeys.ApplyStream(OnionKeys.Rho, secret, unwrapped);

            // The claimed length is compared with what is there before anything of that size is touched: it may say four gigabytes, or more.
            if (!TryReadLengthPrefix(unwrapped[..length], out var payloadLength, out var prefix)
                || payloadLength < 2
                || payloadLength > length - prefix - HmacLength)
            {
                return new MalformedPayload(secret, FailureMessage.InvalidOnionPayload(0, 0));
            }

            var payload = new Bytes(unwrapped.Slice(prefix, payloadLength));
            var frame = prefix + payloadLength + HmacLength;
            var nextHmac = unwrapped.Slice(frame - HmacLength, HmacLength);
            if (nextHmac.IndexOfAnyExcept((byte)0) < 0) return new PeeledOnion(payload, null, secret);

            var nextKey = ephemeral.TweakMul(OnionKeys.BlindingFactor(ephemeral, secret));
            return new PeeledOnion(payload, Assemble(nextKey, unwrapped.Slice(frame, length), nextHmac), secret);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch, clearArray: true);
        }
    }

    /// <summary>The secret shared with each hop, from the session key: what a sender needs to read a failure after a restart.</summary>
    /// <param name="sessionKey">The key that the packet was built with.</param>
    /// <param name="nodeKeys">The hops in order.</param>
    public static Bytes32[] SharedSecrets(Key sessionKey, ReadOnlySpan<PubKey> nodeKeys)
    {
        var secrets = new Bytes32[nodeKeys.Length];
        var ephemeral = sessionKey;
        for (var i = 0; i < nodeKeys.Length; i++)
        {
            secrets[i] = ephemeral.Ecdh(nodeKeys[i]);
            if (i == nodeKeys.Length - 1) break;
            var next = ephemeral.TweakMul(OnionKeys.BlindingFactor(ephemeral.PubKey, secrets[i]));
            if (i > 0) ephemeral.Dispose();
            ephemeral = next;
        }

        if (!ReferenceEquals(ephemeral, sessionKey)) ephemeral.Dispose();
        return secrets;
    }

    /// <summary>
    /// What the hops will have put behind the payloads when the packet reaches the final node: each one appends zeros and hides all. Only the last
    /// <c>filler</c> bytes of the scratch space matter; what stands before them is noise that is never read.
    /// </summary>
    private static void GenerateFiller(ReadOnlySpan<Bytes32> secrets, ReadOnlySpan<byte[]> frames, int payloadsLength, Span<byte> scratch, Span<byte> filler)
    {
        var length = 0;
        for (var i = 0; i < frames.Length - 1; i++)
        {
            var frame = frames[i].Length + HmacLength;
            scratch.Slice(payloadsLength, frame).Clear();
            OnionKeys.ApplyStream(OnionKeys.Rho, secrets[i], scratch[..(payloadsLength + frame)]);
            length += frame;
            scratch.Slice(payloadsLength + frame - length, length).CopyTo(scratch[(payloadsLength - length)..]);
        }

        scratch.Slice(payloadsLength - length, length).CopyTo(filler);
    }

    private static OnionPacket Assemble(PubKey ephemeral, ReadOnlySpan<byte> payloads, ReadOnlySpan<byte> hmac)
    {
        var packet = new byte[payloads.Length + OnionPacket.Overhead];
        ephemeral.Span.CopyTo(packet.AsSpan(1));
        payloads.CopyTo(packet.AsSpan(1 + PubKey.Size));
        hmac.CopyTo(packet.AsSpan(packet.Length - HmacLength));
        return new OnionPacket(Bytes.Wrap(packet));
    }

    private static int LengthPrefixLength(int length) => length < 0xFD ? 1 : 3;

    private static int WriteLengthPrefix(Span<byte> target, int length)
    {
        if (length < 0xFD)
        {
            target[0] = (byte)length;
            return 1;
        }

        target[0] = 0xFD;
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], checked((ushort)length));
        return 3;
    }

    /// <summary>Reads a BigSize. Forms of five and nine bytes are refused at once: what they can say fits into no packet.</summary>
    private static bool TryReadLengthPrefix(ReadOnlySpan<byte> source, out int length, out int prefix)
    {
        (length, prefix) = (0, 0);
        if (source.IsEmpty || source[0] > 0xFD) return false;
        if (source[0] < 0xFD)
        {
            (length, prefix) = (source[0], 1);
            return true;
        }

        if (source.Length < 3) return false;
        (length, prefix) = (BinaryPrimitives.ReadUInt16BigEndian(source[1..]), 3);
        return length >= 0xFD;
    }
}
