using Lightning.TestKit.Exploration;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

public class ClosingTests
{
    public static TheoryData<bool, bool> Kinds { get; } = new() { { true, true }, { true, false }, { false, true }, { false, false } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Both_sides_sign_the_same_closing_transaction(bool anchors, bool simple)
    {
        var pair = Open(anchors, simple);
        var close = new ChannelCommand.CloseMutual();
        pair.Alice.Do(close);
        pair.Run();
        var alice = Published(pair.Alice);
        var bob = Published(pair.Bob);
        Assert.Equal(simple ? 2 : 1, alice.Count);
        Assert.Equal(alice.Select(static one => one.TxId).Order(), bob.Select(static one => one.TxId).Order());
        Assert.Contains(pair.Alice.Actions, action => action is ChannelAction.CommandDone done && done.Command == close);
        foreach (var transaction in alice)
        {
            Assert.Equal(2, transaction.Outputs.Length);
            Assert.Contains(transaction.Outputs, output => output.ScriptPubKey == pair.Alice.ShutdownScript);
            Assert.Contains(transaction.Outputs, output => output.ScriptPubKey == pair.Bob.ShutdownScript);
            Chain.Verify(transaction, pair.FundingTransaction!);
        }

        foreach (var node in (ChannelNode[])[pair.Alice, pair.Bob])
        {
            node.Do(new ChannelCommand.FundingSpent(alice[0], 100));
            node.Bury(alice[0]);
            Assert.Equal(CloseReason.Mutual, Assert.IsType<Closed>(node.State).Reason);
            Assert.Equal(StateDump.Of(node.Replay()), StateDump.Of(node.State));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Htlcs_are_settled_before_a_close(bool anchors, bool simple)
    {
        var pair = Open(anchors, simple);
        var preimage = ChannelPair.Preimage(1);
        var origin = pair.Add(pair.Alice, 50_000_000, preimage);
        pair.Run();
        pair.Bob.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        Assert.IsType<ShuttingDown>(pair.Alice.State);
        Assert.IsType<ShuttingDown>(pair.Bob.State);
        var late = pair.Add(pair.Alice, 50_000_000, ChannelPair.Preimage(2));
        Assert.Equal(Updates.AddRefusal.Closing, pair.Alice.Refused[late]);
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, preimage));
        pair.Run();
        Assert.Equal(preimage, pair.Alice.Fulfilled[origin]);
        var closing = Assert.Single(Published(pair.Bob).DistinctBy(static one => one.TxId).Take(1));
        Assert.InRange(closing.Outputs.Single(output => output.ScriptPubKey == pair.Bob.ShutdownScript).Value.Value, 348_000, 350_000);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_result_that_was_acknowledged_before_the_close_is_not_open_after_it(bool anchors, bool simple)
    {
        var pair = Open(anchors, simple);
        var origin = pair.Add(pair.Alice, 50_000_000, ChannelPair.Preimage(1));
        pair.Run();
        pair.Bob.Do(new ChannelCommand.CloseMutual());
        pair.Bob.Do(new ChannelCommand.FailHtlc(0, new Bytes([4, 5])));
        pair.Run();

        // No write follows for it to ride on but the last.
        pair.Alice.Do(new ChannelCommand.AcknowledgeResult(origin));
        pair.Alice.Bury(Published(pair.Alice)[0]);
        Assert.Empty(Assert.IsType<Closed>(pair.Alice.State).Commitments.Outgoing.Unacknowledged);
        Assert.Empty(((Closed)pair.Alice.Replay()).Commitments.Outgoing.Unacknowledged);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_close_goes_on_wherever_the_connection_breaks(bool anchors, bool simple)
    {
        for (var messages = 0; messages < 12; messages++)
        {
            var pair = Open(anchors, simple);
            var origin = pair.Add(pair.Bob, 20_000_000, ChannelPair.Preimage(1));
            pair.Run();
            pair.Alice.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
            pair.Alice.Do(new ChannelCommand.CloseMutual());
            pair.Bob.Do(new ChannelCommand.CloseMutual());
            for (var i = 0; i < messages; i++) _ = i % 2 == 0 ? pair.Deliver(pair.Bob) : pair.Deliver(pair.Alice);
            if (messages % 3 == 0) pair.Alice.Restart();
            if (messages % 3 == 1) pair.Bob.Restart();
            pair.Reconnect();
            pair.Reconnect();
            Assert.True(pair.Bob.Failed.ContainsKey(origin));
            Assert.NotEmpty(Published(pair.Alice));
            Assert.NotEmpty(Published(pair.Bob));
            Assert.DoesNotContain(pair.Alice.Sent.Concat(pair.Bob.Sent), static message => message is Error or Warning);
            Assert.Contains(Published(pair.Alice), one => Published(pair.Bob).Exists(other => other.TxId == one.TxId));
        }
    }

    [Fact]
    public void A_close_asked_for_on_both_sides_at_once_does_not_race()
    {
        foreach (var simple in (bool[])[true, false])
        {
            var pair = Open(anchors: true, simple);
            pair.Alice.Do(new ChannelCommand.CloseMutual());
            pair.Bob.Do(new ChannelCommand.CloseMutual());
            pair.Run();
            Assert.NotEmpty(Published(pair.Alice));
            Assert.Equal(Published(pair.Alice).Select(static one => one.TxId).Order(), Published(pair.Bob).Select(static one => one.TxId).Order());
            Assert.DoesNotContain(pair.Alice.Sent.Concat(pair.Bob.Sent), static message => message is Error or Warning);
        }
    }

    [Fact]
    public void A_simple_close_can_pay_more_later()
    {
        var pair = Open(anchors: true, simple: true);
        pair.Alice.Do(new ChannelCommand.CloseMutual(Feerate: new(500)));
        pair.Run();
        var before = Published(pair.Alice).Count;
        pair.Alice.Do(new ChannelCommand.CloseMutual(Feerate: new(2_000)));
        pair.Run();
        Assert.Equal(before + 1, Published(pair.Alice).Count);
        Assert.Equal(Published(pair.Alice)[^1].TxId, Published(pair.Bob)[^1].TxId);
    }

    [Fact]
    public void Only_the_script_of_the_opening_is_closed_to()
    {
        var pair = new ChannelPair();
        pair.Wire();
        pair.Alice.Do(pair.OpenCommand(1_000_000, 300_000_000, commitToScript: true));
        pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
        pair.Run();
        pair.MakeFunding();
        pair.Run();
        pair.Confirm();
        var other = new Script(new Bytes([0, 20, .. Enumerable.Repeat((byte)77, 20)]));
        pair.Alice.Do(new ChannelCommand.CloseMutual(other));
        Assert.Equal(CommandRefusal.Invalid, pair.Alice.Last<ChannelAction.CommandRefused>().Reason);
        pair.Bob.Do(new ChannelCommand.PeerMessages(pair.Bob.Connection!.Value, [new Shutdown(pair.Bob.State.Id!.Value, other)]));
        Assert.IsType<Warning>(pair.Bob.Sent[^1]);
        Assert.True(pair.Bob.WantsDisconnect);
        Assert.IsType<Normal>(pair.Bob.State);
    }

    [Fact]
    public void A_channel_can_be_closed_before_its_funding_is_confirmed()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        pair.Alice.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        Assert.NotEmpty(Published(pair.Alice));

        // Alice has made the funding transaction; bob has to see it.
        Assert.Empty(Published(pair.Bob));
        pair.Bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
        Assert.Equal(Published(pair.Alice)[^1].TxId, Published(pair.Bob)[^1].TxId);
    }

    [Fact]
    public void A_close_that_begins_before_the_peers_channel_ready_settles_the_htlcs_behind_it()
    {
        var pair = new ChannelPair();
        pair.Fund(1_000_000, 300_000_000);
        foreach (var node in (ChannelNode[])[pair.Alice, pair.Bob]) node.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
        Assert.True(pair.Deliver(pair.Alice));
        var origin = pair.Add(pair.Alice, 10_000_000, ChannelPair.Preimage(1));
        Assert.IsType<WaitForChannelReady>(pair.Bob.State);
        pair.Bob.Do(new ChannelCommand.CloseMutual());
        pair.Run();
        pair.Bob.Do(new ChannelCommand.FulfillHtlc(0, ChannelPair.Preimage(1)));
        pair.Run();
        Assert.Equal(ChannelPair.Preimage(1), pair.Alice.Fulfilled[origin]);
        Assert.NotEmpty(Published(pair.Alice));
        Assert.Equal(Published(pair.Alice)[^1].TxId, Published(pair.Bob)[^1].TxId);
    }

    private static ChannelPair Open(bool anchors, bool simple) => ChannelPair.Open(
        anchors ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey, features: ChannelPair.AllFeatures | (simple ? ChannelFeatures.SimpleClose : ChannelFeatures.None));

    private static List<Transaction> Published(ChannelNode node) => node.Actions.OfType<ChannelAction.Publish>()
        .Where(static publish => publish.Purpose == TransactionPurpose.MutualClose).Select(static publish => publish.Transaction).DistinctBy(static one => one.TxId).ToList();
}
