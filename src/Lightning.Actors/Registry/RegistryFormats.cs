using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;

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
        formats.Add<UnregisterChannel, ChannelOfProto>("reg.unregister.1", m => new() { Channel = m.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
        formats.Add<ChannelListed, RegisterChannelProto>(
            "reg.listed.1",
            e => new() { Channel = e.Channel.ToProto(), Peer = e.Peer.Key.ToProto(), Id = e.Id.Value.ToProto(), Funding = e.Funding.ToProto() },
            p => new(p.Channel.ToChannelKey(), p.Peer.ToNodeId(), new ChannelId(p.Id.ToBytes32()), p.Funding.ToOutPoint()));
        formats.Add<ChannelDelisted, ChannelOfProto>("reg.delisted.1", e => new() { Channel = e.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
    }
}
