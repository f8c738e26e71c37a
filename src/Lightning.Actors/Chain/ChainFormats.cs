using Lightning.Actors.Channels;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Chain;
using Lightning.Channels.Actions;

namespace Lightning.Actors.Chain;

/// <summary>The formats of the chain monitor's events and messages.</summary>
internal static class ChainFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<ChainFollowed, TipProto>(
            "chain.followed.1", static e => new() { Height = e.Tip.Height, Hash = e.Tip.Hash.Value.ToProto() }, static p => new(ToTip(p)));
        formats.Add<NewTip, TipProto>("chain.tip.1", ToProto, ToNewTip);
        formats.Add<WatchFunding, WatchProto>("chain.watch-funding.1", ToProto, ToWatchFunding);
        formats.Add<WatchSpent, WatchProto>("chain.watch-spent.1", ToProto, ToWatchSpent);
        formats.Add<CheckFunding, WatchProto>("chain.check-funding.1", ToProto, ToCheckFunding);
        formats.Add<PublishTransaction, PublishTransactionProto>("chain.publish.1", ToProto, ToPublish);
        formats.Add<StopPublishing, StopPublishingProto>("chain.stop-publishing.1", ToProto, ToStop);
        formats.Add<Unwatch, ChannelOfProto>("chain.unwatch.1", ToProto, ToUnwatch);
        formats.Add<ChainPoll, ChainPollProto>(
            "chain.poll.1", static m => new() { Epoch = m.Epoch, NoticesTaken = m.NoticesTaken }, static p => new(p.Epoch, p.NoticesTaken));
        formats.Add<ChainStatus, ChainStatusProto>(
            "chain.status.1",
            static m => new() { Epoch = m.Epoch, RequestsTaken = m.RequestsTaken, NoticesSent = m.NoticesSent, Tip = m.Tip is null ? null : ToProto(m.Tip) },
            static p => new(p.Epoch, p.RequestsTaken, p.NoticesSent, p.Tip is null ? null : ToNewTip(p.Tip)));
        formats.Add<ChainRequest, ChainRequestProto>("chain.request.1", ToProto, static p => new(p.Epoch, p.Number, ToCommand(p)));
        formats.Add<ChainNotice, ChainNoticeProto>(
            "chain.notice.1",
            static m => new() { Epoch = m.Epoch, Number = m.Number, Channel = m.Channel.ToProto(), Command = m.Command.ToProto() },
            static p => new(p.Epoch, p.Number, p.Channel.ToChannelKey(), p.Command.ToCommand()));
    }

    private static ChainRequestProto ToProto(ChainRequest request)
    {
        var proto = new ChainRequestProto { Epoch = request.Epoch, Number = request.Number };
        switch (request.Command)
        {
            case WatchFunding watch:
                proto.WatchFunding = ToProto(watch);
                break;
            case WatchSpent watch:
                proto.WatchSpent = ToProto(watch);
                break;
            case CheckFunding check:
                proto.CheckFunding = ToProto(check);
                break;
            case PublishTransaction publish:
                proto.Publish = ToProto(publish);
                break;
            case StopPublishing stop:
                proto.StopPublishing = ToProto(stop);
                break;
            case Unwatch unwatch:
                proto.Unwatch = ToProto(unwatch);
                break;
            default:
                throw new NotSupportedException($"{request.Command.GetType()} has no protobuf form.");
        }

        return proto;
    }

    private static ChainCommand ToCommand(ChainRequestProto proto) => proto.CommandCase switch
    {
        ChainRequestProto.CommandOneofCase.WatchFunding => ToWatchFunding(proto.WatchFunding),
        ChainRequestProto.CommandOneofCase.WatchSpent => ToWatchSpent(proto.WatchSpent),
        ChainRequestProto.CommandOneofCase.CheckFunding => ToCheckFunding(proto.CheckFunding),
        ChainRequestProto.CommandOneofCase.Publish => ToPublish(proto.Publish),
        ChainRequestProto.CommandOneofCase.StopPublishing => ToStop(proto.StopPublishing),
        ChainRequestProto.CommandOneofCase.Unwatch => ToUnwatch(proto.Unwatch),
        _ => throw new InvalidDataException("A command to the chain monitor is of an unknown kind."),
    };

    private static TipProto ToProto(NewTip tip) => new() { Height = tip.Tip.Height, Hash = tip.Tip.Hash.Value.ToProto(), Time = tip.Time };

    private static NewTip ToNewTip(TipProto proto) => new(ToTip(proto), proto.Time);

    private static ChainTip ToTip(TipProto proto) => new(proto.Height, new BlockHash(proto.Hash.ToBytes32()));

    private static WatchProto ToProto(WatchFunding watch) =>
        new() { Channel = watch.Channel.ToProto(), Since = watch.Since, Output = watch.Funding.ToProto(), Script = watch.Script.ToProto(), Depth = watch.Depth };

    private static WatchFunding ToWatchFunding(WatchProto proto) =>
        new(proto.Channel.ToChannelKey(), proto.Since, proto.Output.ToOutPoint(), proto.Script.ToScript(), proto.Depth);

    private static WatchProto ToProto(WatchSpent watch)
    {
        var proto = new WatchProto { Channel = watch.Channel.ToProto(), Since = watch.Since, Output = watch.Output.ToProto(), Script = watch.Script.ToProto(), IsFunding = watch.IsFunding };
        if (watch.Known is { } known) (proto.KnownSpender, proto.KnownHeight) = (known.Spender.Value.ToProto(), known.BlockHeight);
        return proto;
    }

    private static WatchSpent ToWatchSpent(WatchProto proto) => new(
        proto.Channel.ToChannelKey(),
        proto.Since,
        proto.Output.ToOutPoint(),
        proto.Script.ToScript(),
        proto.IsFunding,
        proto.HasKnownSpender ? new KnownSpend(proto.KnownSpender.ToTxId(), proto.KnownHeight) : null);

    private static WatchProto ToProto(CheckFunding check) =>
        new() { Channel = check.Channel.ToProto(), Since = check.Since, Output = check.Funding.ToProto(), Script = check.Script.ToProto() };

    private static CheckFunding ToCheckFunding(WatchProto proto) => new(proto.Channel.ToChannelKey(), proto.Since, proto.Output.ToOutPoint(), proto.Script.ToScript());

    private static PublishTransactionProto ToProto(PublishTransaction publish)
    {
        var proto = new PublishTransactionProto { Channel = publish.Channel.ToProto(), Transaction = publish.Transaction.ToProto(), Purpose = (uint)publish.Purpose };
        if (publish.Parent is { } parent) proto.Parent = parent.ToProto();
        return proto;
    }

    private static PublishTransaction ToPublish(PublishTransactionProto proto) =>
        new(proto.Channel.ToChannelKey(), proto.Transaction.ToTransaction(), (TransactionPurpose)proto.Purpose, proto.HasParent ? proto.Parent.ToTransaction() : null);

    private static StopPublishingProto ToProto(StopPublishing stop) => new() { Channel = stop.Channel.ToProto(), TxId = stop.TxId.Value.ToProto() };

    private static StopPublishing ToStop(StopPublishingProto proto) => new(proto.Channel.ToChannelKey(), proto.TxId.ToTxId());

    private static ChannelOfProto ToProto(Unwatch unwatch) => new() { Channel = unwatch.Channel.ToProto() };

    private static Unwatch ToUnwatch(ChannelOfProto proto) => new(proto.Channel.ToChannelKey());
}
