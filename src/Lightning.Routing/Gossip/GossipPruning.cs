using Lightning.Bitcoin.Transactions;

namespace Lightning.Routing.Gossip;

/// <summary>What makes channels go: silence, and blocks (BOLT 7, "Pruning the Network View").</summary>
public static class GossipPruning
{
    /// <summary>Forgets the channels of which one side has said nothing for too long, and those whose output has been spent for long enough.</summary>
    /// <param name="table">The channels.</param>
    /// <param name="limits">How long that is.</param>
    /// <param name="now">The time.</param>
    /// <param name="height">Height of the best block.</param>
    /// <param name="isOwn">Whether a channel is kept as long as it is open, because it is ours.</param>
    /// <returns>What was forgotten.</returns>
    public static IReadOnlyList<KnownChannel> Prune(GossipTable table, GossipLimits limits, DateTimeOffset now, uint height, Predicate<KnownChannel> isOwn)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(isOwn);
        var oldest = (now - limits.StaleAfter).ToUnixTimeSeconds();
        return table.RemoveAll(channel =>
            (channel.SpentAt != 0 && height >= channel.SpentAt + limits.ForgetSpentAfter) || (channel.QuietSince < oldest && !isOwn(channel)));
    }

    /// <summary>Notes what a new block spends, and what it funds again after a reorganisation.</summary>
    /// <param name="table">The channels.</param>
    /// <param name="height">The block's height.</param>
    /// <param name="transactions">Its transactions, in order.</param>
    /// <returns>The channels that are spent, or are back.</returns>
    public static IReadOnlyList<KnownChannel> Connect(GossipTable table, uint height, IReadOnlyList<Transaction> transactions)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(transactions);
        var changed = new List<KnownChannel>();
        foreach (var channel in FundedAt(table, height))
        {
            var index = channel.ShortChannelId.TransactionIndex;
            if (channel.SpentAt == 0 || index >= transactions.Count || transactions[(int)index].TxId != channel.Funding.OutPoint.TxId) continue;
            channel.SpentAt = 0;
            changed.Add(channel);
        }

        foreach (var transaction in transactions)
        {
            foreach (var input in transaction.Inputs)
            {
                if (table.Find(input.PreviousOutput) is not { SpentAt: 0 } channel) continue;
                channel.SpentAt = height;
                changed.Add(channel);
            }
        }

        return changed;
    }

    /// <summary>Takes back what a block spent and funded that is not on the best chain any more.</summary>
    /// <param name="table">The channels.</param>
    /// <param name="height">The block's height.</param>
    /// <returns>The channels that are unspent again, or are gone.</returns>
    public static IReadOnlyList<KnownChannel> Disconnect(GossipTable table, uint height)
    {
        ArgumentNullException.ThrowIfNull(table);
        var changed = new List<KnownChannel>();
        for (var i = 0; i < table.ChannelCount; i++)
        {
            // One that was funded in this block, or in one that went before it, is gone: that is not taken back here.
            if (table[i].SpentAt < height || table[i].ShortChannelId.BlockHeight >= height) continue;
            table[i].SpentAt = 0;
            changed.Add(table[i]);
        }

        foreach (var channel in FundedAt(table, height))
        {
            channel.SpentAt = height;
            changed.Add(channel);
        }

        return changed;
    }

    private static IEnumerable<KnownChannel> FundedAt(GossipTable table, uint height)
    {
        for (var i = table.LowerBound(new ShortChannelId(height, 0, 0)); i < table.ChannelCount && table[i].ShortChannelId.BlockHeight == height; i++) yield return table[i];
    }
}
