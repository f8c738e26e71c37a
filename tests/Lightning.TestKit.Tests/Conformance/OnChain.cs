using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>The ways in which a channel with a scripted peer comes to be on chain (BOLT 5).</summary>
internal static class OnChain
{
    /// <summary>The commitments that an HTLC can be on.</summary>
    public static TheoryData<string> Commitments => ["ours", "theirs", "their next one"];

    /// <summary>
    /// Alice has offered an HTLC of mallory's to eve, and a commitment with it is in a block: her own, eve's, or eve's next one, while the one before is not revoked. Alice's wallet has coins.
    /// </summary>
    public static async Task<ScriptedCommitment> Offer(this Way way, string which)
    {
        await way.Alice.Fund(200_000.Sat());
        if (which == "their next one")
        {
            way.Pay();
            await way.From.Run();
            await way.To.Hear<UpdateAddHtlc>();
            await way.To.Hear<CommitmentSigned>();
        }
        else
        {
            await way.Arrive();
        }

        return await way.Net.Confirm(way.To, which);
    }

    /// <summary>Mallory has offered an HTLC for an invoice of alice's, it is irrevocable, and a commitment with it is in a block.</summary>
    public static async Task<ScriptedCommitment> Receive(this Encounter met, ScenarioInvoice invoice, string which)
    {
        await met.Alice.Fund(200_000.Sat());
        met.Channel.Pay(invoice);
        await met.Channel.Run();
        if (which == "their next one")
        {
            await met.Alice.StartPayment(met.Mallory.Invoice(30_000_000.Msat()));
            await met.Channel.Hear<UpdateAddHtlc>();
            await met.Channel.Hear<CommitmentSigned>();
        }

        return await met.Net.Confirm(met.Channel, which);
    }

    /// <summary>The peer's present commitment, or the node's, is in a block.</summary>
    public static async Task<ScriptedCommitment> Confirm(this ScenarioNetwork net, ScriptedChannel channel, string which)
    {
        if (which == "ours")
        {
            await channel.NodeCloses(force: true);
            var published = channel.Published();
            await net.Mine();
            return published;
        }

        var commitment = channel.Keep();
        await net.Chain.MineHidden(commitment.Transaction);
        return commitment;
    }

    /// <summary>The end of the channel: final, and every lock passed.</summary>
    public static async Task End(this ScenarioNetwork net, ScriptedChannel channel)
    {
        for (var i = 0; i < 1_000 && channel.StateAtNode != "gone"; i++) await net.Mine();
        Assert.Equal("gone", channel.StateAtNode);
    }
}
