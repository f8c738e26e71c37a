using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Messages;

/// <summary>Goes on with a channel over a new connection: what the sender has and expects (BOLT 2, type 136).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="NextCommitmentNumber">Number of the next commitment_signed that the sender expects.</param>
/// <param name="NextRevocationNumber">Number of the next revoke_and_ack that the sender expects.</param>
/// <param name="YourLastPerCommitmentSecret">The last secret that the sender received; zeros where there was none.</param>
/// <param name="MyCurrentPerCommitmentPoint">Any valid point (static_remotekey made it meaningless).</param>
public sealed record ChannelReestablish(
    ChannelId ChannelId,
    ulong NextCommitmentNumber,
    ulong NextRevocationNumber,
    Bytes32 YourLastPerCommitmentSecret,
    PubKey MyCurrentPerCommitmentPoint) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.ChannelReestablish;

    /// <summary>An interactive funding transaction whose signing is unfinished.</summary>
    public FundingRetransmit? NextFunding { get; init; }

    /// <summary>The last funding transaction that the sender sees as locked (splicing).</summary>
    public FundingRetransmit? MyCurrentFundingLocked { get; init; }
}
