using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Messages;

/// <summary>Revokes the sender's previous commitment (BOLT 2, type 133).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="PerCommitmentSecret">Secret of the sender's previous commitment.</param>
/// <param name="NextPerCommitmentPoint">Per-commitment point of the sender's commitment after its current one.</param>
public sealed record RevokeAndAck(ChannelId ChannelId, Bytes32 PerCommitmentSecret, PubKey NextPerCommitmentPoint) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.RevokeAndAck;
}
