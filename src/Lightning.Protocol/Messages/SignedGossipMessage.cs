using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>A signed message about the network (BOLT 7). What was received keeps its exact bytes: the signatures cover them, unknown fields included.</summary>
public abstract record SignedGossipMessage : LightningMessage
{
    private protected SignedGossipMessage()
    {
    }

    /// <summary>A copy made by <c>with</c> differs from what was received, so it does not keep the received bytes.</summary>
    protected SignedGossipMessage(SignedGossipMessage original)
        : base(original) => ExcessData = original.ExcessData;

    /// <summary>Bytes after the known fields; signed, passed on, not understood.</summary>
    public Bytes ExcessData { get; init; }

    /// <summary>Equality of the fields; whether the bytes were received or made does not count.</summary>
    public virtual bool Equals(SignedGossipMessage? other) => base.Equals(other) && ExcessData == other!.ExcessData;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), ExcessData);

    /// <summary>The bytes of the wire, type included, if it was received; else empty.</summary>
    internal Bytes Received { get; private set; }

    /// <summary>Where the signed bytes begin in the bytes of the wire: after the signatures.</summary>
    private protected abstract int SignedOffset { get; }

    /// <summary>The bytes of the wire, type included: as received, or encoded now.</summary>
    public Bytes ToWire() => Received.IsEmpty ? Bytes.Wrap(MessageCodec.Encode(this)) : Received;

    /// <summary>What the signatures sign: double SHA-256 of all that follows them, unknown fields included.</summary>
    public Bytes32 SignedHash() => Hashes.Hash256(ToWire().Span[SignedOffset..]);

    internal void KeepReceived(Bytes bytes) => Received = bytes;
}
