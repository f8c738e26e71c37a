using System.Globalization;
using System.Text;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

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

    /// <summary>Prints the members, never the secret.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"ChannelId = {ChannelId}, NextCommitmentNumber = {NextCommitmentNumber}, NextRevocationNumber = {NextRevocationNumber}, YourLastPerCommitmentSecret = hidden");
        return true;
    }

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.U64(NextCommitmentNumber);
        writer.U64(NextRevocationNumber);
        writer.Bytes32(YourLastPerCommitmentSecret);
        writer.Point(MyCurrentPerCommitmentPoint);
        writer.BeginTlvs(Extension);
        NextFunding?.WriteTlv(ref writer, 1);
        MyCurrentFundingLocked?.WriteTlv(ref writer, 5);
        writer.EndTlvs();
    }

    internal static ChannelReestablish Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var nextCommitment = reader.U64("next_commitment_number");
        var nextRevocation = reader.U64("next_revocation_number");
        var lastSecret = reader.Bytes32("your_last_per_commitment_secret");
        var point = reader.Point("my_current_per_commitment_point");
        var tlvs = reader.Tlvs("channel_reestablish_tlvs");
        FundingRetransmit? nextFunding = null, fundingLocked = null;
        while (tlvs.Next())
        {
            switch (tlvs.Type)
            {
                case 1:
                    nextFunding = FundingRetransmit.Read(ref tlvs.Value, "next_funding");
                    break;
                case 5:
                    fundingLocked = FundingRetransmit.Read(ref tlvs.Value, "my_current_funding_locked");
                    break;
                default:
                    tlvs.KeepUnknown();
                    break;
            }
        }

        return new ChannelReestablish(channelId, nextCommitment, nextRevocation, lastSecret, point)
        {
            NextFunding = nextFunding,
            MyCurrentFundingLocked = fundingLocked,
            Extension = tlvs.Unknown,
        };
    }
}
