using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Registry;

/// <summary>The formats of the registry's events and messages.</summary>
internal static class RegistryFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<RegisterChannel, RegisterChannelProto>(
            "reg.register.1",
            m => new() { Channel = m.Channel.ToProto(), Peer = m.Peer.Key.ToProto(), Id = m.Id.Value.ToProto(), Funding = m.Funding.ToProto() },
            p => new(p.Channel.ToChannelKey(), p.Peer.ToNodeId(), new ChannelId(p.Id.ToBytes32()), p.Funding.ToOutPoint()));
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
            e => new() { Channel = e.Channel.ToProto(), Peer = e.Peer.Key.ToProto(), Id = e.Id.Value.ToProto(), Funding = e.Funding.ToProto() },
            p => new(p.Channel.ToChannelKey(), p.Peer.ToNodeId(), new ChannelId(p.Id.ToBytes32()), p.Funding.ToOutPoint()));
        formats.Add<ChannelDelisted, ClosedChannelProto>("reg.delisted.1", e => ToProto(e.Channel, e.Summary), p => new(p.Channel.ToChannelKey(), ToSummary(p)));
        formats.Add<ChannelSettled, ClosedChannelProto>("reg.settled.1", e => ToProto(e.Channel, e.Summary), p => new(p.Channel.ToChannelKey(), ToSummary(p)!));
        formats.Add<ChannelUnsettled, ClosedChannelProto>("reg.unsettled.1", e => ToProto(e.Channel, summary: null), p => new(p.Channel.ToChannelKey()));
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
