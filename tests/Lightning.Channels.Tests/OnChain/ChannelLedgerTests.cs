using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Tests.States;

namespace Lightning.Channels.Tests.OnChain;

/// <summary>Where every millisatoshi of a channel went.</summary>
public class ChannelLedgerTests
{
    [Fact]
    public void An_open_channel_has_all_that_payments_left_in_it()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 30_000_123, ChannelPair.Preimage(1));
        pair.Add(pair.Bob, 20_000_077, ChannelPair.Preimage(2));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Alice.Do(new ChannelCommand.FailHtlc(0, Bytes.Empty, null));
        pair.Run();
        var (alice, bob) = (Ledger(pair.Alice), Ledger(pair.Bob));
        Assert.Equal((700_000_000.Msat(), 30_000_123.Msat(), MilliSatoshi.Zero, 669_999_877.Msat()), (alice.Opening, alice.Sent, alice.Received, alice.Open));
        Assert.Equal((300_000_000.Msat(), MilliSatoshi.Zero, 30_000_123.Msat(), 330_000_123.Msat()), (bob.Opening, bob.Sent, bob.Received, bob.Open));
        Assert.True(alice.AddsUp && bob.AddsUp);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_mutual_close_costs_the_opener_its_fee_and_both_their_parts_of_a_satoshi(bool simple)
    {
        var pair = ChannelPair.Open(features: ChannelPair.AllFeatures | (simple ? ChannelFeatures.SimpleClose : ChannelFeatures.None));
        pair.Add(pair.Alice, 30_000_123, ChannelPair.Preimage(1));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Run();
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        var closing = pair.Alice.Last<Actions.ChannelAction.Publish>().Transaction;
        foreach (var node in (ChannelNode[])[pair.Alice, pair.Bob])
        {
            node.Bury(closing);
            Assert.IsType<Closed>(node.State);
            var ledger = Ledger(node);
            Assert.True(ledger.AddsUp, ledger.ToString());
            Assert.Equal(closing.Outputs.Single(output => output.ScriptPubKey == node.ShutdownScript).Value, ledger.OnChain);
        }

        Assert.Equal(877.Msat(), Ledger(pair.Alice).Rounding);
        Assert.Equal(123.Msat(), Ledger(pair.Bob).Rounding);
        Assert.True(Ledger(pair.Alice).CommitmentFee > MilliSatoshi.Zero);
        Assert.Equal(MilliSatoshi.Zero, Ledger(pair.Bob).CommitmentFee);
    }

    [Fact]
    public void What_is_too_little_for_an_output_is_lost_by_whom_it_belonged_to()
    {
        var pair = ChannelPair.Open();
        pair.Add(pair.Alice, 200_000, ChannelPair.Preimage(1));
        pair.Add(pair.Bob, 100_000, ChannelPair.Preimage(2));
        pair.Run();
        pair.Disconnect();
        // Bob has the preimage of one, and nothing to take with it.
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        var commitment = pair.Alice.Funded.Commitments.Broadcastable(pair.Alice.Signer)!;
        var (alice, bob) = (Mined(pair.Alice, commitment), Mined(pair.Bob, commitment));
        Assert.Equal((200_000.Msat(), MilliSatoshi.Zero), (alice.Trimmed, alice.Sent));
        Assert.Equal((300_000.Msat(), 200_000.Msat()), (bob.Trimmed, bob.Received));
        Assert.True(alice.AddsUp, alice.ToString());
        Assert.True(bob.AddsUp, bob.ToString());
        Assert.Equal(660_000.Msat(), alice.Anchors);
    }

    [Fact]
    public void A_commitment_that_nobody_can_rebuild_leaves_a_difference_that_is_told()
    {
        var pair = ChannelPair.Open();
        var copy = pair.Alice.State;
        pair.Add(pair.Alice, 30_000_000, ChannelPair.Preimage(1));
        pair.Run();
        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        pair.Alice.State = copy;
        pair.Alice.Journal.RemoveRange(pair.Alice.Journal.Count - 3, 3);
        pair.Alice.Restart();
        var ledger = Mined(pair.Alice, commitment);
        Assert.Equal(SpendKind.FutureRemoteCommitment, ((Channels.States.Closing)pair.Alice.State).Spend!.Kind);
        Assert.False(ledger.AddsUp);
        Assert.True(ledger.Unexplained >= 30_000_000.Msat());
    }

    private static ChannelLedger Mined(ChannelNode node, Transaction commitment)
    {
        node.Do(new ChannelCommand.FundingSpent(commitment, 100));
        return Ledger(node);
    }

    private static ChannelLedger Ledger(ChannelNode node) => ChannelLedger.Of(node.Journal, node.Signer);
}
