using Lightning.Actors.Backup;
using Lightning.Actors.Gossip;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Channels;

/// <summary>The formats of what is sent to channels.</summary>
internal static class ChannelMessageFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<ChannelRequest, ChannelRequestProto>(
            "chm.request.1",
            m => new() { Channel = m.Channel.ToProto(), Command = m.Command.ToProto() },
            p => new(p.Channel.ToChannelKey(), p.Command.ToCommand()));
        formats.Add<ChannelConnected, ChannelConnectedProto>(
            "chm.connected.1",
            m => new() { Channel = m.Channel.ToProto(), Connection = m.Connection.Value.ToProto(), Actor = m.Actor.ToProto(), Features = (uint)m.Features },
            (p, system) => new(p.Channel.ToChannelKey(), new ConnectionId(p.Connection.ToGuid()), p.Actor.ToActor(system), (ChannelFeatures)p.Features));
        formats.Add<ChannelDisconnected, ChannelInboundProto>(
            "chm.disconnected.1",
            m => new() { Channel = m.Channel.ToProto(), Connection = m.Connection.Value.ToProto() },
            p => new(p.Channel.ToChannelKey(), new ConnectionId(p.Connection.ToGuid())));
        formats.Add<ChannelInbound, ChannelInboundProto>(
            "chm.inbound.1",
            m => new() { Channel = m.Channel.ToProto(), Connection = m.Connection.Value.ToProto(), Message = m.Message.ToProto() },
            p => new(p.Channel.ToChannelKey(), new ConnectionId(p.Connection.ToGuid()), p.Message.ToMessage()));
        formats.Add<OwnGossip, ChannelInboundProto>("gossip.own.1", m => new() { Message = m.Message.ToProto() }, p => new(p.Message.ToMessage()));
        formats.Add<RestoreChannel, RestoreChannelProto>("chm.restore.1", m => new() { Backup = m.Backup.ToProto() }, p => new(p.Backup.ToBackup()));
        AddOpening(formats);
        AddNames(formats);
        AddParts(formats);
        AddForwards(formats);
    }

    private static void AddOpening(FormatRegistry formats)
    {
        formats.Add<BeginOpening, BeginOpeningProto>(
            "chm.open.1",
            m => new()
            {
                Channel = m.Channel.ToProto(),
                Actor = m.Actor.ToProto(),
                KeyIndex = m.Command.KeyIndex,
                Peer = m.Command.Peer.Key.ToProto(),
                Connection = m.Command.Connection.Value.ToProto(),
                Features = (uint)m.Command.Features,
                TemporaryId = m.Command.TemporaryId.Value.ToProto(),
                Amount = m.Command.Amount.Value,
                Push = m.Command.Push.Value,
                ChannelType = m.Command.Type.ToBytes().ToProto(),
                Announce = m.Command.Announce,
                FundingFeerate = m.Command.FundingFeerate.Value,
                ShutdownScript = m.Command.ShutdownScript.ToProto(),
                CommitToShutdownScript = m.Command.CommitToShutdownScript,
            },
            (p, system) => new(p.Channel.ToChannelKey(), p.Actor.ToActor(system), new ChannelCommand.OpenAsInitiator(
                p.Channel.ToChannelKey(),
                p.KeyIndex,
                p.Peer.ToNodeId(),
                new ConnectionId(p.Connection.ToGuid()),
                (ChannelFeatures)p.Features,
                new ChannelId(p.TemporaryId.ToBytes32()),
                new Satoshi(p.Amount),
                new MilliSatoshi(p.Push),
                ChannelType.TryParse(p.ChannelType.Span, out var type) ? type : throw new InvalidDataException("The channel type is unknown."),
                p.Announce,
                new FeeratePerKw(p.FundingFeerate),
                p.ShutdownScript.ToScript(),
                p.CommitToShutdownScript)));
        formats.Add<BeginAccepting, BeginOpeningProto>(
            "chm.accept.1",
            m => new()
            {
                Channel = m.Channel.ToProto(),
                Actor = m.Actor.ToProto(),
                KeyIndex = m.Command.KeyIndex,
                Peer = m.Command.Peer.Key.ToProto(),
                Connection = m.Command.Connection.Value.ToProto(),
                Features = (uint)m.Command.Features,
                ShutdownScript = m.Command.ShutdownScript.ToProto(),
                CommitToShutdownScript = m.Command.CommitToShutdownScript,
                Message = m.Command.Message.ToProto(),
            },
            (p, system) => new(p.Channel.ToChannelKey(), p.Actor.ToActor(system), new ChannelCommand.AcceptOpen(
                p.Channel.ToChannelKey(),
                p.KeyIndex,
                p.Peer.ToNodeId(),
                new ConnectionId(p.Connection.ToGuid()),
                (ChannelFeatures)p.Features,
                (OpenChannel)p.Message.ToMessage(),
                p.ShutdownScript.ToScript(),
                p.CommitToShutdownScript)));
    }

    private static void AddNames(FormatRegistry formats)
    {
        formats.Add<ChannelIdAssigned, ChannelOfProto>("chm.assigned.1", m => new() { Channel = m.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
        formats.Add<ChannelRegistered, ChannelOfProto>("chm.registered.1", m => new() { Channel = m.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
        formats.Add<WakeChannel, ChannelOfProto>("chm.wake.1", m => new() { Channel = m.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
        formats.Add<CoinsHeld, ChannelOfProto>("chm.coinsheld.1", m => new() { Channel = m.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
        formats.Add<ChannelAwake, ChannelOfProto>("chm.awake.1", m => new() { Channel = m.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
    }

    private static void AddParts(FormatRegistry formats)
    {
        formats.Add<SettlePart, SettlePartProto>(
            "chm.settle.1",
            m => new() { Channel = m.Channel.ToProto(), HtlcId = m.HtlcId, Preimage = m.Preimage.Value.ToProto() },
            p => new(p.Channel.ToChannelKey(), p.HtlcId, new PaymentPreimage(p.Preimage.ToBytes32())));
        formats.Add<FailPart, SettlePartProto>(
            "chm.fail.1",
            m => new() { Channel = m.Channel.ToProto(), HtlcId = m.HtlcId, FailureCode = (uint)m.Failure.Code, FailureData = m.Failure.Data.ToProto() },
            p => new(p.Channel.ToChannelKey(), p.HtlcId, new FailureMessage((FailureCode)p.FailureCode, p.FailureData.ToBytes())));
    }

    private static void AddForwards(FormatRegistry formats)
    {
        formats.Add<ForwardAccepted, ForwardNewsProto>("chm.fwd-accepted.1", Head, p => new(p.Channel.ToChannelKey(), p.HtlcId, p.Outgoing.ToChannelKey()));
        formats.Add<ForwardRefused, ForwardNewsProto>(
            "chm.fwd-refused.1",
            m =>
            {
                var proto = Head(m);
                proto.Refusal = (uint)m.Reason;
                return proto;
            },
            p => new(p.Channel.ToChannelKey(), p.HtlcId, p.Outgoing.ToChannelKey(), (AddRefusal)p.Refusal));
        formats.Add<ForwardFulfilled, ForwardNewsProto>(
            "chm.fwd-fulfilled.1",
            m =>
            {
                var proto = Head(m);
                proto.Preimage = m.Preimage.Value.ToProto();
                if (m.AttributionData is { } data) proto.AttributionData = data.Value.ToProto();
                return proto;
            },
            p => new(
                p.Channel.ToChannelKey(),
                p.HtlcId,
                p.Outgoing.ToChannelKey(),
                new PaymentPreimage(p.Preimage.ToBytes32()),
                p.HasAttributionData ? new AttributionData(p.AttributionData.ToBytes()) : null));
        formats.Add<ForwardFailed, ForwardNewsProto>(
            "chm.fwd-failed.1",
            m =>
            {
                var proto = Head(m);
                switch (m.Failure)
                {
                    case HtlcFailure.Remote remote:
                        proto.Failure = new() { Reason = remote.Reason.ToProto() };
                        if (remote.AttributionData is { } data) proto.Failure.AttributionData = data.Value.ToProto();
                        break;
                    case HtlcFailure.Malformed malformed:
                        proto.Malformed = new() { OnionHash = malformed.OnionHash.ToProto(), FailureCode = malformed.FailureCode };
                        break;
                }

                return proto;
            },
            p => new(p.Channel.ToChannelKey(), p.HtlcId, p.Outgoing.ToChannelKey(), ReadFailure(p)));
    }

    private static ForwardNewsProto Head(ForwardNews news) =>
        new() { Channel = news.Channel.ToProto(), HtlcId = news.HtlcId, Outgoing = news.Outgoing.ToProto() };

    private static HtlcFailure ReadFailure(ForwardNewsProto proto)
    {
        if (proto.Failure is { } failure)
            return new HtlcFailure.Remote(failure.Reason.ToBytes(), failure.HasAttributionData ? new AttributionData(failure.AttributionData.ToBytes()) : null);
        return proto.Malformed is { } malformed
            ? new HtlcFailure.Malformed(malformed.OnionHash.ToBytes32(), checked((ushort)malformed.FailureCode))
            : new HtlcFailure.OnChain();
    }
}
