using Lightning.Actors.Api;
using Lightning.Actors.Channels;
using Lightning.Actors.Invoices;
using Lightning.Actors.Invoices.Messages;
using Lightning.Actors.Journal;
using Lightning.Actors.Payments;
using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Registry;
using Lightning.Actors.Wallet;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;
using Lightning.TestKit.Guards;
using InvoiceState = Lightning.Actors.Api.InvoiceState;

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
    [InlineData("closing_complete")]
    [InlineData("closing_sig")]
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
            "closing_complete" => new ClosingComplete(id, default, default, 100.Sat(), 0),
            "closing_sig" => new ClosingSig(id, default, default, 100.Sat(), 0) { CloserOutputOnly = default(EcdsaSignature) },
            _ => new Error(id, new Bytes("no"u8)),
        };
        alice.Performing(entry.Key, new ChannelAction.Send(premature));
    });

    [Theory]
    [InlineData("publish")]
    [InlineData("closing")]
    [InlineData("claim")]
    [InlineData("coins")]
    [InlineData("script")]
    [InlineData("closed")]
    [InlineData("closed by force")]
    [InlineData("over")]
    [InlineData("forget")]
    [InlineData("offer")]
    [InlineData("accept")]
    [InlineData("refuse")]
    [InlineData("settle")]
    public Task What_is_not_durable_must_not_be_done(string what) => NoticedAsync((alice, entry, held) => alice.Performing(entry.Key, what switch
    {
        "publish" => new ChannelAction.Publish(alice.SignCommitment(entry.Funded!), TransactionPurpose.Commitment),
        "closing" => new ChannelAction.Publish(alice.SignCommitment(entry.Funded!), TransactionPurpose.MutualClose),
        "closed" => new ChannelAction.CommandDone(new ChannelCommand.CloseMutual()),
        "closed by force" => new ChannelAction.CommandDone(new ChannelCommand.ForceClose()),
        "over" => new ChannelAction.ReportClosed(CloseReason.Mutual),
        "claim" => new ChannelAction.Publish(alice.SignCommitment(entry.Funded!), TransactionPurpose.Anchor),
        "coins" => new ChannelAction.FundClaim(1, new CoinRequest(alice.SignCommitment(entry.Funded!), [], 0, 0, 0.Sat(), default, 0.Sat(), 0.Sat(), [])),
        "script" => new ChannelAction.RequestSweepScript(),
        "forget" => new ChannelAction.ReportForgotten(),
        "offer" => new ChannelAction.HtlcReceived(new CommitmentUpdate.AddHtlc(99, 1_000.Msat(), default, 500, Bytes.Empty, null), default, null, MustFail: false),
        "accept" => new ChannelAction.HtlcAccepted(Unknown, 99),
        "refuse" => new ChannelAction.HtlcRefused(Unknown, AddRefusal.TooLate),
        _ => new ChannelAction.SettlementAccepted(held),
    }));

    [Fact]
    public async Task A_claim_is_published_only_when_it_is_durable_and_keeps_its_coins_until_it_is_dropped()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        var (alice, key) = (net["alice"], channel.EntryAt("alice")!.Key);
        net.Chain.FillMempool(FeeratePerKw.FromSatPerVByte(20));
        await net.Advance(TimeSpan.FromMinutes(2));
        await alice.Close(channel, force: true);
        await net.Until(() => channel.Spender() is not null, "the commitment is paid for");

        var seen = new List<string>();
        var guard = new DurabilityGuard(alice.Keys, alice.Clock, seen.Add, static _ => true);
        guard.Restart([.. Durable(alice, null)]);
        var attempt = Assert.Single(Assert.IsType<Closing>(guard.DurableState(key)).Attempts.Items);
        guard.Performing(key, new ChannelAction.Publish(attempt.Transaction, attempt.Purpose));
        guard.Performing(key, new ChannelAction.ReleaseClaimCoins(attempt.Number + 1, AndLater: true));
        Assert.Empty(seen);
        guard.Performing(key, new ChannelAction.Publish(alice.SignCommitment(channel.EntryAt("alice")!.Funded!), attempt.Purpose));
        guard.Performing(key, new ChannelAction.FundClaim(attempt.Number, new CoinRequest(attempt.Transaction, [], 0, 0, 0.Sat(), default, 0.Sat(), 0.Sat(), [])));
        guard.Performing(key, new ChannelAction.ReleaseClaimCoins(attempt.Number));
        guard.Performing(key, new ChannelAction.ReleaseClaimCoins(0, AndLater: true));
        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public Task An_invoice_that_is_not_settled_must_not_settle_a_part() =>
        NoticedAsync((alice, entry, held) => alice.Guard.Sent(new SettlePart(entry.Key, held, new PaymentPreimage(Bytes32.Zero))));

    [Fact]
    public Task A_payment_must_not_send_a_part_that_is_not_durable() => NoticedAsync((alice, entry, _) => alice.Guard.Sent(
        new ChannelRequest(entry.Key, new ChannelCommand.AddHtlc(Unknown, 1_000.Msat(), default, 500, Bytes.Empty, null, 500))));

    [Fact]
    public Task A_channel_must_not_forward_over_another_channel_than_is_durable() => NoticedAsync((alice, entry, held) => alice.Guard.Sent(
        new ChannelRequest(new LocalChannelKey(9, 9), new ChannelCommand.AddHtlc(new HtlcOrigin.Relayed(entry.Key, held), 1_000.Msat(), default, 500, Bytes.Empty, null, 500))));

    [Theory]
    [InlineData("taken")]
    [InlineData("unknown")]
    public Task An_invoice_must_not_send_a_part_back_before_it_is_durable(string part) => NoticedAsync((alice, entry, held) =>
    {
        // The part that it holds, or one of an invoice that was never decided.
        if (part == "unknown") alice.Guard.Restart(Durable(alice, InvoiceActor.PersistencePrefix));
        alice.Guard.Sent(new FailPart(entry.Key, held, new FailureMessage(FailureCode.TemporaryNodeFailure)));
    });

    [Fact]
    public async Task An_invoice_may_repeat_what_it_has_sent_back_and_nothing_else()
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        var (alice, entry) = (net["alice"], channel.EntryAt("alice")!);
        var invoice = await alice.HoldInvoice(1_000.Sat());
        await net["bob"].StartPayment(invoice);
        var held = channel.CommitmentsAt("alice")!.Incoming.Keys.Single();
        var before = Durable(alice, InvoiceActor.PersistencePrefix).ToList();
        await alice.Cancel(invoice);
        var sentBack = Assert.Single((await alice.Lookup(invoice)).Htlcs);

        var seen = new List<string>();
        var guard = new DurabilityGuard(alice.Keys, alice.Clock, seen.Add, alice.IsBackedUp);
        guard.Restart([.. before, .. Durable(alice, null).Where(static row => row.PersistenceId.StartsWith(InvoiceActor.PersistencePrefix, StringComparison.Ordinal))]);
        guard.Sent(new FailPart(entry.Key, held, FailureMessage.IncorrectOrUnknownPaymentDetails(sentBack.Amount, net.Chain.Height)));
        var told = await alice.Lookup(invoice);
        guard.Answered(new InvoiceAnswer(told));
        Assert.Empty(seen);
        guard.Sent(new FailPart(entry.Key, held, new FailureMessage(FailureCode.TemporaryNodeFailure)));
        Assert.Single(seen);

        // The same id in another channel is another HTLC.
        guard.Answered(new InvoiceAnswer(told with { Htlcs = [sentBack with { ShortChannelId = new ShortChannelId(1, 2, 3) }] }));
        Assert.Equal(2, seen.Count);
    }

    [Theory]
    [InlineData("funding_created", null)]
    [InlineData("funding_created", ChannelRegistry.Name)]
    [InlineData("funding_created", WalletActor.Name)]
    [InlineData("funding_created", "channel-")]
    [InlineData("funding_created", "backup")]
    [InlineData("funding_signed", null)]
    [InlineData("funding_signed", ChannelRegistry.Name)]
    [InlineData("funding_signed", "channel-")]
    [InlineData("funding_signed", "backup")]
    public async Task A_channel_must_not_be_committed_to_before_it_is_registered_and_backed_up_and_its_coins_are_locked(string message, string? missing)
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat());
        var node = net[message == "funding_created" ? "alice" : "bob"];
        var entry = channel.EntryAt(node.Name)!;
        var seen = new List<string>();
        if (missing == "backup") node.Backup.Content = null;
        var guard = new DurabilityGuard(node.Keys, node.Clock, seen.Add, node.IsBackedUp);
        guard.Restart(Durable(node, missing));
        guard.Performing(entry.Key, new ChannelAction.Send(message == "funding_created"
            ? new FundingCreated(default, channel.Funding.TxId, (ushort)channel.Funding.Index, default)
            : new FundingSigned(entry.Funded!.Commitments.Id, default)));
        Assert.Equal(missing is null ? 0 : 1, seen.Count);
        Assert.All(seen, static what => Assert.Contains("before it is durable", what, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("failed")]
    [InlineData("preimage")]
    [InlineData("part")]
    [InlineData("failed part")]
    public Task A_payments_result_must_not_be_told_before_it_is_durable(string what) => NoticedAsync(async (alice, _, _) =>
    {
        var info = Assert.Single((await alice.Do(static api => api.ListPaymentsAsync(new ListPaymentsQuery()))).Payments);
        Assert.Equal(PaymentStatus.Succeeded, info.Status);
        var attempt = Assert.Single(info.Attempts);
        alice.Guard.Answered(new PaymentAnswer(what switch
        {
            "unknown" => info with { PaymentHash = default },
            "failed" => info with { Status = PaymentStatus.Failed, FailureReason = PaymentFailureReason.NoRoute },
            "preimage" => info with { Preimage = default(PaymentPreimage) },
            "part" => info with { Attempts = [attempt, attempt with { AttemptId = attempt.AttemptId + 1 }] },
            _ => info with { Attempts = [attempt with { Status = PaymentStatus.Failed }] },
        }));
    });

    [Theory]
    [InlineData("unknown")]
    [InlineData("settled")]
    [InlineData("canceled")]
    [InlineData("taken part")]
    [InlineData("failed part")]
    public Task An_invoices_result_must_not_be_told_before_it_is_durable(string what) => NoticedAsync(async (alice, _, _) =>
    {
        var info = Assert.Single((await alice.Do(static api => api.ListInvoicesAsync(new ListInvoicesQuery()))).Invoices);
        Assert.Equal(InvoiceState.Accepted, info.State);
        var htlc = Assert.Single(info.Htlcs);
        alice.Guard.Answered(new InvoiceAnswer(what switch
        {
            "unknown" => info with { PaymentHash = default },
            "settled" => info with { State = InvoiceState.Settled },
            "canceled" => info with { State = InvoiceState.Canceled },
            "taken part" => info with { Htlcs = [htlc with { State = InvoiceHtlcState.Settled }] },
            _ => info with { Htlcs = [htlc with { State = InvoiceHtlcState.Canceled }] },
        }));
    });

    [Theory]
    [InlineData(PaymentActor.PersistencePrefix)]
    [InlineData(InvoiceActor.PersistencePrefix)]
    public Task What_the_node_answers_is_compared_with_what_is_durable(string missing) => NoticedAsync(async (alice, _, _) =>
    {
        var payment = Assert.Single((await alice.Do(static api => api.ListPaymentsAsync(new ListPaymentsQuery()))).Payments);
        var invoice = Assert.Single((await alice.Do(static api => api.ListInvoicesAsync(new ListInvoicesQuery()))).Invoices);

        // As if the events were not there.
        alice.Guard.Restart(Durable(alice, missing));
        if (missing == PaymentActor.PersistencePrefix) await alice.TrackPayment(payment.PaymentHash);
        else await alice.Do(api => api.LookupInvoiceAsync(invoice.PaymentHash));
    });

    // What a node has written, but for the entities whose persistence id begins so.
    private static IEnumerable<JournalRow> Durable(ScenarioNode node, string? missing) => node.Disk.Entities()
        .Where(entity => missing is null || !entity.StartsWith(missing, StringComparison.Ordinal) || (missing == ChannelActor.PersistencePrefix && entity == ChannelRegistry.Name))
        .SelectMany(entity => node.Disk.Read(entity, 1, long.MaxValue, long.MaxValue));

    // Alice holds a payment of bob's in the channel, so that there is something to do wrong.
    private static Task NoticedAsync(Action<ScenarioNode, ChannelEntry, ulong> wrong) => NoticedAsync((alice, entry, held) =>
    {
        wrong(alice, entry, held);
        return Task.CompletedTask;
    });

    private static async Task NoticedAsync(Func<ScenarioNode, ChannelEntry, ulong, Task> wrong)
    {
        await using var net = await Scenario.Network("alice", "bob");
        var channel = await net.OpenChannel("alice", "bob", 1_000_000.Sat(), push: 400_000_000.Msat());
        (await net["alice"].Pay(await net["bob"].Invoice(1_000.Sat()))).ShouldSettle();
        (await net["bob"].StartPayment(await net["alice"].HoldInvoice(1_000.Sat()))).ShouldBeInFlight();
        var entry = channel.EntryAt("alice")!;
        var seen = await Assert.ThrowsAsync<ScenarioException>(async () =>
        {
            await wrong(net["alice"], entry, entry.Funded!.Commitments.Incoming.Keys.Single());
            await net.Advance(TimeSpan.FromSeconds(1));
        });
        Assert.Contains("before it is durable", seen.Message, StringComparison.Ordinal);
        Assert.Contains("alice", seen.Message.Split('\n')[0], StringComparison.Ordinal);
    }
}
