using Lightning.Channels.Actions;
using Lightning.Channels.Backup;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;
using Lightning.TestKit.Exploration;

namespace Lightning.Channels.Tests.States;

/// <summary>A channel of which nothing is left but its backup; and openings that are given up because they cannot get into one.</summary>
public class RestoredChannelTests
{
    public static IEnumerable<object[]> Ends() => Enumerable.Range(0, 16).Select(static n => new object[] { (n & 1) > 0, (n & 2) > 0, (n & 4) > 0, (n & 8) > 0 });

    [Theory]
    [MemberData(nameof(Ends))]
    public void Whoevers_commitment_is_published_this_nodes_balance_in_it_is_found(bool anchors, bool isUsed, bool isOurs, bool isOpener)
    {
        var pair = ChannelPair.Open(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey);
        if (isUsed)
        {
            pair.Add(pair.Alice, 20_000_000, ChannelPair.Preimage(1));
            pair.Run();
        }

        var (lost, other) = isOpener ? (pair.Alice, pair.Bob) : (pair.Bob, pair.Alice);
        var publisher = isOurs ? lost : other;
        var commitment = publisher.Funded.Commitments.Broadcastable(publisher.Signer)!;
        var mine = lost.Funded.Commitments.Latest.LocalSpec.ToLocal.ToSatoshi();
        Restore(lost);
        lost.Mine(commitment, 101);
        var closing = Assert.IsType<Channels.States.Closing>(lost.State);
        Assert.Equal(isOurs ? SpendKind.OtherLocalCommitment : SpendKind.FutureRemoteCommitment, closing.Spend!.Kind);
        Assert.Equal(CloseReason.StateLost, closing.Reason);
        var output = Assert.Single(closing.Outputs(lost.Signer), static one => one.Kind is ChainOutputKind.OurBalance or ChainOutputKind.OurDelayed);
        Assert.Equal(isOurs ? ChainOutputKind.OurDelayed : ChainOutputKind.OurBalance, output.Kind);
        Assert.InRange(output.Output.Value.Value, mine.Value - 5_000, mine.Value);

        // A reorganisation brings no commitment of this node into play.
        lost.Do(new ChannelCommand.SpendUndone(closing.Commitments.Latest.Funding.OutPoint, commitment.TxId));
        lost.Restart();
        NeverPublished(lost);
        Assert.Equal(StateDump.Of(lost.Replay()), StateDump.Of(lost.State));
    }

    [Fact]
    public void A_closing_transaction_is_taken_for_one_and_nobody_is_suspected()
    {
        var pair = ChannelPair.Open();
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        var closing = pair.Alice.Last<ChannelAction.Publish>().Transaction;
        pair.Alice.State = ChannelPair.Open().Alice.State;
        Restore(pair.Alice);
        pair.Alice.Mine(closing, 101);
        Assert.Equal(SpendKind.Mutual, Assert.IsType<Channels.States.Closing>(pair.Alice.State).Spend!.Kind);
        NeverPublished(pair.Alice);
    }

    [Fact]
    public void It_tells_the_numbers_of_a_new_channel_and_asks_to_close_on_every_connection()
    {
        var pair = ChannelPair.Open();
        pair.Disconnect();
        Restore(pair.Alice);
        for (var i = 0; i < 2; i++)
        {
            var sent = pair.Alice.Do(new ChannelCommand.Connected(new ConnectionId(Guid.Empty), 1, ChannelPair.AllFeatures)).Actions.OfType<ChannelAction.Send>().Select(static send => send.Message).ToList();
            var reestablish = Assert.IsType<ChannelReestablish>(sent[0]);
            Assert.Equal((1UL, 0UL, Bytes32.Zero), (reestablish.NextCommitmentNumber, reestablish.NextRevocationNumber, reestablish.YourLastPerCommitmentSecret));
            Assert.Contains("publish", Assert.IsType<Error>(sent[1]).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whatever_it_is_told_it_publishes_no_commitment()
    {
        var pair = ChannelPair.Open();
        var alice = pair.Alice;
        pair.Disconnect();
        Restore(alice);
        var connection = new ConnectionId(Guid.Empty);
        alice.Do(new ChannelCommand.Connected(connection, 1, ChannelPair.AllFeatures));
        alice.Do(new ChannelCommand.PeerMessages(connection, [new ChannelReestablish(alice.Funded.Id!.Value, 1, 0, Bytes32.Zero, alice.Funded.Commitments.RemotePoint)]));
        alice.Do(new ChannelCommand.PeerMessages(connection, [new Error(alice.Funded.Id!.Value, "unknown channel")]));
        alice.Do(new ChannelCommand.ForceClose());
        alice.Height += 5_000;
        alice.Do(new ChannelCommand.NewBlock());
        alice.Restart();
        Assert.IsType<WaitForRemoteClose>(alice.State);
        Assert.Null(alice.Funded.Commitments.Broadcastable(alice.Signer));
        NeverPublished(alice);
    }

    [Fact]
    public void A_channel_that_is_there_is_left_alone()
    {
        var alice = ChannelPair.Open().Alice;
        var before = alice.State;
        alice.Do(new ChannelCommand.RestoreFromBackup(BackupOf(alice)));
        Assert.Same(before, alice.State);
        Assert.Equal(CommandRefusal.WrongState, alice.Last<ChannelAction.CommandRefused>().Reason);
    }

    [Fact]
    public void A_backup_of_other_keys_makes_no_channel()
    {
        var pair = ChannelPair.Open();
        var backup = BackupOf(pair.Bob);
        pair.Alice.State = ChannelState.Empty;
        pair.Alice.Do(new ChannelCommand.RestoreFromBackup(backup));
        Assert.Same(ChannelState.Empty, pair.Alice.State);
        Assert.Equal(CommandRefusal.Invalid, pair.Alice.Last<ChannelAction.CommandRefused>().Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_opener_that_gives_up_before_funding_created_leaves_frees_its_coins_and_tells_the_peer_by_the_first_id(bool tellPeer)
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        pair.Run();
        pair.MakeFunding();
        Assert.IsType<WaitForFundingSigned>(pair.Alice.State);
        var decision = pair.Alice.Do(new ChannelCommand.AbortOpening("no room", tellPeer));
        Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(pair.Alice.State).Reason);
        Assert.Contains(decision.Actions, static action => action is ChannelAction.ReleaseFunding);
        Assert.Contains(decision.Actions, static action => action is ChannelAction.CommandRefused { Detail: "no room", Reason: CommandRefusal.WrongState });
        var errors = decision.Actions.OfType<ChannelAction.Send>().Select(static send => Assert.IsType<Error>(send.Message).ChannelId);
        Assert.Equal(tellPeer ? [ChannelPair.TemporaryId] : [], errors);
    }

    [Fact]
    public void An_accepter_that_gives_up_before_funding_signed_leaves_owes_nothing()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        Assert.IsType<WaitForFundingConfirmed>(pair.Bob.State);
        var decision = pair.Bob.Do(new ChannelCommand.AbortOpening("no room", TellPeer: true));
        Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(pair.Bob.State).Reason);
        Assert.Equal(pair.Bob.Funded.Commitments.Id, Assert.IsType<Error>(Assert.Single(decision.Actions.OfType<ChannelAction.Send>()).Message).ChannelId);
        Assert.DoesNotContain(decision.Actions, static action => action is ChannelAction.Publish);
    }

    [Fact]
    public void A_channel_that_is_no_opening_any_more_is_not_given_up()
    {
        var alice = ChannelPair.Open().Alice;
        var before = alice.State;
        Assert.Empty(alice.Do(new ChannelCommand.AbortOpening("no room", TellPeer: true)).Actions);
        Assert.Same(before, alice.State);
    }

    private static ChannelBackup BackupOf(ChannelNode node)
    {
        var funding = node.Funded.Commitments.Latest.Funding;
        return new ChannelBackup(node.Funded.Parameters, new FundingOutput(funding.OutPoint, funding.Capacity), 90);
    }

    // Its opening was given up after the backup was made, and nothing was ever published.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_restored_channel_that_was_never_funded_is_given_up_when_its_time_is_up(bool isOpener)
    {
        var pair = ChannelPair.Open();
        var lost = isOpener ? pair.Alice : pair.Bob;
        var commitment = pair.Bob.Funded.Commitments.Broadcastable(pair.Bob.Signer)!;
        lost.Funding = FundingStatus.Missing;
        Restore(lost);
        var since = lost.Height;
        lost.Restart();
        lost.Reach(since + lost.Config.FundingTimeout - 1);
        Assert.IsType<WaitForRemoteClose>(lost.State);
        lost.Reach(since + lost.Config.FundingTimeout);
        Assert.Equal(CloseReason.FundingFailed, Assert.IsType<Closed>(lost.State).Reason);
        Assert.Equal(StateDump.Of(lost.Replay()), StateDump.Of(lost.State));

        // It is watched for a while: what comes after all is not lost.
        lost.Mine(commitment, lost.Height);
        Assert.IsType<Channels.States.Closing>(lost.State);
    }

    [Fact]
    public void A_restored_channel_whose_funding_is_there_waits_for_its_peer_for_ever()
    {
        var pair = ChannelPair.Open();
        Restore(pair.Alice);
        pair.Alice.Restart();
        pair.Alice.Reach(10_000);
        pair.Alice.Restart();
        pair.Alice.Reach(20_000);
        Assert.IsType<WaitForRemoteClose>(pair.Alice.State);
    }

    private static void Restore(ChannelNode node)
    {
        var backup = BackupOf(node);
        node.Journal.Clear();
        node.Actions.Clear();
        node.Connection = null;
        node.State = ChannelState.Empty;
        node.Do(new ChannelCommand.RestoreFromBackup(backup));
        Assert.IsType<WaitForRemoteClose>(node.State);
        Assert.Contains(node.Actions, action => action is ChannelAction.WatchFundingSpent watch && watch.Funding == backup.Funding.OutPoint);
        Assert.Contains(node.Actions, static action => action is ChannelAction.ReportClosing);
    }

    private static void NeverPublished(ChannelNode node) =>
        Assert.DoesNotContain(node.Actions, static action => action is ChannelAction.Publish { Purpose: TransactionPurpose.Commitment } or ChannelAction.ReportRogueSpend);
}
