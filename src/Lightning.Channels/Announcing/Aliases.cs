using System.Buffers.Binary;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.Announcing;

/// <summary>The short channel id by which a peer may name a channel without saying where its money stands (BOLT 2, option_scid_alias).</summary>
public static class Aliases
{
    // Heights that no block has for centuries: an alias is the id of no channel.
    private const uint FirstHeight = 16_000_000, Heights = 250_000;

    /// <summary>This node's alias of a channel: made of its key, which nobody else knows, so that it needs no memory, and tells nothing.</summary>
    /// <param name="channel">The channel.</param>
    public static ShortChannelId Of(LocalChannelKey channel)
    {
        Span<byte> input = stackalloc byte[5 + sizeof(uint) + 16];
        "alias"u8.CopyTo(input);
        BinaryPrimitives.WriteUInt32BigEndian(input[5..], channel.ShardTag);
        BinaryPrimitives.WriteUInt128BigEndian(input[(5 + sizeof(uint))..], channel.Random);
        var hash = Hashes.Sha256(input).Span;
        return new ShortChannelId(
            FirstHeight + (BinaryPrimitives.ReadUInt32BigEndian(hash) % Heights), BinaryPrimitives.ReadUInt32BigEndian(hash[4..]) & 0xFFFFFF, BinaryPrimitives.ReadUInt16BigEndian(hash[8..]));
    }

    /// <summary>Whether the peer is given an alias: where the network never hears of the channel, or the peer knows what an alias is.</summary>
    internal static bool IsGiven(ChannelParameters parameters, ChannelFeatures features) => !parameters.Announce || features.HasFlag(ChannelFeatures.ScidAlias);
}
