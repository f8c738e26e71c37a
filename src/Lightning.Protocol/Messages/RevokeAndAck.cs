using System.Globalization;
using System.Text;
using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Wire;

namespace Lightning.Protocol.Messages;

/// <summary>Revokes the sender's previous commitment (BOLT 2, type 133).</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="PerCommitmentSecret">Secret of the sender's previous commitment.</param>
/// <param name="NextPerCommitmentPoint">Per-commitment point of the sender's commitment after its current one.</param>
public sealed record RevokeAndAck(ChannelId ChannelId, Bytes32 PerCommitmentSecret, PubKey NextPerCommitmentPoint) : ExtensibleMessage, IChannelMessage
{
    /// <inheritdoc/>
    public override ushort Type => MessageType.RevokeAndAck;

    /// <summary>Prints the members, never the secret.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"ChannelId = {ChannelId}, PerCommitmentSecret = hidden, NextPerCommitmentPoint = {NextPerCommitmentPoint}");
        return true;
    }

    internal override void Write(ref WireWriter writer)
    {
        writer.ChannelId(ChannelId);
        writer.Bytes32(PerCommitmentSecret);
        writer.Point(NextPerCommitmentPoint);
        writer.BeginTlvs(Extension);
        writer.EndTlvs();
    }

    internal static RevokeAndAck Read(ref WireReader reader)
    {
        var channelId = reader.ChannelId();
        var secret = reader.Bytes32("per_commitment_secret");
        var point = reader.Point("next_per_commitment_point");
        var tlvs = reader.Tlvs("revoke_and_ack_tlvs");
        while (tlvs.Next()) tlvs.KeepUnknown();
        return new RevokeAndAck(channelId, secret, point) { Extension = tlvs.Unknown };
    }
}
