using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Claims;

namespace Lightning.Actors.Wallet;

/// <summary>The formats of the wallet's events and messages.</summary>
internal static class WalletFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<FundChannel, FundChannelProto>(
            "wallet.fund.1",
            static m => new() { Channel = m.Channel.ToProto(), Script = m.Script.ToProto(), Amount = m.Amount.Value, Feerate = m.Feerate.Value, NeedsReserve = m.NeedsReserve },
            static p => new(p.Channel.ToChannelKey(), p.Script.ToScript(), new Satoshi(p.Amount), new FeeratePerKw(p.Feerate), p.NeedsReserve));
        formats.Add<ReleaseCoins, ChannelOfProto>("wallet.release.1", static m => new() { Channel = m.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add("wallet.balance.1", GetBalance.Instance);
        formats.Add<WalletBalance, WalletBalanceProto>(
            "wallet.balance-answer.1",
            static m => new()
            {
                Confirmed = m.Confirmed.Value, Unconfirmed = m.Unconfirmed.Value, Locked = m.Locked.Value, ReservedForAnchors = m.ReservedForAnchors.Value, ReserveMissing = m.ReserveMissing.Value,
            },
            static p => new(new Satoshi(p.Confirmed), new Satoshi(p.Unconfirmed), new Satoshi(p.Locked), new Satoshi(p.ReservedForAnchors), new Satoshi(p.ReserveMissing)));
        formats.Add<CoinsLocked, CoinsLockedProto>("wallet.locked.1", ToProto, ToLocked);
        formats.Add<CoinsReleased, ChannelOfProto>("wallet.released.1", static e => new() { Channel = e.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add<FundingIsDurable, ChannelOfProto>("wallet.funding-durable.1", static m => new() { Channel = m.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add<FundingKept, ChannelOfProto>("wallet.funding-kept.1", static e => new() { Channel = e.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add<KeepReserve, ReserveProto>(
            "wallet.keep-reserve.1", static m => new() { Channel = m.Channel.ToProto(), IsNeeded = m.IsNeeded }, static p => new(p.Channel.ToChannelKey(), p.IsNeeded));
        formats.Add<ReserveKept, ReserveProto>(
            "wallet.reserve-kept.1", static e => new() { Channel = e.Channel.ToProto(), IsNeeded = e.IsNeeded }, static p => new(p.Channel.ToChannelKey(), p.IsNeeded));
        AddClaims(formats);
        formats.Add<WalletSnapshot, WalletSnapshotProto>(
            "wallet.snapshot.1",
            static s =>
            {
                var proto = new WalletSnapshotProto();
                foreach (var locked in s.Locks) proto.Locks.Add(ToProto(locked));
                foreach (var locked in s.Claims) proto.Claims.Add(ToProto(locked));
                foreach (var channel in s.Kept) proto.Kept.Add(channel.ToProto());
                foreach (var channel in s.Reserving) proto.Reserving.Add(channel.ToProto());
                return proto;
            },
            static p => new(
                p.Locks.ToArray(ToLocked),
                p.Claims.ToArray(ToLocked),
                p.Kept.ToArray(static channel => channel.ToChannelKey()),
                p.Reserving.ToArray(static channel => channel.ToChannelKey())));
    }

    private static void AddClaims(FormatRegistry formats)
    {
        formats.Add<FundClaim, FundClaimProto>("wallet.fund-claim.1", ToProto, ToFundClaim);
        formats.Add<ReleaseClaimCoins, ClaimOfProto>(
            "wallet.release-claim.1", static m => new() { Channel = m.Channel.ToProto(), Number = m.Number, AndLater = m.AndLater }, static p => new(p.Channel.ToChannelKey(), p.Number, p.AndLater));
        formats.Add<GiveSweepScript, ChannelOfProto>("wallet.give-script.1", static m => new() { Channel = m.Channel.ToProto() }, static p => new(p.Channel.ToChannelKey()));
        formats.Add<ClaimCoinsLocked, ClaimCoinsLockedProto>("wallet.claim-locked.1", ToProto, ToLocked);
        formats.Add<ClaimCoinsReleased, ClaimOfProto>(
            "wallet.claim-released.1", static e => new() { Channel = e.Id.Channel.ToProto(), Number = e.Id.Number }, static p => new(new LockId(p.Channel.ToChannelKey(), p.Number)));
    }

    private static FundClaimProto ToProto(FundClaim value)
    {
        var request = value.Request;
        var proto = new FundClaimProto
        {
            Channel = value.Channel.ToProto(),
            Number = value.Number,
            Unsigned = request.Unsigned.ToProto(),
            Weight = request.Weight,
            ParentWeight = request.ParentWeight,
            ParentFee = request.ParentFee.Value,
            Feerate = request.Feerate.Value,
            MaxFee = request.MaxFee.Value,
            MinFee = request.MinFee.Value,
        };
        foreach (var output in request.Spent) proto.Spent.Add(new SpentOutputProto { Value = output.Value.Value, Script = output.ScriptPubKey.ToProto() });
        foreach (var coin in request.Reuse) proto.Reuse.Add(coin.ToProto());
        return proto;
    }

    private static FundClaim ToFundClaim(FundClaimProto proto) => new(
        proto.Channel.ToChannelKey(),
        proto.Number,
        new CoinRequest(
            proto.Unsigned.ToTransaction(),
            proto.Spent.ToArray(static output => new TxOut(new Satoshi(output.Value), output.Script.ToScript())),
            proto.Weight,
            proto.ParentWeight,
            new Satoshi(proto.ParentFee),
            new FeeratePerKw(proto.Feerate),
            new Satoshi(proto.MaxFee),
            new Satoshi(proto.MinFee),
            proto.Reuse.ToArray(static coin => coin.ToClaimCoin())));

    private static ClaimCoinsLockedProto ToProto(ClaimCoinsLocked value)
    {
        var proto = new ClaimCoinsLockedProto
        {
            Channel = value.Id.Channel.ToProto(),
            Number = value.Id.Number,
            Transaction = value.Transaction.ToProto(),
            Fee = value.Fee.Value,
            BlockHeight = value.BlockHeight,
        };
        foreach (var coin in value.Coins) proto.Coins.Add(coin.ToProto());
        return proto;
    }

    private static ClaimCoinsLocked ToLocked(ClaimCoinsLockedProto proto) => new(
        new LockId(proto.Channel.ToChannelKey(), proto.Number),
        proto.Coins.ToArray(static coin => coin.ToClaimCoin()),
        proto.Transaction.ToTransaction(),
        new Satoshi(proto.Fee),
        proto.BlockHeight);

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
