using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;

namespace Lightning.Channels.Tests.States;

/// <summary>A recovered channel compares its funding output with the chain before it serves anybody.</summary>
public class AuditTests
{
    [Fact]
    public void A_recovered_channel_asks_for_its_funding_output_and_until_the_answer_takes_no_HTLC()
    {
        var pair = Recovered(out var alice);
        var funding = alice.Funded.Commitments.Latest.Funding;
        Assert.Equal(new ChannelAction.CheckFunding(funding.OutPoint, funding.ScriptPubKey), alice.Last<ChannelAction.CheckFunding>());
        var add = ChannelPair.AddCommand(alice, 5_000_000, ChannelPair.Preimage(1), null, new HtlcOrigin.Local(ChannelPair.Preimage(1).Hash, 0, 0));
        pair.Connect();
        pair.Run();
        alice.Do(add);
        Assert.Empty(alice.Refused);
        Assert.Empty(alice.Accepted);
        alice.Do(new ChannelCommand.FundingChecked(funding.OutPoint, FundingStatus.Unspent, 100), add);
        pair.Run();
        Assert.Single(alice.Accepted);
    }

    [Fact]
    public void Incoming_HTLCs_are_handed_over_only_once_the_funding_output_is_known_to_be_there()
    {
        var pair = WithHtlcOfBob(out var alice);
        Recover(pair);
        pair.Connect();
        pair.Run();
        pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(2));
        pair.Run();
        Assert.Equal(2, alice.Funded.Commitments.Incoming.Count);
        Assert.Empty(alice.Received);
        Answer(alice, FundingStatus.Unspent);
        Assert.Equal([0ul, 1ul], alice.Received.Select(static one => one.Htlc.Id));
    }

    [Fact]
    public void In_an_old_copy_they_are_handed_over_only_once_the_peer_has_shown_that_it_is_current()
    {
        var pair = WithHtlcOfBob(out var alice);
        pair.Disconnect();
        alice.Received.Clear();
        alice.Guarded = true;
        alice.Restart();
        Assert.True(alice.Funded.Transient.IsAudited);
        Assert.Empty(alice.Received);
        pair.Connect();
        pair.Run();
        Assert.Single(alice.Received);
    }

    [Fact]
    public void A_state_that_is_known_to_be_old_hands_over_nothing()
    {
        var pair = WithHtlcOfBob(out var alice);
        var journal = alice.Journal.ToList();
        alice.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
        pair.Run();
        pair.Disconnect();
        alice.Journal.Clear();
        alice.Journal.AddRange(journal);
        alice.Funding = null;
        alice.Restart();
        alice.Received.Clear();
        pair.Connect();
        pair.Run();
        Assert.IsType<WaitForRemoteClose>(alice.State);
        Answer(alice, FundingStatus.Unspent);
        alice.Restart();
        Answer(alice, FundingStatus.Unspent);
        Assert.Empty(alice.Received);
    }

    [Theory]
    [InlineData(FundingStatus.Missing)]
    [InlineData(FundingStatus.Spent)]
    public void Without_its_funding_output_it_serves_nobody_closes_nothing_and_asks_again_with_each_block(FundingStatus status)
    {
        var pair = Recovered(out var alice);
        pair.Connect();
        pair.Run();
        Answer(alice, status);
        alice.Actions.Clear();
        alice.Do(ChannelPair.AddCommand(alice, 5_000_000, ChannelPair.Preimage(1), null, new HtlcOrigin.Local(ChannelPair.Preimage(1).Hash, 0, 0)));
        alice.Do(new ChannelCommand.NewBlock());
        Assert.IsType<ChannelAction.CheckFunding>(Assert.Single(alice.Actions));
        Assert.IsType<Normal>(alice.State);
        Answer(alice, FundingStatus.Unspent);
        alice.Do(new ChannelCommand.NewBlock());
        Assert.Single(alice.Actions);
        Assert.True(alice.Funded.Transient.IsAudited);
    }

    [Fact]
    public void A_funding_output_that_was_spent_meanwhile_leaves_to_the_chain_what_was_not_handed_over()
    {
        var pair = WithHtlcOfBob(out var alice);
        pair.Add(pair.Bob, 200_000, ChannelPair.Preimage(2));
        pair.Run();
        Recover(pair);
        alice.Mine(pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!);
        Assert.IsType<Channels.States.Closing>(alice.State);
        Assert.Equal([0ul], alice.Received.Select(static one => one.Htlc.Id));
        Answer(alice, FundingStatus.Spent);
        Assert.Single(alice.Received);
    }

    [Fact]
    public void A_channel_that_was_not_recovered_needs_no_audit()
    {
        var pair = ChannelPair.Open();
        Assert.DoesNotContain(pair.Alice.Actions, static action => action is ChannelAction.CheckFunding);
        Assert.True(pair.Alice.Funded.Transient.IsAudited);
    }

    [Fact]
    public void A_channel_recovered_before_its_funding_is_confirmed_is_audited_by_the_confirmation()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        pair.Alice.Funding = null;
        pair.Alice.Restart();
        Assert.False(pair.Alice.Funded.Transient.IsAudited);
        pair.Connect();
        pair.Run();
        pair.Confirm();
        Assert.IsType<Normal>(pair.Alice.State);
        Assert.True(pair.Alice.Funded.Transient.IsAudited);
    }

    private static ChannelPair Recovered(out ChannelNode alice)
    {
        var pair = ChannelPair.Open();
        alice = pair.Alice;
        Recover(pair);
        return pair;
    }

    /// <summary>alice starts again, and nobody has told her yet whether the funding output is there.</summary>
    private static void Recover(ChannelPair pair)
    {
        pair.Disconnect();
        pair.Alice.Received.Clear();
        pair.Alice.Funding = null;
        pair.Alice.Restart();
    }

    /// <summary>An HTLC of 5,000 sat from bob to alice is in both commitments.</summary>
    private static ChannelPair WithHtlcOfBob(out ChannelNode alice)
    {
        var pair = ChannelPair.Open();
        alice = pair.Alice;
        pair.Add(pair.Bob, 5_000_000, ChannelPair.Preimage(1));
        pair.Run();
        return pair;
    }

    private static void Answer(ChannelNode node, FundingStatus status) => node.Do(new ChannelCommand.FundingChecked(node.Funded.Commitments.Latest.Funding.OutPoint, status, node.Height));
}
