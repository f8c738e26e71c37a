using Lightning.Bitcoin.Crypto;

namespace Lightning.Channels.Announcing;

/// <summary>The peer's half of a channel_announcement, checked.</summary>
/// <param name="ShortChannelId">Where the funding output stands in it.</param>
/// <param name="Node">By the peer's node key.</param>
/// <param name="Bitcoin">By the peer's funding key.</param>
public sealed record PeerSignatures(ShortChannelId ShortChannelId, EcdsaSignature Node, EcdsaSignature Bitcoin);
