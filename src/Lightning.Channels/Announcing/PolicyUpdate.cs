using Lightning.Protocol.Messages;

namespace Lightning.Channels.Announcing;

/// <summary>What a channel_update says (BOLT 7).</summary>
/// <param name="ShortChannelId">The channel, or an alias of it.</param>
/// <param name="Timestamp">Seconds since 1970, and greater than that of any update before.</param>
/// <param name="IsPublic">Whether it is for the network; otherwise for the channel's peer only.</param>
/// <param name="IsDisabled">Whether nothing is forwarded over the channel for now.</param>
/// <param name="Policy">The terms.</param>
public sealed record PolicyUpdate(ShortChannelId ShortChannelId, uint Timestamp, bool IsPublic, bool IsDisabled, ForwardingPolicy Policy)
{
    private const byte MustBeOne = 1, DontForward = 2, Disable = 2;

    /// <summary>What a received message says.</summary>
    internal static PolicyUpdate Of(ChannelUpdate message) => new(
        message.ShortChannelId,
        message.Timestamp,
        !message.DontForward,
        message.IsDisabled,
        new ForwardingPolicy(message.FeeBase, message.FeeProportionalMillionths, message.CltvExpiryDelta, message.HtlcMinimum, message.HtlcMaximum));

    /// <summary>The message, without its signature.</summary>
    /// <param name="chain">The chain's hash.</param>
    /// <param name="direction">Which of the channel's nodes sends it.</param>
    internal ChannelUpdate ToMessage(BlockHash chain, int direction) => new()
    {
        Signature = default,
        ChainHash = chain,
        ShortChannelId = ShortChannelId,
        Timestamp = Timestamp,
        MessageFlags = (byte)(MustBeOne | (IsPublic ? 0 : DontForward)),
        ChannelFlags = (byte)(direction | (IsDisabled ? Disable : 0)),
        CltvExpiryDelta = Policy.CltvExpiryDelta,
        HtlcMinimum = Policy.HtlcMinimum,
        FeeBase = Policy.FeeBase,
        FeeProportionalMillionths = Policy.FeeProportionalMillionths,
        HtlcMaximum = Policy.HtlcMaximum,
    };
}
