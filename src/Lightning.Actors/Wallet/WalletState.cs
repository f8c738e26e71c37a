using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Wallet;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>Which on-chain coins are spoken for, and by what.</summary>
internal sealed record WalletState
{
    /// <summary>After so many blocks a lock whose coins are spent is forgotten: by then the channel has its funding durable, and no reorganisation brings the coins back.</summary>
    private const uint ForgetAfter = 2016;

    /// <summary>Nothing is spoken for.</summary>
    public static WalletState Empty { get; } = new();

    /// <summary>The funding of each channel.</summary>
    public ImmutableSortedDictionary<LocalChannelKey, CoinsLocked> Locks { get; private init; } = ImmutableSortedDictionary<LocalChannelKey, CoinsLocked>.Empty;

    /// <summary>The claims that hold coins.</summary>
    public ImmutableSortedDictionary<LockId, ClaimCoinsLocked> Claims { get; private init; } = ImmutableSortedDictionary<LockId, ClaimCoinsLocked>.Empty;

    /// <summary>Channels of <see cref="Locks"/> that have their funding in their own journal.</summary>
    public ImmutableSortedSet<LocalChannelKey> Kept { get; private init; } = [];

    /// <summary>Channels that coins are kept back for.</summary>
    public ImmutableSortedSet<LocalChannelKey> Reserving { get; private init; } = [];

    /// <summary>The coins that are spoken for, and by how many: a replacement shares coins with what it replaces.</summary>
    public ImmutableDictionary<OutPoint, int> Locked { get; private init; } = ImmutableDictionary<OutPoint, int>.Empty;

    /// <summary>Channels that may not know of the funding that was made for them.</summary>
    public IEnumerable<LocalChannelKey> Unkept => Locks.Keys.Where(channel => !Kept.Contains(channel));

    /// <summary>The state of a snapshot.</summary>
    public static WalletState Of(WalletSnapshot snapshot)
    {
        IEnumerable<object> events =
        [
            .. snapshot.Locks,
            .. snapshot.Claims,
            .. snapshot.Kept.Items.Select(static channel => new FundingKept(channel)),
            .. snapshot.Reserving.Items.Select(static channel => new ReserveKept(channel, IsNeeded: true)),
        ];
        return events.Aggregate(Empty, static (state, one) => state.Apply(one));
    }

    /// <summary>The state as a snapshot.</summary>
    public WalletSnapshot ToSnapshot() => new([.. Locks.Values], [.. Claims.Values], [.. Kept], [.. Reserving]);

    /// <summary>The state after an event.</summary>
    public WalletState Apply(object domainEvent)
    {
        switch (domainEvent)
        {
            case CoinsLocked locked:
                return Without(locked.Channel).Lock(locked.Coins.Items) with { Locks = Locks.SetItem(locked.Channel, locked) };
            case CoinsReleased released:
                return Without(released.Channel);
            case FundingKept kept when Locks.ContainsKey(kept.Channel):
                return this with { Kept = Kept.Add(kept.Channel) };
            case ClaimCoinsLocked locked:
                return Without(locked.Id).Lock(locked.Coins.Items.Select(static coin => coin.OutPoint)) with { Claims = Claims.SetItem(locked.Id, locked) };
            case ClaimCoinsReleased released:
                return Without(released.Id);
            case ReserveKept reserve:
                return this with { Reserving = reserve.IsNeeded ? Reserving.Add(reserve.Channel) : Reserving.Remove(reserve.Channel) };
            default:
                return this;
        }
    }

    /// <summary>
    /// The coins that may be spent: not spoken for, and confirmed, or the change of a funding of ours. Others' unconfirmed payments may be replaced, and
    /// a channel's funding with them.
    /// </summary>
    public ImmutableArray<Coin> Free(IEnumerable<Coin> coins)
    {
        var own = Locks.Values.Select(static locked => locked.Transaction?.TxId).OfType<TxId>().ToHashSet();
        return [.. coins.Where(coin => coin.IsNativeSegwit && !Locked.ContainsKey(coin.OutPoint) && (coin.Confirmations > 0 || own.Contains(coin.OutPoint.TxId)))];
    }

    /// <summary>The coins that a claim may spend: a package of parent and child has no other unconfirmed parent.</summary>
    public ImmutableArray<Coin> FreeForClaims(IEnumerable<Coin> coins) => [.. Free(coins).Where(static coin => coin.Confirmations > 0)];

    /// <summary>Those coins of a request that claims of its channel hold, and nobody else: only they may be spent again.</summary>
    public ImmutableArray<Coin> Reusable(FundClaim request)
    {
        var held = ClaimsOf(request.Channel).SelectMany(id => Claims[id].Coins.Items).ToLookup(static coin => coin.OutPoint, static coin => coin.Output);
        return
        [
            .. request.Request.Reuse.Items
                .Where(coin => held.Contains(coin.OutPoint) && held[coin.OutPoint].Count() == Locked[coin.OutPoint])
                .Select(coin => new Coin(coin.OutPoint, held[coin.OutPoint].First(), Confirmations: 1)),
        ];
    }

    /// <summary>The claims of a channel that hold coins.</summary>
    public IEnumerable<LockId> ClaimsOf(LocalChannelKey channel) => Claims.Keys.Where(id => id.Channel == channel);

    /// <summary>What is kept back when a channel is funded, its own share included.</summary>
    /// <param name="request">The channel's request.</param>
    /// <param name="perChannel">What each channel needs, in satoshi.</param>
    public Satoshi ReserveWith(FundChannel request, Satoshi perChannel) =>
        perChannel * (request.NeedsReserve ? Reserving.Add(request.Channel) : Reserving).Count;

    /// <summary>Locks that serve no purpose any more, because their coins were spent long ago.</summary>
    /// <param name="coins">All coins of the wallet.</param>
    /// <param name="blockHeight">The height now.</param>
    public IEnumerable<object> Forgettable(IReadOnlyCollection<Coin> coins, uint blockHeight)
    {
        var unspent = coins.Select(static coin => coin.OutPoint).ToHashSet();
        foreach (var locked in Locks.Values)
        {
            if (locked.BlockHeight + ForgetAfter < blockHeight && !locked.Coins.Any(unspent.Contains)) yield return new CoinsReleased(locked.Channel);
        }

        foreach (var locked in Claims.Values)
        {
            if (locked.BlockHeight + ForgetAfter < blockHeight && !locked.Coins.Any(coin => unspent.Contains(coin.OutPoint))) yield return new ClaimCoinsReleased(locked.Id);
        }
    }

    private WalletState Without(LocalChannelKey channel) => Locks.TryGetValue(channel, out var over)
        ? Unlock(over.Coins.Items) with { Locks = Locks.Remove(channel), Kept = Kept.Remove(channel) }
        : this;

    private WalletState Without(LockId id) => Claims.TryGetValue(id, out var over)
        ? Unlock(over.Coins.Items.Select(static coin => coin.OutPoint)) with { Claims = Claims.Remove(id) }
        : this;

    private WalletState Lock(IEnumerable<OutPoint> coins) =>
        this with { Locked = coins.Aggregate(Locked, static (locked, coin) => locked.SetItem(coin, locked.GetValueOrDefault(coin) + 1)) };

    private WalletState Unlock(IEnumerable<OutPoint> coins) =>
        this with { Locked = coins.Aggregate(Locked, static (locked, coin) => locked.GetValueOrDefault(coin) > 1 ? locked.SetItem(coin, locked[coin] - 1) : locked.Remove(coin)) };
}
