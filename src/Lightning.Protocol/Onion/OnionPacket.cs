using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>
/// An onion as it travels (BOLT 4, "Packet Structure"): version, ephemeral public key, hidden hop payloads, HMAC. Nothing but its length is checked here,
/// so that a packet that cannot be understood still has the hash that its refusal must name.
/// </summary>
public sealed class OnionPacket : IEquatable<OnionPacket>
{
    /// <summary>Length in bytes of the hop payloads of every payment onion.</summary>
    public const int PaymentPayloadsLength = 1300;

    /// <summary>Length in bytes of a whole payment onion, as <c>update_add_htlc</c> carries it.</summary>
    public const int PaymentLength = PaymentPayloadsLength + Overhead;

    /// <summary>What a packet adds to its hop payloads: version, key, HMAC.</summary>
    public const int Overhead = 1 + PubKey.Size + Bytes32.Size;

    /// <summary>The longest packet: what fits into an <c>onion_message</c>'s u16 length.</summary>
    public const int MaxLength = ushort.MaxValue;

    internal OnionPacket(Bytes serialized) => Serialized = serialized;

    /// <summary>The whole packet, as it travels.</summary>
    public Bytes Serialized { get; }

    /// <summary>The version; only 0 is defined.</summary>
    public byte Version => Serialized[0];

    /// <summary>33 bytes that should be the ephemeral public key for this hop.</summary>
    public ReadOnlySpan<byte> PublicKey => Serialized.Span.Slice(1, PubKey.Size);

    /// <summary>The hidden hop payloads.</summary>
    public ReadOnlySpan<byte> HopPayloads => Serialized.Span[(1 + PubKey.Size)..^Bytes32.Size];

    /// <summary>HMAC of the hop payloads and of the associated data.</summary>
    public ReadOnlySpan<byte> Hmac => Serialized.Span[^Bytes32.Size..];

    /// <summary>Takes a packet of any length: 1,366 bytes in payments, mostly 1,366 or 32,834 in onion messages.</summary>
    /// <exception cref="FormatException">Shorter than its own frame, or longer than any message can carry.</exception>
    public static OnionPacket Parse(ReadOnlySpan<byte> packet)
    {
        if (packet.Length is <= Overhead or > MaxLength)
            throw new FormatException($"An onion packet has between {Overhead + 1} and {MaxLength} bytes, got {packet.Length}.");
        return new OnionPacket(new Bytes(packet));
    }

    /// <summary>Takes the packet of an <c>update_add_htlc</c>.</summary>
    /// <exception cref="FormatException">Not exactly 1,366 bytes.</exception>
    public static OnionPacket ParsePayment(ReadOnlySpan<byte> packet)
    {
        if (packet.Length != PaymentLength) throw new FormatException($"A payment onion has {PaymentLength} bytes, got {packet.Length}.");
        return new OnionPacket(new Bytes(packet));
    }

    /// <summary>SHA-256 of the packet: <c>sha256_of_onion</c> of the failures that say that it could not be understood.</summary>
    public Bytes32 Hash() => Hashes.Sha256(Serialized.Span);

    /// <inheritdoc/>
    public bool Equals(OnionPacket? other) => other is not null && Serialized == other.Serialized;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OnionPacket);

    /// <inheritdoc/>
    public override int GetHashCode() => Serialized.GetHashCode();

    /// <summary>The hash of the packet, enough to tell packets apart in a log.</summary>
    public override string ToString() => $"OnionPacket({Hash()})";
}
