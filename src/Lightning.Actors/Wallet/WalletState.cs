using System.Collections.Immutable;
using Lightning.Chain.Wallet;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Wallet;

/// <summary>Which on-chain coins are spoken for, and by what.</summary>
/// <param name="Locks">The funding of each channel.</param>
internal sealed record WalletState(ImmutableSortedDictionary<LocalChannelKey, CoinsLocked> Locks)
{
    /// <summary>After so many blocks a lock whose coins are spent is forgotten: by then the channel has its funding durable, and no reorganisation brings the coins back.</summary>
    private const uint ForgetAfter = 2016;

    /// <summary>Nothing is spoken for.</summary>
    public static WalletState Empty { get; } = new(ImmutableSortedDictionary<LocalChannelKey, CoinsLocked>.Empty);

    /// <summary>The coins that are spoken for.</summary>
    public ImmutableHashSet<OutPoint> Locked { get; private init; } = [.. Locks.Values.SelectMany(static locked => locked.Coins)];

    /// <summary>The state of a snapshot.</summary>
    public static WalletState Of(WalletSnapshot snapshot) => new(snapshot.Locks.ToImmutableSortedDictionary(static locked => locked.Channel, static locked => locked));

    /// <summary>The state after an event.</summary>
    public WalletState Apply(object domainEvent)
    {
        switch (domainEvent)
        {
            case CoinsLocked locked:
                return this with { Locks = Locks.SetItem(locked.Channel, locked), Locked = Locked.Union(locked.Coins) };
            case CoinsReleased released when Locks.TryGetValue(released.Channel, out var over):
                return this with { Locks = Locks.Remove(released.Channel), Locked = Locked.Except(over.Coins) };
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
        return [.. coins.Where(coin => coin.IsNativeSegwit && !Locked.Contains(coin.OutPoint) && (coin.Confirmations > 0 || own.Contains(coin.OutPoint.TxId)))];
    }

    /// <summary>Locks that serve no purpose any more, because their coins were spent long ago.</summary>
    /// <param name="coins">All coins of the wallet.</param>
    /// <param name="blockHeight">The height now.</param>
    public IEnumerable<CoinsReleased> Forgettable(IReadOnlyCollection<Coin> coins, uint blockHeight)
    {
        var unspent = coins.Select(static coin => coin.OutPoint).ToHashSet();
        return Locks.Values.Where(locked => locked.BlockHeight + ForgetAfter < blockHeight && !locked.Coins.Any(unspent.Contains)).Select(static locked => new CoinsReleased(locked.Channel));
    }
}
