using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Chain;

namespace Lightning.Actors.Chain;

/// <summary>The formats of the chain monitor's events and messages.</summary>
internal static class ChainFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<ChainFollowed, TipProto>(
            "chain.followed.1", e => new() { Height = e.Tip.Height, Hash = e.Tip.Hash.Value.ToProto() }, p => new(ToTip(p)));
        formats.Add<NewTip, TipProto>(
            "chain.tip.1", m => new() { Height = m.Tip.Height, Hash = m.Tip.Hash.Value.ToProto(), Time = m.Time }, p => new(ToTip(p), p.Time));
        formats.Add("chain.get-tip.1", GetTip.Instance);
        formats.Add<Unwatch, ChannelOfProto>("chain.unwatch.1", m => new() { Channel = m.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
        formats.Add<WatchFunding, WatchProto>(
            "chain.watch-funding.1",
            m => new() { Channel = m.Channel.ToProto(), Since = m.Since, Output = m.Funding.ToProto(), Script = m.Script.ToProto(), Depth = m.Depth },
            p => new(p.Channel.ToChannelKey(), p.Since, p.Output.ToOutPoint(), p.Script.ToScript(), p.Depth));
        formats.Add<WatchSpent, WatchProto>(
            "chain.watch-spent.1",
            m => new() { Channel = m.Channel.ToProto(), Since = m.Since, Output = m.Output.ToProto(), Script = m.Script.ToProto(), IsFunding = m.IsFunding },
            p => new(p.Channel.ToChannelKey(), p.Since, p.Output.ToOutPoint(), p.Script.ToScript(), p.IsFunding));
        formats.Add<WatchTransaction, WatchProto>(
            "chain.watch-transaction.1",
            m => new() { Channel = m.Channel.ToProto(), Since = m.Since, Transaction = m.Transaction.ToProto(), Depth = m.Depth },
            p => new(p.Channel.ToChannelKey(), p.Since, p.Transaction.ToTransaction(), p.Depth));
    }

    private static ChainTip ToTip(TipProto proto) => new(proto.Height, new BlockHash(proto.Hash.ToBytes32()));
}
