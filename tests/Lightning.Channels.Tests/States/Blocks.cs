using Lightning.Bitcoin.Transactions;
using Lightning.Channels.States;

namespace Lightning.Channels.Tests.States;

/// <summary>Blocks after a channel's end, for one node.</summary>
internal static class Blocks
{
    // More than any lock and its finality.
    private const int Most = 2_000;

    /// <summary>One block after the other until the channel is over, each with all that the node has published: what that is must be valid there, locks included. What they held, in that order.</summary>
    public static List<Transaction> MineAll(this ChannelNode node)
    {
        var closing = Assert.IsType<Channels.States.Closing>(node.State);
        var mined = closing.Spends.Items.ToDictionary(static one => one.Transaction.TxId, static one => (one.Transaction, one.BlockHeight));
        mined[closing.Spend!.Transaction.TxId] = (closing.Spend.Transaction, closing.Spend.BlockHeight);
        mined[node.Coins.TxId] = (node.Coins, 0);
        var spent = mined.Values.SelectMany(static one => one.Item1.Inputs).Select(static input => input.PreviousOutput).ToHashSet();
        var taken = new List<Transaction>();
        for (var count = 0; node.State is Channels.States.Closing now; count++)
        {
            Assert.True(count < Most, "The channel does not end.");
            node.Height++;
            foreach (var attempt in now.Attempts)
            {
                var transaction = attempt.Transaction;
                if (mined.ContainsKey(transaction.TxId) || transaction.Inputs.Any(input => spent.Contains(input.PreviousOutput))) continue;
                Assert.True(transaction.LockTime < node.Height, $"A claim of {transaction.LockTime} is published for block {node.Height}.");
                Assert.All(transaction.Inputs, input => Assert.True(
                    (input.Sequence & 0x8000_0000) != 0 || mined[input.PreviousOutput.TxId].Item2 + (input.Sequence & 0xFFFF) <= node.Height, $"A claim is published too early for block {node.Height}."));
                Chain.Verify(transaction, [.. mined.Values.Select(static one => one.Item1)]);
                spent.UnionWith(transaction.Inputs.Select(static input => input.PreviousOutput));
                mined.Add(transaction.TxId, (transaction, node.Height));
                taken.Add(transaction);
                node.Mine(transaction, node.Height);
            }

            node.Do(new Commands.ChannelCommand.NewBlock());
        }

        return taken;
    }

    /// <summary>What came of it to where the node's money goes, in satoshi.</summary>
    public static long Swept(this ChannelNode node, IEnumerable<Transaction> transactions) =>
        transactions.SelectMany(static one => one.Outputs).Where(output => output.ScriptPubKey == node.Wallet.SweepScript).Sum(static output => output.Value.Value);

    /// <summary>The outputs of a transaction that others spend, by their numbers.</summary>
    public static IEnumerable<uint> SpentOf(this Transaction parent, IEnumerable<Transaction> transactions) =>
        transactions.SelectMany(static one => one.Inputs).Where(input => input.PreviousOutput.TxId == parent.TxId).Select(static input => input.PreviousOutput.Index).Order();

    /// <summary>The outputs of a commitment of this amount or more, by their numbers: anchors and what is dust are less.</summary>
    public static IEnumerable<uint> LargeOutputs(this Transaction commitment) =>
        Enumerable.Range(0, commitment.Outputs.Length).Where(index => commitment.Outputs[index].Value.Value > 330).Select(static index => (uint)index);
}
