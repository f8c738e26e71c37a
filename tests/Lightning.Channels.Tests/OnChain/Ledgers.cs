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
        var capacity = pair.Alice.Funded.Commitments.Latest.Funding.Capacity;
        var later = mined.Where(one => one.TxId != funding).ToList();
        var (paid, opening) = (Satoshi.Zero, MilliSatoshi.Zero);
        foreach (var node in (ChannelNode[])[pair.Alice, pair.Bob])
        {
            var onChain = later.SelectMany(static one => one.Outputs).Where(output => output.ScriptPubKey == node.ShutdownScript).Aggregate(Satoshi.Zero, static (sum, output) => sum + output.Value);
            paid += onChain;
            if (node == cheat) continue;
            var ledger = ChannelLedger.Of(node.Journal, node.Signer);
            opening += ledger.Opening;
            Assert.True(ledger.AddsUp, $"The ledger of {node.Name} does not add up.\n{ledger}");
            Assert.Equal(MilliSatoshi.Zero, ledger.Open);
            Assert.True(onChain == ledger.OnChain, $"{node.Name} was paid {onChain}.\n{ledger}");
            Assert.All(
                (MilliSatoshi[])[ledger.CommitmentFee, ledger.ClaimFees, ledger.CoinFees, ledger.Trimmed, ledger.Rounding, ledger.Uneconomic, ledger.PeerTook, ledger.PeerLeft],
                static item => Assert.True(item >= MilliSatoshi.Zero));
        }

        if (cheat is null) Assert.Equal(capacity.ToMilliSatoshi(), opening);
        var outputs = later.SelectMany(static one => one.Outputs.Select((output, index) => (OutPoint: new OutPoint(one.TxId, (uint)index), output.Value, output.ScriptPubKey))).ToDictionary(static one => one.OutPoint);
        var spent = later.SelectMany(static one => one.Inputs).Select(static input => input.PreviousOutput).ToHashSet();
        var left = outputs.Values.Where(one => !spent.Contains(one.OutPoint) && one.ScriptPubKey != pair.Alice.ShutdownScript && one.ScriptPubKey != pair.Bob.ShutdownScript);
        var fees = later.Aggregate(Satoshi.Zero, (sum, one) => sum + Fee(one));
        Assert.Equal(capacity, left.Aggregate(paid + fees, static (sum, one) => sum + one.Value));

        Satoshi Fee(Transaction one) => one.Inputs.Aggregate(Satoshi.Zero, (sum, input) => sum + (input.PreviousOutput.TxId == funding ? capacity : outputs[input.PreviousOutput].Value))
            - one.Outputs.Aggregate(Satoshi.Zero, static (sum, output) => sum + output.Value);
    }
}
