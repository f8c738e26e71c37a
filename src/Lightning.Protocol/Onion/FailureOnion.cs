using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lightning.Protocol.Onion;

/// <summary>
/// Failures on their way back (BOLT 4, "Returning Errors"): the erring node encrypts its message with the secret that it shares with the sender, every hop
/// before it encrypts again, the sender undoes all of it and learns which hop it was.
/// </summary>
public static class FailureOnion
{
    /// <summary>Failure and padding together have this length, so that the kind of failure does not show.</summary>
    public const int MinimumFailureLength = 256;

    /// <summary>
    /// The longest packet that we pass on, in bytes. With attribution data beside it this still fits into one Lightning message, so that a packet of absurd
    /// length can be relayed whatever we add to the message that carries it.
    /// </summary>
    public const int MaxLength = ushort.MaxValue - 1024;

    /// <summary>The sender always does so many rounds: the time it takes must not show how far away the erring hop was.</summary>
    private const int Rounds = 27;

    private const int HmacLength = Bytes32.Size;

    /// <summary>Writes a failure, encrypted once: what the erring node puts into <c>update_fail_htlc</c>.</summary>
    /// <param name="sharedSecret">The secret that the HTLC's onion shared with us.</param>
    /// <param name="failure">What went wrong.</param>
    public static byte[] Create(in Bytes32 sharedSecret, FailureMessage failure)
    {
        var packet = CreatePlain(sharedSecret, failure, MinimumFailureLength);
        OnionKeys.ApplyStream(OnionKeys.Ammag, sharedSecret, packet);
        return packet;
    }

    /// <summary>Encrypts a failure that came from the next hop once more, for the hop before us.</summary>
    /// <param name="sharedSecret">The secret that the HTLC's onion shared with us.</param>
    /// <param name="packet">What the next hop sent, of any length; what exceeds <see cref="MaxLength"/> is dropped, which makes it unreadable but does no other harm.</param>
    public static byte[] Wrap(in Bytes32 sharedSecret, ReadOnlySpan<byte> packet)
    {
        var wrapped = packet[..Math.Min(packet.Length, MaxLength)].ToArray();
        OnionKeys.ApplyStream(OnionKeys.Ammag, sharedSecret, wrapped);
        return wrapped;
    }

    /// <summary>Reads a failure as the sender of the payment.</summary>
    /// <param name="sharedSecrets">The secrets shared with the hops, in the order of the route (see <see cref="SphinxOnion.SharedSecrets"/>).</param>
    /// <param name="packet">What came with <c>update_fail_htlc</c>.</param>
    /// <param name="attributionData">The <c>attribution_data</c> beside it; empty where there was none.</param>
    public static DecryptedFailure Decrypt(ReadOnlySpan<Bytes32> sharedSecrets, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> attributionData = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, packet.Length));
        try
        {
            var reason = buffer.AsSpan(0, packet.Length);
            packet.CopyTo(reason);
            var attribution = attributionData.Length == Attribution.Length ? attributionData.ToArray() : null;
            var holdTimes = new List<TimeSpan>(sharedSecrets.Length);
            FailureMessage? message = null;
            int? hop = null, blamed = null;
            Span<byte> hmac = stackalloc byte[HmacLength];
            var rounds = Math.Max(Rounds, sharedSecrets.Length);
            for (var i = 0; i < rounds; i++)
            {
                var real = i < sharedSecrets.Length;
                var secret = real ? sharedSecrets[i] : Bytes32.Zero;
                OnionKeys.ApplyStream(OnionKeys.Ammag, secret, reason);
                if (real && hop is null && blamed is null && attribution is not null)
                {
                    if (Attribution.TryPeel(attribution, secret, reason, i, sharedSecrets.Length, out var holdTime)) holdTimes.Add(holdTime);
                    else blamed = i;
                }

                if (reason.Length < HmacLength + 4) continue;
                OnionKeys.Mac(OnionKeys.Um, secret, reason[HmacLength..], hmac);
                if (CryptographicOperations.FixedTimeEquals(hmac, reason[..HmacLength]) && real && hop is null)
                {
                    hop = i;
                    message = ReadMessage(reason[HmacLength..]);
                }
            }

            return new DecryptedFailure(message, hop ?? blamed, holdTimes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>The packet before any encryption.</summary>
    internal static byte[] CreatePlain(in Bytes32 sharedSecret, FailureMessage failure, int minimumLength)
    {
        var length = 2 + failure.Data.Length;
        var padding = Math.Max(0, minimumLength - length);
        var packet = new byte[HmacLength + 2 + length + 2 + padding];
        var body = packet.AsSpan(HmacLength);
        BinaryPrimitives.WriteUInt16BigEndian(body, checked((ushort)length));
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)failure.Code);
        failure.Data.Span.CopyTo(body[4..]);
        BinaryPrimitives.WriteUInt16BigEndian(body[(2 + length)..], checked((ushort)padding));
        OnionKeys.Mac(OnionKeys.Um, sharedSecret, body, packet.AsSpan(0, HmacLength));
        return packet;
    }

    /// <summary>An authentic packet that holds no readable message is still its author's fault: it becomes a message without a code.</summary>
    private static FailureMessage ReadMessage(ReadOnlySpan<byte> body)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(body);
        return length >= 2 && length <= body.Length - 2 ? FailureMessage.Decode(body.Slice(2, length)) : new FailureMessage(FailureCode.None);
    }
}
