using Lightning.Actors.Api;
using Lightning.Actors.Backup;
using Lightning.Actors.Channels;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Backup;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Registry;

/// <summary>The formats of the registry's events and messages.</summary>
internal static class RegistryFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<RegisterChannel, RegisterChannelProto>(
            "reg.register.1",
            m => new() { Channel = m.Channel.ToProto(), Peer = m.Peer.Key.ToProto(), Id = m.Id.Value.ToProto(), Funding = m.Funding.ToProto(), Backup = m.Backup?.ToProto() },
            p => new(p.Channel.ToChannelKey(), p.Peer.ToNodeId(), new ChannelId(p.Id.ToBytes32()), p.Funding.ToOutPoint(), p.Backup?.ToBackup()));
        formats.Add<UnregisterChannel, ClosedChannelProto>("reg.unregister.1", m => ToProto(m.Channel, m.Summary), p => new(p.Channel.ToChannelKey(), ToSummary(p)));
        formats.Add<SettleChannel, ClosedChannelProto>("reg.settle.1", m => ToProto(m.Channel, m.Summary), p => new(p.Channel.ToChannelKey(), ToSummary(p)!));
        formats.Add<UnsettleChannel, ClosedChannelProto>("reg.unsettle.1", m => ToProto(m.Channel, summary: null), p => new(p.Channel.ToChannelKey()));
        formats.Add("reg.list-closed.1", ListClosed.Instance);
        formats.Add<ClosedChannels, ClosedChannelsProto>(
            "reg.closed.1",
            m =>
            {
                var proto = new ClosedChannelsProto();
                foreach (var (key, summary) in m.Channels) proto.Channels.Add(ToProto(key, summary));
                return proto;
            },
            p => new(p.Channels.ToArray(c => (c.Channel.ToChannelKey(), ToSummary(c)!))));
        formats.Add<ChannelListed, RegisterChannelProto>(
            "reg.listed.1",
            e => new()
            {
                Channel = e.Channel.ToProto(), Peer = e.Peer.Key.ToProto(), Id = e.Id.Value.ToProto(), Funding = e.Funding.ToProto(), Backup = e.Backup?.ToProto(), IsRestored = e.IsRestored,
            },
            p => new(p.Channel.ToChannelKey(), p.Peer.ToNodeId(), new ChannelId(p.Id.ToBytes32()), p.Funding.ToOutPoint(), p.Backup?.ToBackup(), p.IsRestored));
        formats.Add<ChannelDelisted, ClosedChannelProto>("reg.delisted.1", e => ToProto(e.Channel, e.Summary), p => new(p.Channel.ToChannelKey(), ToSummary(p)));
        formats.Add<ChannelSettled, ClosedChannelProto>("reg.settled.1", e => ToProto(e.Channel, e.Summary), p => new(p.Channel.ToChannelKey(), ToSummary(p)!));
        formats.Add<ChannelUnsettled, ClosedChannelProto>("reg.unsettled.1", e => ToProto(e.Channel, summary: null), p => new(p.Channel.ToChannelKey()));
        AddBackup(formats);
    }

    private static void AddBackup(FormatRegistry formats)
    {
        formats.Add<PeerAddressNoted, PeerLocationProto>(
            "reg.peer-address.1", e => new() { Peer = e.Peer.Key.ToProto(), Address = e.Address }, p => new(p.Peer.ToNodeId(), p.Address));
        formats.Add<NotePeerAddress, PeerLocationProto>(
            "reg.note-address.1", m => new() { Peer = m.Peer.Key.ToProto(), Address = m.Address }, p => new(p.Peer.ToNodeId(), p.Address));
        formats.Add("reg.get-backup.1", GetBackup.Instance);
        formats.Add("reg.follow-backup.1", FollowBackup.Instance);
        formats.Add("reg.follow-backup-on.1", FollowBackupOn.Instance);
        formats.Add("reg.unfollow-backup.1", UnfollowBackup.Instance);
        formats.Add<BackedUp, ChannelBackupListProto>("reg.backed-up.1", m => ToProto(m.Channels), p => new(p.Channels.ToArray(static channel => channel.ToBackup())));
        formats.Add<RestoreChannels, ChannelBackupListProto>("reg.restore.1", m => ToProto(m.Channels), p => new(p.Channels.ToArray(static channel => channel.ToBackup())));
        formats.Add<ChannelsRestored, RestoredChannelsProto>(
            "reg.restored.1",
            m =>
            {
                var proto = new RestoredChannelsProto();
                foreach (var channel in m.Channels) proto.Channels.Add(new RestoredChannelsProto.Types.RestoredProto { Funding = channel.Funding.ToProto(), Peer = channel.Peer.Key.ToProto(), IsNew = channel.IsNew });
                return proto;
            },
            p => new(p.Channels.ToArray(static channel => new RestoredChannel(channel.Funding.ToOutPoint(), channel.Peer.ToNodeId(), channel.IsNew))));
    }

    private static ChannelBackupListProto ToProto(EquatableArray<ChannelBackup> channels)
    {
        var proto = new ChannelBackupListProto();
        foreach (var channel in channels) proto.Channels.Add(channel.ToProto());
        return proto;
    }

    private static ClosedChannelProto ToProto(LocalChannelKey key, ClosedChannel? summary)
    {
        var proto = new ClosedChannelProto { Channel = key.ToProto() };
        if (summary is null) return proto;
        proto.Funding = summary.Funding.ToProto();
        proto.Peer = summary.Peer.Key.ToProto();
        if (summary.ShortChannelId is { } id) proto.ShortChannelId = id.Value;
        if (summary.ClosingTxId is { } txId) proto.ClosingTxId = txId.Value.ToProto();
        proto.Capacity = summary.Capacity.Value;
        proto.CloseHeight = summary.CloseHeight;
        proto.SettledBalance = summary.SettledBalance.Value;
        proto.TimeLockedBalance = summary.TimeLockedBalance.Value;
        foreach (var alias in summary.Aliases) proto.Aliases.Add(alias.Value);
        proto.Kind = (uint)summary.Kind;
        proto.IsInitiator = summary.IsInitiator;
        if (summary.ClosedByUs is { } byUs) proto.ClosedByUs = byUs;
        if (summary.Ledger is { } ledger) proto.Ledger = LedgerFormat.ToProto(ledger);
        foreach (var resolution in summary.Resolutions) proto.Resolutions.Add(LedgerFormat.ToProto(resolution));
        return proto;
    }

    private static ClosedChannel? ToSummary(ClosedChannelProto proto) => proto.Funding is null ? null : new ClosedChannel
    {
        Funding = proto.Funding.ToOutPoint(),
        Peer = proto.Peer.ToNodeId(),
        ShortChannelId = proto.HasShortChannelId ? new ShortChannelId(proto.ShortChannelId) : null,
        ClosingTxId = proto.HasClosingTxId ? proto.ClosingTxId.ToTxId() : null,
        Capacity = new Satoshi(proto.Capacity),
        CloseHeight = proto.CloseHeight,
        SettledBalance = new Satoshi(proto.SettledBalance),
        TimeLockedBalance = new Satoshi(proto.TimeLockedBalance),
        Aliases = [.. proto.Aliases.Select(static alias => new ShortChannelId(alias))],
        Kind = (CloseKind)proto.Kind,
        IsInitiator = proto.IsInitiator,
        ClosedByUs = proto.HasClosedByUs ? proto.ClosedByUs : null,
        Ledger = proto.Ledger is { } ledger ? LedgerFormat.ToLedger(ledger) : null,
        Resolutions = [.. proto.Resolutions.Select(LedgerFormat.ToResolution)],
    };
}
