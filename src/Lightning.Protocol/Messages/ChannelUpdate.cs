using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Messages;

/// <summary>One side's terms for relaying through a channel (BOLT 7, type 258).</summary>
public sealed record ChannelUpdate : SignedGossipMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ChannelUpdate;

    /// <summary>Signature by the node that <see cref="Direction"/> names.</summary>
    public required EcdsaSignature Signature { get; init; }

    /// <summary>Genesis hash of the chain.</summary>
    public required BlockHash ChainHash { get; init; }

    /// <summary>The channel, or an alias of it.</summary>
    public required ShortChannelId ShortChannelId { get; init; }

    /// <summary>Orders updates of one side; seconds since 1970 by custom.</summary>
    public required uint Timestamp { get; init; }

    /// <summary>Bit 0: always 1; bit 1: dont_forward.</summary>
    public byte MessageFlags { get; init; } = 1;

    /// <summary>Bit 0: direction; bit 1: disable.</summary>
    public required byte ChannelFlags { get; init; }

    /// <summary>Blocks that the node takes off an HTLC's expiry.</summary>
    public required ushort CltvExpiryDelta { get; init; }

    /// <summary>The smallest HTLC. What travels above 21 million bitcoin is read as 21 million.</summary>
    public required MilliSatoshi HtlcMinimum { get; init; }

    /// <summary>Fee for any HTLC.</summary>
    public required MilliSatoshi FeeBase { get; init; }

    /// <summary>Fee in millionths of the relayed amount.</summary>
    public required uint FeeProportionalMillionths { get; init; }

    /// <summary>The largest HTLC. What travels above 21 million bitcoin is read as 21 million.</summary>
    public required MilliSatoshi HtlcMaximum { get; init; }

    /// <summary>0 where node 1 sent it, 1 where node 2 did.</summary>
    public int Direction => ChannelFlags & 1;

    /// <summary>Whether the sender takes no HTLCs for this direction for now.</summary>
    public bool IsDisabled => (ChannelFlags & 2) != 0;

    /// <summary>Whether it is for the channel's peer only.</summary>
    public bool DontForward => (MessageFlags & 2) != 0;
}
