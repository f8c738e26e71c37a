using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;

namespace Lightning.Actors.Wallet;

/// <summary>The formats of the wallet's events and messages.</summary>
internal static class WalletFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<FundChannel, FundChannelProto>(
            "wallet.fund.1",
            static m => new() { Channel = m.Channel.ToProto(), Script = m.Script.ToProto(), Amount = m.Amount.Value, Feerate = m.Feerate.Value },
            static p => new(p.Channel.ToChannelKey(), p.Script.ToScript(), new Satoshi(p.Amount), new FeeratePerKw(p.Feerate)));
        formats.Add<ReleaseCoins, ChannelOfProto>("wallet.release.1", static m => new() { Channel = m.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add("wallet.balance.1", GetBalance.Instance);
        formats.Add<WalletBalance, WalletBalanceProto>(
            "wallet.balance-answer.1",
            static m => new() { Confirmed = m.Confirmed.Value, Unconfirmed = m.Unconfirmed.Value, Locked = m.Locked.Value, ReservedForAnchors = m.ReservedForAnchors.Value },
            static p => new(new Satoshi(p.Confirmed), new Satoshi(p.Unconfirmed), new Satoshi(p.Locked), new Satoshi(p.ReservedForAnchors)));
        formats.Add<CoinsLocked, CoinsLockedProto>("wallet.locked.1", ToProto, ToLocked);
        formats.Add<CoinsReleased, ChannelOfProto>("wallet.released.1", static e => new() { Channel = e.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add<WalletSnapshot, WalletSnapshotProto>(
            "wallet.snapshot.1",
            static s =>
            {
                var proto = new WalletSnapshotProto();
                foreach (var locked in s.Locks) proto.Locks.Add(ToProto(locked));
                return proto;
            },
            static p => new(p.Locks.ToArray(ToLocked)));
    }

    private static CoinsLockedProto ToProto(CoinsLocked value)
    {
        var proto = new CoinsLockedProto { Channel = value.Channel.ToProto(), OutputIndex = value.OutputIndex, BlockHeight = value.BlockHeight };
        foreach (var coin in value.Coins) proto.Coins.Add(coin.ToProto());
        if (value.Transaction is { } transaction) proto.Transaction = transaction.ToProto();
        return proto;
    }

    private static CoinsLocked ToLocked(CoinsLockedProto proto) => new(
        proto.Channel.ToChannelKey(),
        proto.Coins.ToArray(static coin => coin.ToOutPoint()),
        proto.HasTransaction ? proto.Transaction.ToTransaction() : null,
        checked((ushort)proto.OutputIndex),
        proto.BlockHeight);
}
