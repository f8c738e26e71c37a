using System.Collections.Immutable;
using Lightning.Actors.Api;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;

namespace Lightning.Actors.Wallet;

/// <summary>The formats of the wallet.</summary>
internal static class WalletFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<CoinsLocked, CoinsLockedProto>("wallet.locked.1", ToProto, ToLocked);
        formats.Add<CoinsReleased, ChannelOfProto>("wallet.released.1", static e => new() { Channel = e.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add<WalletState, WalletStateProto>(
            "wallet.state.1",
            static s =>
            {
                var proto = new WalletStateProto();
                proto.Locks.Add(s.Locks.Values.Select(ToProto));
                return proto;
            },
            static p => new(p.Locks.Select(ToLocked).ToImmutableDictionary(static locked => locked.Channel)));
        formats.Add<FundChannel, FundChannelProto>(
            "wallet.fund.1",
            static m => new() { Channel = m.Channel.ToProto(), Script = m.Script.ToProto(), Amount = m.Amount.Value, Feerate = m.Feerate.Value },
            static p => new(p.Channel.ToChannelKey(), p.Script.ToScript(), new Satoshi(p.Amount), new FeeratePerKw(p.Feerate)));
        formats.Add<ReleaseCoins, ChannelOfProto>("wallet.release.1", static m => new() { Channel = m.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add("wallet.balance-query.1", GetBalance.Instance);
        formats.Add<WalletBalance, WalletBalanceProto>(
            "wallet.balance.1",
            static m => new() { Confirmed = m.Confirmed.Value, Unconfirmed = m.Unconfirmed.Value, Locked = m.Locked.Value, ReservedForAnchors = m.ReservedForAnchors.Value },
            static p => new(new Satoshi(p.Confirmed), new Satoshi(p.Unconfirmed), new Satoshi(p.Locked), new Satoshi(p.ReservedForAnchors)));
    }

    private static CoinsLockedProto ToProto(CoinsLocked value) => new()
    {
        Channel = value.Channel.ToProto(),
        Transaction = value.Transaction.ToProto(),
        OutputIndex = value.OutputIndex,
        BlockHeight = value.BlockHeight,
    };

    private static CoinsLocked ToLocked(CoinsLockedProto proto) =>
        new(proto.Channel.ToChannelKey(), proto.Transaction.ToTransaction(), checked((ushort)proto.OutputIndex), proto.BlockHeight);
}
