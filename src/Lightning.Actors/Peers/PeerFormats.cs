using Lightning.Actors.Api;
using Lightning.Actors.Connections;
using Lightning.Actors.Entities;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Parameters;
using Lightning.Protocol.Features;

namespace Lightning.Actors.Peers;

/// <summary>The formats of peers' events and of what is said to peers and connections.</summary>
internal static class PeerFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add("done.1", Done.Instance);
        formats.Add<Refused, RefusedProto>(
            "refused.1", m => new() { Kind = (uint)m.Kind, Message = m.Message }, p => new((LightningErrorKind)p.Kind, p.Message));
        AddEvents(formats);
        AddPeers(formats);
        AddConnections(formats);
    }

    private static void AddEvents(FormatRegistry formats)
    {
        formats.Add<PeerAddressLearned, PeerAddressLearnedProto>(
            "peer.address.1", e => new() { Host = e.Host, Port = (uint)e.Port }, p => new(p.Host, (int)p.Port));
        formats.Add<PeerKept, PeerKeptProto>("peer.kept.1", e => new() { Keep = e.Keep }, p => new(p.Keep));
        formats.Add<PeerChannelAssigned, PeerChannelAssignedProto>(
            "peer.assigned.1",
            e => new() { Channel = e.Channel.ToProto(), Id = e.Id.Value.ToProto() },
            p => new(p.Channel.ToChannelKey(), new ChannelId(p.Id.ToBytes32())));
        formats.Add<PeerChannelForgotten, ChannelOfProto>(
            "peer.forgotten.1", e => new() { Channel = e.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
    }

    private static void AddPeers(FormatRegistry formats)
    {
        formats.Add<ConnectPeer, ConnectPeerProto>(
            "peer.connect.1",
            m => new() { Peer = m.Peer.Key.ToProto(), Host = m.Host, Port = (uint)m.Port, Persistent = m.Persistent },
            p => new(p.Peer.ToNodeId(), p.Host, (int)p.Port, p.Persistent));
        formats.Add<LearnAddress, ConnectPeerProto>(
            "peer.learn-address.1", m => new() { Peer = m.Peer.Key.ToProto(), Host = m.Host, Port = (uint)m.Port }, p => new(p.Peer.ToNodeId(), p.Host, (int)p.Port));
        formats.Add<KeepPeer, ConnectPeerProto>(
            "peer.keep.1", m => new() { Peer = m.Peer.Key.ToProto(), Host = m.Host, Port = (uint)m.Port }, p => new(p.Peer.ToNodeId(), p.Host, (int)p.Port));
        formats.Add<WakePeer, PeerProto>("peer.wake.1", m => new() { Peer = m.Peer.Key.ToProto() }, p => new(p.Peer.ToNodeId()));
        formats.Add<DisconnectPeer, PeerProto>("peer.disconnect.1", m => new() { Peer = m.Peer.Key.ToProto() }, p => new(p.Peer.ToNodeId()));
        formats.Add<ConnectionUp, ConnectionUpProto>(
            "peer.up.1",
            m => new()
            {
                Peer = m.Peer.Key.ToProto(),
                Connection = m.Connection.Value.ToProto(),
                Actor = m.Actor.ToProto(),
                Features = m.Features.Bytes.ToProto(),
                Address = m.Address,
                Inbound = m.Inbound,
            },
            (p, system) => new(
                p.Peer.ToNodeId(), new ConnectionId(p.Connection.ToGuid()), p.Actor.ToActor(system), FeatureSet.FromBytes(p.Features.Span), p.Address, p.Inbound));
        formats.Add<ConnectionDown, PeerNewsProto>(
            "peer.down.1",
            m => new() { Peer = m.Peer.Key.ToProto(), Connection = m.Connection.Value.ToProto(), Reason = m.Reason },
            p => new(p.Peer.ToNodeId(), new ConnectionId(p.Connection.ToGuid()), p.Reason));
        formats.Add<DialFailed, PeerNewsProto>(
            "peer.dial-failed.1", m => new() { Peer = m.Peer.Key.ToProto(), Reason = m.Reason }, p => new(p.Peer.ToNodeId(), p.Reason));
        formats.Add<PeerInbound, PeerNewsProto>(
            "peer.inbound.1",
            m => new() { Peer = m.Peer.Key.ToProto(), Connection = m.Connection.Value.ToProto(), Message = m.Message.ToProto() },
            p => new(p.Peer.ToNodeId(), new ConnectionId(p.Connection.ToGuid()), p.Message.ToMessage()));
        formats.Add<OpenChannelTo, OpenChannelToProto>(
            "peer.open.1",
            m =>
            {
                var proto = new OpenChannelToProto
                {
                    Peer = m.Peer.Key.ToProto(), Amount = m.Amount.Value, Push = m.Push.Value, Announce = m.Announce, CloseScript = m.CloseScript.ToProto(),
                };
                if (m.FundingFeerate is { } feerate) proto.FundingFeerate = feerate.Value;
                return proto;
            },
            p => new(
                p.Peer.ToNodeId(),
                new Satoshi(p.Amount),
                new MilliSatoshi(p.Push),
                p.Announce,
                p.HasFundingFeerate ? new FeeratePerKw(p.FundingFeerate) : null,
                p.CloseScript.ToBytes()));
        formats.Add<ChannelOpened, ChannelOpenedProto>("peer.opened.1", m => new() { Funding = m.Funding.ToProto() }, p => new(p.Funding.ToOutPoint()));
        formats.Add<ChannelRecovered, PeerChannelProto>(
            "peer.recovered.1",
            m => new() { Peer = m.Peer.Key.ToProto(), Channel = m.Channel.ToProto(), Id = m.Id.Value.ToProto(), Epoch = m.Epoch },
            p => new(p.Peer.ToNodeId(), p.Channel.ToChannelKey(), new ChannelId(p.Id.ToBytes32()), p.Epoch));
        formats.Add<AssignChannelId, PeerChannelProto>(
            "peer.assign.1",
            m => new() { Peer = m.Peer.Key.ToProto(), Channel = m.Channel.ToProto(), TemporaryId = m.TemporaryId.Value.ToProto(), Id = m.Id.Value.ToProto() },
            p => new(p.Peer.ToNodeId(), p.Channel.ToChannelKey(), new ChannelId(p.TemporaryId.ToBytes32()), new ChannelId(p.Id.ToBytes32())));
        formats.Add<DropConnection, PeerNewsProto>(
            "peer.drop.1",
            m => new() { Peer = m.Peer.Key.ToProto(), Connection = m.Connection.Value.ToProto() },
            p => new(p.Peer.ToNodeId(), new ConnectionId(p.Connection.ToGuid())));
        formats.Add<ChannelIsReady, PeerChannelProto>(
            "peer.ready.1", m => new() { Peer = m.Peer.Key.ToProto(), Channel = m.Channel.ToProto() }, p => new(p.Peer.ToNodeId(), p.Channel.ToChannelKey()));
        formats.Add<ChannelIsGone, PeerChannelProto>(
            "peer.gone.1", m => new() { Peer = m.Peer.Key.ToProto(), Channel = m.Channel.ToProto() }, p => new(p.Peer.ToNodeId(), p.Channel.ToChannelKey()));
    }

    private static void AddConnections(FormatRegistry formats)
    {
        formats.Add<ConnectionAdopted, RoutesProto>(
            "conn.adopted.1",
            m =>
            {
                var proto = new RoutesProto { Connection = m.Connection.Value.ToProto() };
                foreach (var route in m.Routes) proto.Routes.Add(ToProto(route));
                return proto;
            },
            p => new(new ConnectionId(p.Connection.ToGuid()), [.. p.Routes.Select(ToRoute)]));
        formats.Add<AddRoute, RoutesProto>(
            "conn.route.1",
            m => new() { Connection = m.Connection.Value.ToProto(), Routes = { ToProto(m.Route) } },
            p => new(new ConnectionId(p.Connection.ToGuid()), ToRoute(p.Routes[0])));
        formats.Add<RemoveRoute, RoutesProto>(
            "conn.unroute.1",
            m => new() { Connection = m.Connection.Value.ToProto(), Removed = m.Id.Value.ToProto() },
            p => new(new ConnectionId(p.Connection.ToGuid()), new ChannelId(p.Removed.ToBytes32())));
        formats.Add<AttachChannel, AttachChannelProto>(
            "conn.attach.1",
            m => new() { Connection = m.Connection.Value.ToProto(), Channel = m.Channel.ToProto(), Epoch = m.Epoch, Entity = m.Entity.ToProto() },
            (p, system) => new(new ConnectionId(p.Connection.ToGuid()), p.Channel.ToChannelKey(), p.Epoch, p.Entity.ToActor(system)));
        formats.Add<OfferConnection, OfferConnectionProto>(
            "conn.offer.1",
            m => new() { Connection = m.Connection.Value.ToProto(), Route = ToProto(m.Route), Epoch = m.Epoch, Features = (uint)m.Features },
            p => new(new ConnectionId(p.Connection.ToGuid()), ToRoute(p.Route), p.Epoch, (ChannelFeatures)p.Features));
        formats.Add<ChannelOutbound, OutboundProto>(
            "conn.channel-out.1",
            m => new() { Connection = m.Connection.Value.ToProto(), Channel = m.Channel.ToProto(), Epoch = m.Epoch, Message = m.Message.ToProto() },
            p => new(new ConnectionId(p.Connection.ToGuid()), p.Channel.ToChannelKey(), p.Epoch, p.Message.ToMessage()));
        formats.Add<PeerOutbound, OutboundProto>(
            "conn.peer-out.1",
            m => new() { Connection = m.Connection.Value.ToProto(), Message = m.Message.ToProto() },
            p => new(new ConnectionId(p.Connection.ToGuid()), p.Message.ToMessage()));
        formats.Add<InboundHandled, OutboundProto>(
            "conn.handled.1",
            m => new() { Connection = m.Connection.Value.ToProto(), Count = m.Count },
            p => new(new ConnectionId(p.Connection.ToGuid()), p.Count));
        formats.Add<CloseConnection, OutboundProto>(
            "conn.close.1",
            m => new() { Connection = m.Connection.Value.ToProto(), Reason = m.Reason },
            p => new(new ConnectionId(p.Connection.ToGuid()), p.Reason));
    }

    private static RouteProto ToProto(ChannelRoute route) => new() { Id = route.Id.Value.ToProto(), Channel = route.Channel.ToProto() };

    private static ChannelRoute ToRoute(RouteProto proto) => new(new ChannelId(proto.Id.ToBytes32()), proto.Channel.ToChannelKey());
}
