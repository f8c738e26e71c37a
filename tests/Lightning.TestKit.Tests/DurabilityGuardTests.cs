using Lightning.Actors.Channels;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests;

/// <summary>What leaves an entity before it is durable is noticed in every scenario.</summary>
public sealed class DurabilityGuardTests
{
    private static readonly HtlcOrigin Unknown = new HtlcOrigin.Local(default, 7, 7);

    [Theory]
    [InlineData("commitment_signed")]
    [InlineData("revoke_and_ack")]
    [InlineData("update_add_htlc")]
    [InlineData("update_fulfill_htlc")]
    [InlineData("update_fail_htlc")]
    [InlineData("update_fee")]
    [InlineData("channel_reestablish")]
    [InlineData("shutdown")]
    [InlineData("closing_signed")]
    [InlineData("error")]
    public Task What_is_not_durable_must_not_be_sent(string message) => NoticedAsync((alice, entry, _) =>
    {
        var id = entry.Funded!.Commitments.Id;
        var point = entry.Funded.Commitments.RemotePoint;
        LightningMessage premature = message switch
        {
            "commitment_signed" => new CommitmentSigned(id, default(EcdsaSignature), []),
            "revoke_and_ack" => new RevokeAndAck(id, Bytes32.Zero, point),
            "update_add_htlc" => new UpdateAddHtlc(id, 9, 1_000.Msat(), default, 500, Bytes.Wrap(new byte[UpdateAddHtlc.OnionLength])),
            "update_fulfill_htlc" => new UpdateFulfillHtlc(id, 0, default),
            "update_fail_htlc" => new UpdateFailHtlc(id, 0, Bytes.Empty),
            "update_fee" => new UpdateFee(id, new FeeratePerKw(1_000)),
            "channel_reestablish" => new ChannelReestablish(id, 77, 3, Bytes32.Zero, point),
            "shutdown" => new Shutdown(id, new Lightning.Bitcoin.Scripts.Script(Bytes.Wrap([0, 20, .. new byte[20]]))),
            "closing_signed" => new ClosingSigned(id, 100.Sat(), default),
            _ => new Error(id, new Bytes("no"u8)),
        };
        alice.Performing(entry.Key, new ChannelAction.Send(premature));
    });

    [Theory]
    [InlineData("publish")]
    [InlineData("offer")]
    [InlineData("accept")]
    [InlineData("refuse")]
    [InlineData("settle")]
    public Task What_is_not_durable_must_not_be_done(string what) => NoticedAsync((alice, entry, held) => alice.Performing(entry.Key, what switch
    {
        "publish" => new ChannelAction.Publish(alice.SignCommitment(entry.Funded!), TransactionPurpose.Commitment),
        "offer" => new ChannelAction.HtlcReceived(new CommitmentUpdate.AddHtlc(99, 1_000.Msat(), default, 500, Bytes.Empty, null), default, null, MustFail: false),
        "accept" => new ChannelAction.HtlcAccepted(Unknown, 99),
        "refuse" => new ChannelAction.HtlcRefused(Unknown, AddRefusal.TooLate),
        _ => new ChannelAction.SettlementAccepted(held),
    }));

    [Fact]
    public Task An_invoice_that_is_not_settled_must_not_settle_a_part() =>
        NoticedAsync((alice, entry, held) => alice.Guard.Sent(new SettlePart(entry.Key, held, new PaymentPreimage(Bytes32.Zero))));

    [Fact]
    public Task A_payment_must_not_send_a_part_that_is_not_durable() => NoticedAsync((alice, entry, _) => alice.Guard.Sent(
        new ChannelRequest(entry.Key, new ChannelCommand.AddHtlc(Unknown, 1_000.Msat(), default, 500, Bytes.Empty, null, 500))));

    [Fact]
    public Task A_channel_must_not_forward_over_another_channel_than_is_durable() => NoticedAsync((alice, entry, held) => alice.Guard.Sent(
        new ChannelRequest(new LocalChannelKey(9, 9), new ChannelCommand.AddHtlc(new HtlcOrigin.Relayed(entry.Key, held), 1_000.Msat(), default, 500, Bytes.Empty, null, 500))));

    // Alice holds a payment of bob's in the channel, so that there is something to do wrong.
    private static async Task NoticedAsync(Action<ScenarioNode, ChannelEntry, ulong> wrong)
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        (await net["alice"].Pay(await net["bob"].Invoice(1_000.Sat()))).ShouldSettle();
        (await net["bob"].StartPayment(await net["alice"].HoldInvoice(1_000.Sat()))).ShouldBeInFlight();
        var entry = channel.EntryAt("alice")!;
        wrong(net["alice"], entry, entry.Funded!.Commitments.Incoming.Keys.Single());
        var seen = await Assert.ThrowsAsync<ScenarioException>(() => net.Advance(TimeSpan.FromSeconds(1)));
        Assert.Contains("before it is durable", seen.Message, StringComparison.Ordinal);
        Assert.Contains("alice", seen.Message.Split('\n')[0], StringComparison.Ordinal);
    }
}
