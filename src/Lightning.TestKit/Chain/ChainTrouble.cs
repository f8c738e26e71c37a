using Lightning.Bitcoin.Transactions;
using Lightning.Chain;

namespace Lightning.TestKit.Chain;

/// <summary>What is wrong with a node's bitcoind.</summary>
internal sealed class ChainTrouble
{
    /// <summary>It cannot be reached.</summary>
    public bool IsAway { get; set; }

    /// <summary>It tells of blocks, and does not answer how outputs stand.</summary>
    public bool IsMute { get; set; }

    /// <summary>A block that it gives in a form that cannot be read, and those above it; null for none.</summary>
    public uint? UnreadableFrom { get; set; }

    /// <summary>What it answers to a broadcast in place of taking the transaction; null for what is true.</summary>
    public Func<Transaction, BroadcastResult?>? Broadcast { get; set; }
}
