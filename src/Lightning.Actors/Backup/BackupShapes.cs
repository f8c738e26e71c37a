using Lightning.Actors.Channels;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Backup;
using Lightning.Channels.Events;

namespace Lightning.Actors.Backup;

/// <summary>A channel's backup in protobuf, both ways.</summary>
internal static class BackupShapes
{
    public static ChannelBackupProto ToProto(this ChannelBackup value)
    {
        var proto = new ChannelBackupProto
        {
            Parameters = value.Parameters.ToProto(),
            Funding = value.Funding.OutPoint.ToProto(),
            FundingAmount = value.Funding.Amount.Value,
            BlockHeight = value.BlockHeight,
        };
        foreach (var address in value.Addresses) proto.Addresses.Add(address);
        if (value.ShortChannelId is { } id) proto.ShortChannelId = id.Value;
        return proto;
    }

    public static ChannelBackup ToBackup(this ChannelBackupProto proto) => new(
        proto.Parameters.ToParameters(), new FundingOutput(proto.Funding.ToOutPoint(), new Satoshi(proto.FundingAmount)), proto.BlockHeight)
    {
        Addresses = proto.Addresses.ToArray(static address => address),
        ShortChannelId = proto.HasShortChannelId ? new ShortChannelId(proto.ShortChannelId) : null,
    };
}
