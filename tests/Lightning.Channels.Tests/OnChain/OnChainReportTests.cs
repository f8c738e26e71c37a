using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Tests.States;

namespace Lightning.Channels.Tests.OnChain;

/// <summary>What people are shown of a channel on chain.</summary>
public class OnChainReportTests
{
    private const ushort Delay = 12;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_output_of_our_commitment_is_followed_from_the_mempool_to_its_end(bool anchors)
    {
        var pair = WithHtlcs(anchors);
        var bob = pair.Bob;
        // Bob knows the preimage of what Alice offered him.
        pair.Disconnect();
        bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        bob.Do(new ChannelCommand.ForceClose());
        var report = Report(bob);
        Assert.Null(report.Spend);
        Assert.All(Ours(report), static one => Assert.Equal(OutputStage.Unconfirmed, one.Stage));
        var limbo = report.Limbo;
        // His balance, the HTLC that he offered and the one that he can take.
        Assert.Equal([ChainOutputKind.OurDelayed, ChainOutputKind.OfferedHtlc, ChainOutputKind.ReceivedHtlc], Ours(report).Select(static one => one.Output.Kind).Order());
        Assert.Equal(Ours(report).Aggregate(Satoshi.Zero, static (sum, one) => sum + one.Amount), limbo);
        Assert.Equal(anchors ? AnchorState.Limbo : AnchorState.None, report.Anchor);

        var commitment = bob.Funded.Commitments.Broadcastable(bob.Signer)!;
        bob.Mine(commitment, 100);
        report = Report(bob);
        Assert.Equal((limbo, Satoshi.Zero), (report.Limbo, report.Recovered));
        Assert.Equal(100u + Delay, report.MaturesAt);
        var balance = One(report, ChainOutputKind.OurDelayed);
        Assert.Equal((OutputStage.Locked, Delay, null), (balance.Stage, balance.BlocksToMaturity(bob.Height), balance.HtlcStage));
        var offered = One(report, ChainOutputKind.OfferedHtlc);
        Assert.Equal((OutputStage.Locked, 1, 201u), (offered.Stage, offered.HtlcStage, offered.MaturesAt));
        var received = One(report, ChainOutputKind.ReceivedHtlc);
        Assert.Equal((1, 200u, 100), (received.HtlcStage, received.Deadline, received.BlocksLeft(bob.Height)));

        // The others' outputs are shown, and nothing is to be done.
        Assert.All(report.Outputs.Where(static one => one.Output.Kind == ChainOutputKind.Theirs), static one => Assert.Equal((OutputStage.NotOurs, null), (one.Stage, one.Deadline)));

        pair.Bob.Height += Delay;
        bob.Do(new ChannelCommand.NewBlock());
        Assert.NotEqual(OutputStage.Locked, One(Report(bob), ChainOutputKind.OurDelayed).Stage);
    }

    [Fact]
    public void What_the_peer_took_with_the_preimage_is_neither_in_limbo_nor_recovered()
    {
        var pair = WithHtlcs(anchors: false);
        var (alice, bob) = (pair.Alice, pair.Bob);
        pair.Disconnect();
        bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        var commitment = bob.Funded.Commitments.Broadcastable(bob.Signer)!;
        bob.Mine(commitment, 100);
        alice.Mine(commitment, 100);
        var before = Report(alice);
        var offered = One(before, ChainOutputKind.OfferedHtlc);
        var taken = bob.Actions.OfType<Actions.ChannelAction.Publish>().First(static one => one.Purpose == Actions.TransactionPurpose.HtlcSuccess).Transaction;
        alice.Mine(taken, 101);
        var after = Report(alice);
        Assert.Equal(before.Limbo - offered.Amount, after.Limbo);
        Assert.Equal(Satoshi.Zero, after.Recovered);
        var one = One(after, ChainOutputKind.OfferedHtlc);
        Assert.Equal((OutputStage.Spent, false, true), (one.Stage, one.IsOurs, one.ShowsPreimage));
        alice.Height = 106;
        Assert.Equal(OutputStage.Final, One(Report(alice), ChainOutputKind.OfferedHtlc).Stage);
    }

    private static ChannelPair WithHtlcs(bool anchors)
    {
        var config = new ChannelConfig { Network = Network.Regtest, ToSelfDelay = Delay };
        var pair = ChannelPair.Open(anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey, alice: config, bob: config);
        pair.Add(pair.Alice, 30_000_000, ChannelPair.Preimage(1), expiry: 200);
        pair.Add(pair.Bob, 20_000_000, ChannelPair.Preimage(3), expiry: 200);
        pair.Run();
        return pair;
    }

    private static IEnumerable<OutputReport> Ours(OnChainReport report) => report.Outputs.Where(static one => one.Output.Kind is not (ChainOutputKind.Theirs or ChainOutputKind.OurAnchor));

    private static OutputReport One(OnChainReport report, ChainOutputKind kind) => report.Outputs.Single(one => one.Output.Kind == kind && one.HtlcStage != 2);

    private static OnChainReport Report(ChannelNode node) => OnChainReport.Of((Channels.States.Closing)node.State, node.Signer, node.Height, node.Config);
}
