using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.OnChain;
using Lightning.Channels.Tests.States;

namespace Lightning.Channels.Tests.OnChain;

/// <summary>Compares what channels say of their money with what blocks hold.</summary>
internal static class Ledgers
{
    /// <summary>Each ledger adds up by itself and agrees with the transactions; both together account for the funding output.</summary>
    /// <param name="pair">The channel.</param>
    /// <param name="mined">What is in blocks: the funding transaction and all that came of it.</param>
    /// <param name="cheat">Whoever works against its own journal, and so has no ledger; null for none.</param>
    public static void AddUp(ChannelPair pair, IReadOnlyCollection<Transaction> mined, ChannelNode? cheat = null)
    {
        var funding = pair.FundingTransaction!.TxId;
        ChannelNode[] nodes = [pair.Alice, pair.Bob];
        var capacity = pair.Alice.Funded.Commitments.Latest.Funding.Capacity;
        var later = mined.Where(one => one.TxId != funding && !nodes.Any(node => node.Coins.TxId == one.TxId)).ToList();
        var outputs = later.Concat(nodes.Select(static node => node.Coins))
            .SelectMany(static one => one.Outputs.Select((output, index) => (OutPoint: new OutPoint(one.TxId, (uint)index), Value: output.Value.Value, output.ScriptPubKey))).ToDictionary(static one => one.OutPoint);
        outputs.Add(pair.Alice.Funded.Commitments.Latest.Funding.OutPoint, (default, capacity.Value, Script.Empty));
        var (paid, opening) = (0L, MilliSatoshi.Zero);
        foreach (var node in nodes)
        {
            // What came to its scripts, less the coins of its wallet that went into it.
            var onChain = later.Sum(one => one.Outputs.Where(output => IsOf(node, output.ScriptPubKey)).Sum(static output => output.Value.Value)
                - one.Inputs.Select(input => outputs[input.PreviousOutput]).Where(output => output.ScriptPubKey == node.Wallet.Script).Sum(static output => output.Value));
            paid += onChain;
            if (node == cheat) continue;
            var ledger = ChannelLedger.Of(node.Journal, node.Signer);
            opening += ledger.Opening;
            Assert.True(ledger.AddsUp, $"The ledger of {node.Name} does not add up.\n{ledger}");
            Assert.Equal(MilliSatoshi.Zero, ledger.Open);
            Assert.True(onChain == ledger.OnChain.Value, $"{node.Name} was paid {onChain} sat.\n{ledger}");
            Assert.All(
                (MilliSatoshi[])[ledger.CommitmentFee, ledger.ClaimFees, ledger.CoinFees, ledger.Trimmed, ledger.Rounding, ledger.Uneconomic, ledger.PeerTook, ledger.PeerLeft],
                static item => Assert.True(item >= MilliSatoshi.Zero));
        }

        if (cheat is null) Assert.Equal(capacity.ToMilliSatoshi(), opening);
        var spent = later.SelectMany(static one => one.Inputs).Select(static input => input.PreviousOutput).ToHashSet();
        var left = later.SelectMany(static one => one.Outputs.Select((output, index) => (OutPoint: new OutPoint(one.TxId, (uint)index), Output: output)))
            .Where(one => !spent.Contains(one.OutPoint) && !nodes.Any(node => IsOf(node, one.Output.ScriptPubKey)));
        var fees = later.Sum(one => one.Inputs.Sum(input => outputs[input.PreviousOutput].Value) - one.OutputValue.Value);
        Assert.Equal(capacity.Value, paid + fees + left.Sum(static one => one.Output.Value.Value));

        static bool IsOf(ChannelNode node, Script script) => script == node.ShutdownScript || script == node.Wallet.Script || script == node.Wallet.SweepScript;
    }
}
