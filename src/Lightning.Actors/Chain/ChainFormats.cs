using Lightning.Actors.Channels;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Chain;
using Lightning.Channels.Actions;

namespace Lightning.Actors.Chain;

/// <summary>The formats of what is said about the chain.</summary>
internal static class ChainFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<ChainFollowed, ChainTipProto>("chain.followed.1", static e => ToProto(e.Tip), static p => new(ToTip(p)));
        formats.Add<NewTip, NewTipProto>("chain.tip.1", ToProto, ToTip);
        formats.Add<ChainPoll, ChainPollProto>(
            "chain.poll.1", static m => new() { Epoch = m.Epoch, NoticesTaken = m.NoticesTaken }, static p => new(p.Epoch, p.NoticesTaken));
        formats.Add<ChainStatus, ChainStatusProto>(
            "chain.status.1",
            static m => new() { Epoch = m.Epoch, RequestsTaken = m.RequestsTaken, NoticesSent = m.NoticesSent, Tip = m.Tip is null ? null : ToProto(m.Tip) },
            static p => new(p.Epoch, p.RequestsTaken, p.NoticesSent, p.Tip is null ? null : ToTip(p.Tip)));
        formats.Add<ChainRequest, ChainRequestProto>(
            "chain.request.1",
            static m => new() { Epoch = m.Epoch, Number = m.Number, Command = ToProto(m.Command) },
            static p => new(p.Epoch, p.Number, ToCommand(p.Command)));
        formats.Add<ChainNotice, ChainNoticeProto>(
            "chain.notice.1",
            static m => new() { Epoch = m.Epoch, Number = m.Number, Channel = m.Channel.ToProto(), Command = m.Command.ToProto() },
            static p => new(p.Epoch, p.Number, p.Channel.ToChannelKey(), p.Command.ToCommand()));
    }

    private static ChainTipProto ToProto(ChainTip tip) => new() { Height = tip.Height, Hash = tip.Hash.Value.ToProto() };

    private static NewTipProto ToProto(NewTip tip) => new() { Tip = ToProto(tip.Tip), Time = tip.Time };

    private static ChainTip ToTip(ChainTipProto proto) => new(proto.Height, new BlockHash(proto.Hash.ToBytes32()));

    private static NewTip ToTip(NewTipProto proto) => new(ToTip(proto.Tip), proto.Time);

    private static ChainCommandProto ToProto(ChainCommand command)
    {
        var proto = new ChainCommandProto { Channel = command.Channel.ToProto() };
        switch (command)
        {
            case WatchFunding c:
                proto.WatchFunding = new() { Since = c.Since, Funding = c.Funding.ToProto(), Script = c.Script.ToProto(), Depth = c.Depth };
                break;
            case WatchSpent c:
                proto.WatchSpent = new() { Since = c.Since, Output = c.Output.ToProto(), Script = c.Script.ToProto(), IsFunding = c.IsFunding };
                break;
            case WatchTransaction c:
                proto.WatchTransaction = new() { Since = c.Since, Transaction = c.Transaction.ToProto(), Depth = c.Depth };
                break;
            case PublishTransaction c:
                proto.Publish = new() { Transaction = c.Transaction.ToProto(), Purpose = (uint)c.Purpose };
                if (c.Parent is { } parent) proto.Publish.Parent = parent.ToProto();
                break;
            case StopPublishing c:
                proto.StopPublishing = new() { TxId = c.TxId.Value.ToProto() };
                break;
            case Unwatch:
                proto.Unwatch = new();
                break;
            default:
                throw new NotSupportedException($"{command.GetType()} has no protobuf form.");
        }

        return proto;
    }

    private static ChainCommand ToCommand(ChainCommandProto proto)
    {
        var channel = proto.Channel.ToChannelKey();
        return proto.KindCase switch
        {
            ChainCommandProto.KindOneofCase.WatchFunding => new WatchFunding(
                channel, proto.WatchFunding.Since, proto.WatchFunding.Funding.ToOutPoint(), proto.WatchFunding.Script.ToScript(), proto.WatchFunding.Depth),
            ChainCommandProto.KindOneofCase.WatchSpent => new WatchSpent(
                channel, proto.WatchSpent.Since, proto.WatchSpent.Output.ToOutPoint(), proto.WatchSpent.Script.ToScript(), proto.WatchSpent.IsFunding),
            ChainCommandProto.KindOneofCase.WatchTransaction => new WatchTransaction(
                channel, proto.WatchTransaction.Since, proto.WatchTransaction.Transaction.ToTransaction(), proto.WatchTransaction.Depth),
            ChainCommandProto.KindOneofCase.Publish => new PublishTransaction(
                channel,
                proto.Publish.Transaction.ToTransaction(),
                (TransactionPurpose)proto.Publish.Purpose,
                proto.Publish.HasParent ? proto.Publish.Parent.ToTransaction() : null),
            ChainCommandProto.KindOneofCase.StopPublishing => new StopPublishing(channel, proto.StopPublishing.TxId.ToTxId()),
            ChainCommandProto.KindOneofCase.Unwatch => new Unwatch(channel),
            _ => throw new InvalidDataException("A command to the chain monitor is of an unknown kind."),
        };
    }
}
