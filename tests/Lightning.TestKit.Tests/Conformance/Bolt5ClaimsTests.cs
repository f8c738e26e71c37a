namespace Lightning.TestKit.Tests.Conformance;

/// <summary>What a node pays for its claims on chain, and how it puts them together (BOLT 5), on a chain that verifies every script.</summary>
public sealed class Bolt5ClaimsTests
{
    [Fact]
    public async Task The_anchor_pays_for_a_commitment_below_the_mempools_minimum()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 300_000_000.Msat());
        await net["alice"].Fund(500_000.Sat());
        var commitment = channel.CommitmentOf("alice");
        net.Chain.FillMempool(FeeratePerKw.FromSatPerVByte(30));
        Assert.False(net.Chain.Broadcast(commitment).IsKnown);
        await net.Advance(TimeSpan.FromMinutes(2));
        await net["alice"].Close(channel, force: true);
        await net.Until(() => channel.Spender() is not null, "the commitment is in the mempool");
        var child = Assert.Single(net.Chain.Mempool, transaction => transaction.Inputs.Any(input => input.PreviousOutput.TxId == commitment.TxId));
        await net.Mine();
        Assert.Equal(1u, net.Chain.Simulated.Confirmations(commitment.TxId));
        Assert.Equal(1u, net.Chain.Simulated.Confirmations(child.TxId));
        channel.ForceClosed(by: "alice");
    }
}
