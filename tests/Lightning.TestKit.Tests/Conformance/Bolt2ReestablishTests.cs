using Lightning.Bitcoin.Crypto;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;
using Error = Lightning.Protocol.Messages.Error;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Message Retransmission": channel_reestablish, and what a channel is after a reconnection.</summary>
public sealed class Bolt2ReestablishTests
{
    private static readonly Dictionary<string, (string Error, Func<ScriptedChannel, ChannelReestablish, ChannelReestablish> Change)> Refused = new(StringComparer.Ordinal)
    {
        ["next_commitment_number is zero"] = ("next_commitment_number is zero", static (_, reestablish) => reestablish with { NextCommitmentNumber = 0 }),
        ["next_commitment_number is too high"] = ("next_commitment_number 4, 3 expected", static (_, reestablish) => reestablish with { NextCommitmentNumber = reestablish.NextCommitmentNumber + 1 }),
        ["next_commitment_number is too low"] = ("next_commitment_number 1, 3 expected", static (_, reestablish) => reestablish with { NextCommitmentNumber = reestablish.NextCommitmentNumber - 2 }),
        ["next_revocation_number is too low"] = ("the peer's state is old", static (_, reestablish) => reestablish with { NextRevocationNumber = reestablish.NextRevocationNumber - 2 }),
        ["next_revocation_number is too high without the secret that proves it"] = ("without a proof", static (_, reestablish) => reestablish with { NextRevocationNumber = reestablish.NextRevocationNumber + 1 }),
        ["your_last_per_commitment_secret is wrong"] = ("your_last_per_commitment_secret is wrong", static (_, reestablish) => reestablish with { YourLastPerCommitmentSecret = Hashes.Sha256("wrong"u8) }),
        ["your_last_per_commitment_secret is zero"] = ("your_last_per_commitment_secret is wrong", static (_, reestablish) => reestablish with { YourLastPerCommitmentSecret = default }),
    };

    public static TheoryData<string> Reestablishments => [.. Refused.Keys];

    [Fact]
    public async Task The_nodes_channel_reestablish_of_a_new_channel_expects_commitment_1_and_revocation_0_and_has_a_zero_secret()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Reconnect();
        var reestablish = await met.Mallory.Expect<ChannelReestablish>();
        Assert.Equal((met.Channel.Id, 1UL, 0UL), (reestablish.ChannelId, reestablish.NextCommitmentNumber, reestablish.NextRevocationNumber));
        Assert.Equal(default, reestablish.YourLastPerCommitmentSecret);
        Assert.Null(reestablish.NextFunding);
    }

    [Fact]
    public async Task The_nodes_channel_reestablish_has_the_numbers_of_what_it_expects_next_and_the_last_secret_it_received()
    {
        await using var met = await Paid();
        var commitments = met.Channel.Commitments;
        await met.Mallory.Reconnect();
        var reestablish = await met.Mallory.Expect<ChannelReestablish>();
        Assert.Equal(commitments.RemoteNumber + 1, reestablish.NextCommitmentNumber);
        Assert.Equal(commitments.LocalNumber, reestablish.NextRevocationNumber);
        Assert.Equal(met.Channel.Signer.PerCommitmentSecret(commitments.LocalNumber - 1), reestablish.YourLastPerCommitmentSecret);
    }

    [Fact]
    public async Task The_node_sends_channel_reestablish_for_each_channel_and_nothing_else_before_the_peers()
    {
        await using var met = await Encounter.Opened();
        var other = await met.Mallory.OpenTo("alice", Encounter.Capacity, new MilliSatoshi(500_000_000));
        await met.Mallory.Disconnect();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Mallory.Connect("alice");
        var ids = new HashSet<ChannelId> { (await met.Mallory.Expect<ChannelReestablish>()).ChannelId, (await met.Mallory.Expect<ChannelReestablish>()).ChannelId };
        Assert.True(ids.SetEquals([met.Channel.Id, other.Id]));
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task What_a_peer_sends_before_its_channel_reestablish_does_not_count()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Mallory.Send(new UpdateAddHtlc(met.Channel.Id, 0, new(10_000_000), default, met.Net.Chain.Height + 100, Bytes.Wrap(new byte[1366])));
        await met.Mallory.ExpectNothing();
        await met.Channel.Run();
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task Channel_ready_is_sent_again_while_both_expect_commitment_1()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>();
        await met.Channel.Hear<ChannelReady>();
        await met.Mallory.ExpectNothing();
        await met.Channel.Run();
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task Channel_ready_is_not_sent_again_after_commitment_1()
    {
        await using var met = await Paid();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>();
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        met.Channel.ShouldBeUsable();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_commitment_signed_is_sent_again_with_the_same_updates_and_number(bool isAddOnly)
    {
        await using var met = await Encounter.Accepted();
        var invoice = met.Mallory.Invoice(new(10_000_000));
        var payment = await met.Alice.StartPayment(invoice);
        var add = isAddOnly ? await met.Channel.Hear<UpdateAddHtlc>() : await met.Mallory.Expect<UpdateAddHtlc>();
        var signed = await met.Mallory.Expect<CommitmentSigned>();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>(reestablish =>
        {
            Assert.Equal(1UL, reestablish.NextCommitmentNumber);
            return reestablish;
        });
        await met.Channel.Hear<ChannelReady>();
        Assert.Equal(add, await met.Channel.Hear<UpdateAddHtlc>());
        Assert.Equal(signed, await met.Channel.Hear<CommitmentSigned>());
        await met.Channel.Run();
        met.Channel.Fulfill(0, invoice.Preimage!.Value);
        await met.Channel.Run();
        (await payment.End()).ShouldSettle();
    }

    [Fact]
    public async Task A_lost_revoke_and_ack_is_sent_again()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.HoldInvoice(20_000.Sat()));
        await met.Channel.SendNext<UpdateAddHtlc>();
        await met.Channel.SendNext<CommitmentSigned>();
        var revocation = await met.Mallory.Expect<RevokeAndAck>();
        await met.Mallory.Expect<CommitmentSigned>();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>();
        Assert.Equal(revocation, await met.Channel.Hear<RevokeAndAck>());
        await met.Channel.Hear<CommitmentSigned>();
        await met.Channel.Run();
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task A_lost_commitment_signed_and_a_lost_revoke_and_ack_are_sent_again_in_the_order_in_which_they_were_sent()
    {
        await using var met = await Encounter.Opened();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Mallory.Expect<UpdateAddHtlc>();
        await met.Mallory.Expect<CommitmentSigned>();
        met.Channel.Pay(await met.Alice.HoldInvoice(20_000.Sat()));
        await met.Channel.SendNext<UpdateAddHtlc>();
        await met.Channel.SendNext<CommitmentSigned>();
        await met.Mallory.Expect<RevokeAndAck>();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>();
        await met.Channel.Hear<UpdateAddHtlc>();
        await met.Channel.Hear<CommitmentSigned>();
        await met.Channel.Hear<RevokeAndAck>();
        await met.Channel.Run();
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task A_peer_that_sends_again_in_another_order_is_answered_by_a_warning_and_the_end_of_the_connection()
    {
        await using var met = await Encounter.Accepted();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Channel.Hear<UpdateAddHtlc>();
        await met.Channel.Hear<CommitmentSigned>();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>();
        var revocation = met.Channel.Take<RevokeAndAck>();
        await met.Mallory.Send(met.Channel.Take<CommitmentSigned>(), revocation);
        await met.Channel.ExpectWarningAndClose("InvalidCommitmentSignature");
    }

    [Theory]
    [MemberData(nameof(Reestablishments))]
    public async Task A_channel_reestablish_fails_the_channel_if(string reason)
    {
        await using var met = await Paid();
        await met.Mallory.Reconnect();
        await met.Mallory.Expect<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>(reestablish => Refused[reason].Change(met.Channel, reestablish));
        await met.Channel.ExpectFailure(Refused[reason].Error);
    }

    // BOLT 2 looks at next_commitment_number alone: where it is that of the last commitment_signed, that one is sent again. To fail the channel is this node's own
    // decision: the peer has revoked the commitment before, so it had this one, and it has lost what it had since.
    [Fact]
    public async Task A_peer_that_expects_a_commitment_again_whose_predecessor_it_has_revoked_has_lost_data_and_the_channel_fails()
    {
        await using var met = await Paid();
        await met.Mallory.Reconnect();
        await met.Mallory.Expect<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>(static reestablish => reestablish with { NextCommitmentNumber = reestablish.NextCommitmentNumber - 1 });
        await met.Channel.ExpectFailure("next_commitment_number 2, 3 expected");
    }

    // Neither commitment number was ever used: there is no secret to send.
    [Fact]
    public async Task A_secret_in_the_channel_reestablish_of_a_new_channel_fails_it()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Reconnect();
        await met.Mallory.Expect<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>(static reestablish => reestablish with { YourLastPerCommitmentSecret = Hashes.Sha256("wrong"u8) });
        await met.Channel.ExpectFailure("your_last_per_commitment_secret is wrong");
    }

    [Fact]
    public async Task A_revocation_that_the_node_has_never_sent_is_not_expected_of_a_new_channel()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Reconnect();
        await met.Mallory.Expect<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>(static reestablish => reestablish with { NextRevocationNumber = 1 });
        await met.Channel.ExpectFailure("next_revocation_number 1 without a proof; 0 expected");
    }

    [Fact]
    public async Task A_node_that_is_shown_to_be_behind_does_not_publish_its_commitment_and_asks_the_peer_to_close()
    {
        await using var met = await Encounter.ShownToBeBehind();
        await met.Mallory.ExpectError("please publish your commitment");
        await met.Net.Mine(10);
        Assert.Null(met.Channel.Spender());
        Assert.Equal(nameof(WaitForRemoteClose), met.Channel.StateAtNode);
    }

    [Fact]
    public async Task My_current_per_commitment_point_is_ignored()
    {
        await using var met = await Paid();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>(reestablish => reestablish with { MyCurrentPerCommitmentPoint = met.Mallory.NodeKey.PubKey });
        await met.Mallory.ExpectNothing();
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task A_my_current_per_commitment_point_that_is_no_point_ends_the_connection_and_not_the_channel()
    {
        await using var met = await Paid();
        await met.Mallory.Reconnect();
        await met.Mallory.Expect<ChannelReestablish>();
        var reestablish = MessageCodec.Encode(met.Channel.Take<ChannelReestablish>());
        reestablish[2 + 32 + 8 + 8 + 32] = 5;
        await met.Mallory.SendRaw(reestablish);
        await met.Mallory.ExpectDisconnect();
        met.Channel.ShouldBeOpen();
        await met.Mallory.Connect("alice");
        await met.Channel.Run();
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task A_failed_channel_answers_with_its_error_again_and_with_nothing_else()
    {
        await using var met = await Encounter.Accepted();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Channel.Hear<UpdateAddHtlc>();
        await met.Channel.Hear<CommitmentSigned>();
        await met.Channel.SendNext<RevokeAndAck>(static revocation => revocation with { PerCommitmentSecret = default });
        await met.Channel.ExpectFailure("a secret that does not fit");
        await met.Mallory.Reconnect();
        Assert.Equal(met.Channel.Id, (await met.Mallory.ExpectError("a secret that does not fit")).ChannelId);
        await met.Channel.SendNext<ChannelReestablish>();
        await met.Mallory.Send(new Shutdown(met.Channel.Id, met.Channel.ShutdownScript));
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_fundee_remembers_a_channel_once_it_has_sent_funding_signed()
    {
        await using var met = await Encounter.Connected();
        var channel = met.Mallory.BeginChannel(Encounter.Capacity);
        await IsRememberedAsync(met, channel);
    }

    [Fact]
    public async Task A_funder_remembers_a_channel_once_it_has_published_the_funding_transaction()
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await IsRememberedAsync(met, channel);
    }

    [Fact]
    public async Task A_funder_does_not_remember_a_channel_that_the_peer_has_not_signed()
    {
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        await channel.SendNext<AcceptChannel>();
        await channel.Hear<FundingCreated>();
        await met.Mallory.Reconnect();
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        Assert.Equal("gone", channel.StateAtNode);
        Assert.True(met.Mallory.Opening.IsFaulted);
    }

    [Fact]
    public async Task Shutdown_is_sent_again()
    {
        await using var met = await Encounter.Opened();
        await met.Channel.NodeCloses();
        var shutdown = await met.Mallory.Expect<Shutdown>();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.SendNext<ChannelReestablish>();
        Assert.Equal(shutdown, await met.Channel.Hear<Shutdown>());
        await met.Channel.Run();
        Assert.NotNull(met.Channel.Spender());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_closing_negotiation_begins_anew(bool isSimple)
    {
        await using var met = await Encounter.Opened(isSimple ? null : Encounter.Legacy);
        met.Channel.Close();
        await met.Channel.SendNext<Shutdown>();
        await met.Channel.Hear<Shutdown>();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        await met.Channel.Run();
        Assert.NotNull(met.Channel.Spender());
    }

    [Fact]
    public async Task A_channel_reestablish_of_an_unknown_channel_is_answered_by_an_error()
    {
        await using var met = await Encounter.Opened();
        var unknown = new ChannelId(Bytes32.FromHex(new string('7', 64)));
        await met.Mallory.Send(new ChannelReestablish(unknown, 1, 0, default, met.Mallory.NodeKey.PubKey));
        Assert.Equal(unknown, (await met.Mallory.ExpectError("unknown channel", TimeSpan.FromSeconds(10))).ChannelId);
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task A_second_channel_reestablish_on_one_connection_changes_nothing()
    {
        await using var met = await Paid();
        await met.Mallory.Reconnect();
        await met.Channel.Hear<ChannelReestablish>();
        var reestablish = await met.Channel.SendNext<ChannelReestablish>();
        await met.Mallory.Send(reestablish with { NextCommitmentNumber = 0 });
        await met.Mallory.ExpectNothing();
        met.Channel.ShouldBeUsable();
    }

    // Mallory has paid alice: both are beyond commitment 1.
    private static async Task<Encounter> Paid()
    {
        var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.Run();
        return met;
    }

    private static async Task IsRememberedAsync(Encounter met, ScriptedChannel channel)
    {
        await channel.Run();
        await met.Mallory.Reconnect();
        Assert.Equal(channel.Id, (await channel.Hear<ChannelReestablish>()).ChannelId);
        await channel.Run();
        await channel.Confirm();
        channel.ShouldBeUsable();
    }
}
