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
            m => new() { Channel = m.Channel.ToProto(), Script = m.Script.ToProto(), Amount = m.Amount.Value, Feerate = m.Feerate.Value },
            p => new(p.Channel.ToChannelKey(), p.Script.ToScript(), new Satoshi(p.Amount), new FeeratePerKw(p.Feerate)));
        formats.Add<ReleaseCoins, ChannelOfProto>("wallet.release.1", m => new() { Channel = m.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
        formats.Add("wallet.balance.1", GetBalance.Instance);
        formats.Add<CoinsLocked, CoinsLockedProto>(
            "wallet.locked.1",
            e =>
            {
                var proto = new CoinsLockedProto { Channel = e.Channel.ToProto() };
                foreach (var coin in e.Coins) proto.Coins.Add(coin.ToProto());
                return proto;
            },
            p => new(p.Channel.ToChannelKey(), p.Coins.ToArray(coin => coin.ToOutPoint())));
        formats.Add<CoinsReleased, ChannelOfProto>("wallet.released.1", e => new() { Channel = e.Channel.ToProto() }, p => new(p.Channel.ToChannelKey()));
    }
}
