using Lightning.Actors.Api;
using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Normal Operation": update_add_htlc, the removal of HTLCs, their deadlines.</summary>
public sealed class Bolt2OperationTests
{
    private static readonly PaymentHash Hash = new(Bytes32.FromHex(new string('5', 64)));

    private static readonly Dictionary<string, (string Warning, Func<UpdateAddHtlc, UpdateAddHtlc> Change)> RefusedAdds = new(StringComparer.Ordinal)
    {
        ["amount_msat is 0"] = ("HTLC of 0 msat, below the minimum", static add => add with { Amount = default }),
        ["the sender cannot afford it"] = ("An HTLC of 500000000 msat leaves", static add => add with { Amount = new(500_000_000) }),
        ["the sender cannot keep its reserve, pay the fee and the anchors"] = ("An HTLC of 486100001 msat leaves", static add => add with { Amount = new(486_100_001) }),
        ["cltv_expiry is 500000000 or more"] = ("cltv_expiry 500000000 is no block height", static add => add with { CltvExpiry = 500_000_000 }),
        ["the first id is not 0"] = ("HTLC id 1 where 0 is next", static add => add with { Id = 1 }),
    };

    private static readonly Dictionary<string, (string Warning, Func<ScriptedChannel, UpdateAddHtlc, LightningMessage> Make)> RefusedRemovals = new(StringComparer.Ordinal)
    {
        ["update_fulfill_htlc names no HTLC"] = ("There is no HTLC 7 to settle", static (channel, _) => new UpdateFulfillHtlc(channel.Id, 7, default)),
        ["update_fail_htlc names no HTLC"] = ("There is no HTLC 7 to settle", static (channel, _) => new UpdateFailHtlc(channel.Id, 7, Bytes.Wrap(new byte[292]))),
        ["update_fail_malformed_htlc names no HTLC"] = ("There is no HTLC 7 to settle", static (channel, _) => new UpdateFailMalformedHtlc(channel.Id, 7, default, 0xC005)),
        ["the preimage does not hash to payment_hash"] = ("The preimage of HTLC 0 does not fit", static (channel, add) => new UpdateFulfillHtlc(channel.Id, add.Id, default)),
        ["BADONION is not set in failure_code"] = ("update_fail_malformed_htlc of HTLC 0 without BADONION", static (channel, add) => new UpdateFailMalformedHtlc(channel.Id, add.Id, Hashes.Sha256(add.OnionRoutingPacket.Span), 0x4005)),
    };

    public static TheoryData<string> Adds => [.. RefusedAdds.Keys];

    public static TheoryData<string> Removals => [.. RefusedRemovals.Keys];

    [Theory]
    [MemberData(nameof(Adds))]
    public async Task An_update_add_htlc_is_answered_by_a_warning_and_the_end_of_the_connection_if(string reason)
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(RefusedAdds[reason].Change(Add(met)));
        await met.Channel.ExpectWarningAndClose(RefusedAdds[reason].Warning);
    }

    [Fact]
    public async Task An_HTLC_that_the_sender_can_just_afford_is_taken()
    {
        await using var met = await Encounter.Opened();
        var add = Add(met) with { Amount = new(486_100_000) };
        await met.Mallory.Send(add, met.Channel.Sign(add));
        await met.Mallory.Expect<RevokeAndAck>();
    }

    [Fact]
    public async Task More_HTLCs_than_max_accepted_htlcs_are_not_taken()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send([.. Enumerable.Range(0, 483).Select(id => Add(met) with { Id = (ulong)id, Amount = new(1_000) })]);
        await met.Mallory.ExpectNothing();
        await met.Mallory.Send(Add(met) with { Id = 483, Amount = new(1_000) });
        await met.Channel.ExpectWarningAndClose("More than 483 HTLCs");
    }

    [Theory]
    [InlineData("max_htlc_value_in_flight_msat", 100_000_001, "HTLCs of 100000001 msat in flight, above 100000000 msat")]
    [InlineData("htlc_minimum_msat", 4_999, "HTLC of 4999 msat, below the minimum of 5000 msat")]
    public async Task An_HTLC_beyond_what_the_node_asked_for_is_not_taken(string limit, long amount, string warning)
    {
        Assert.NotEmpty(limit);
        await using var met = await Encounter.Opened(alice: new ChannelConfig { Network = Network.Regtest, MaxInFlightPercent = 10, HtlcMinimum = new(5_000) });
        await met.Mallory.Send(Add(met) with { Amount = new(amount) });
        await met.Channel.ExpectWarningAndClose(warning);
    }

    [Theory]
    [InlineData("used twice", 0, "HTLC id 0 where 1 is next")]
    [InlineData("left out", 2, "HTLC id 2 where 1 is next")]
    public async Task An_id_is_not(string how, ulong second, string warning)
    {
        Assert.NotEmpty(how);
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(Add(met), Add(met) with { Id = second });
        await met.Channel.ExpectWarningAndClose(warning);
    }

    [Fact]
    public async Task Ids_do_not_begin_anew_after_HTLCs_are_gone()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.Run();
        await met.Mallory.Send(Add(met));
        await met.Channel.ExpectWarningAndClose("HTLC id 0 where 1 is next");
    }

    [Theory]
    [InlineData(490_000_001, false)]
    [InlineData(490_000_000, true)]
    public async Task A_peer_that_does_not_pay_the_fee_keeps_its_reserve(long amount, bool isTaken)
    {
        await using var met = await Encounter.Accepted();
        await met.Mallory.Send(Add(met) with { Amount = new(amount) });
        if (isTaken) await met.Mallory.ExpectNothing();
        else await met.Channel.ExpectWarningAndClose($"An HTLC of {amount} msat leaves");
    }

    [Fact]
    public async Task HTLCs_without_an_output_beyond_what_may_be_lost_to_dust_are_failed_once_they_are_committed()
    {
        // 71 of them are 24,850 sat, of the 25,000 sat that this node risks.
        var part = new MilliSatoshi(350_000);
        await using var met = await Encounter.Opened(new ScriptedPeerOptions { Channels = new ChannelConfig { Network = Network.Regtest, MaxDustExposure = new(1_000_000_000) } });
        var invoice = await met.Alice.HoldInvoice(100_000.Sat());
        for (var i = 0; i < 75; i++)
        {
            var onion = met.Mallory.OnionFor(invoice, out var expiry, payload => payload with { AmountToForward = part });
            met.Channel.Add(part, invoice.PaymentHash, expiry, onion);
        }

        await met.Channel.Run();
        Assert.Equal(4, met.Channel.Failures.Count());
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task HTLCs_of_one_payment_hash_are_taken_side_by_side()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Add(new(10_000_000), Hash, met.Net.Chain.Height + 100);
        met.Channel.Add(new(10_000_000), Hash, met.Net.Chain.Height + 100);
        await met.Channel.Run();
        Assert.Equal(2, met.Channel.Failures.Count());
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task An_id_that_was_not_committed_is_used_again_after_a_reconnection()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(Add(met));
        await met.Mallory.Reconnect();
        await met.Channel.Run();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        Assert.Equal(0UL, Assert.IsType<UpdateAddHtlc>(met.Channel.Outbox.First()).Id);
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
    }

    [Fact]
    public async Task The_node_counts_ids_from_0_and_on_after_HTLCs_are_gone()
    {
        await using var met = await Encounter.Accepted();
        for (var i = 0; i < 3; i++)
        {
            var invoice = met.Mallory.Invoice(new(10_000_000));
            var payment = await met.Alice.StartPayment(invoice);
            await met.Channel.Run();
            Assert.Equal((ulong)i, met.Channel.Incoming.Last().Id);
            met.Channel.Fulfill((ulong)i, invoice.Preimage!.Value);
            await met.Channel.Run();
            (await payment.End()).ShouldSettle();
        }

        Assert.All(met.Mallory.Received.OfType<UpdateAddHtlc>(), static add =>
        {
            Assert.True(add.Amount > MilliSatoshi.Zero);
            Assert.True(add.CltvExpiry < 500_000_000);
        });
    }

    [Theory]
    [InlineData("its balance above the reserve", 491_000, PaymentFailureReason.InsufficientBalance)]
    [InlineData("max_htlc_value_in_flight_msat", 200_000, PaymentFailureReason.InsufficientBalance)]
    [InlineData("htlc_minimum_msat", 5, PaymentFailureReason.NoRoute)]
    public async Task The_node_offers_no_HTLC_beyond(string limit, int sat, PaymentFailureReason told)
    {
        var limits = limit switch
        {
            "max_htlc_value_in_flight_msat" => new ChannelConfig { Network = Network.Regtest, MaxInFlightPercent = 10 },
            "htlc_minimum_msat" => new ChannelConfig { Network = Network.Regtest, HtlcMinimum = new(6_000) },
            _ => new ChannelConfig { Network = Network.Regtest },
        };
        await using var met = await Encounter.Accepted(new ScriptedPeerOptions { Channels = limits });
        var payment = await met.Alice.StartPayment(met.Mallory.Invoice(sat.Sat().ToMilliSatoshi()));
        (await payment.End()).ShouldFailWith(told);
        await met.Mallory.ExpectNothing();
        Assert.DoesNotContain(met.Mallory.Received, static message => message is UpdateAddHtlc or CommitmentSigned);
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task The_node_offers_no_more_HTLCs_than_max_accepted_htlcs()
    {
        await using var met = await Encounter.Accepted(new ScriptedPeerOptions { Channels = new ChannelConfig { Network = Network.Regtest, MaxAcceptedHtlcs = 2 } });
        for (var i = 0; i < 3; i++) await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Channel.Run();
        Assert.Equal(2, met.Mallory.Received.OfType<UpdateAddHtlc>().Count());
        Assert.Equal(2, met.Channel.Commitments.Latest.LocalSpec.Htlcs.Length);
    }

    [Fact]
    public async Task An_HTLC_is_not_settled_before_it_is_irrevocably_committed_in_both_commitments()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.SendNext<UpdateAddHtlc>();
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        await met.Channel.SendNext<CommitmentSigned>();
        await met.Channel.Hear<RevokeAndAck>();
        await met.Channel.Hear<CommitmentSigned>();
        await met.Mallory.ExpectNothing(TimeSpan.FromMinutes(1));
        await met.Channel.SendNext<RevokeAndAck>();
        await met.Channel.Hear<UpdateFulfillHtlc>();
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task The_removal_of_an_HTLC_is_answered_by_a_warning_and_the_end_of_the_connection_if(string reason)
    {
        await using var met = await Encounter.Accepted();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Channel.Run();
        await met.Mallory.Send(RefusedRemovals[reason].Make(met.Channel, met.Mallory.Received.OfType<UpdateAddHtlc>().Single()));
        await met.Channel.ExpectWarningAndClose(RefusedRemovals[reason].Warning);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_HTLC_that_is_not_in_the_nodes_commitment_yet_cannot_be_removed(bool isRevoked)
    {
        await using var met = await Encounter.Accepted();
        var invoice = met.Mallory.Invoice(new(10_000_000));
        await met.Alice.StartPayment(invoice);
        var add = await met.Channel.Hear<UpdateAddHtlc>();
        await met.Channel.Hear<CommitmentSigned>();
        if (isRevoked) await met.Channel.SendNext<RevokeAndAck>();
        await met.Mallory.Send(new UpdateFailHtlc(met.Channel.Id, add.Id, Bytes.Wrap(new byte[292])));
        await met.Channel.ExpectWarningAndClose("There is no HTLC 0 to settle");
    }

    [Fact]
    public async Task An_HTLC_cannot_be_removed_twice()
    {
        await using var met = await Encounter.Accepted();
        var invoice = met.Mallory.Invoice(new(10_000_000));
        await met.Alice.StartPayment(invoice);
        await met.Channel.Run();
        met.Channel.Fulfill(0, invoice.Preimage!.Value);
        var fulfill = await met.Channel.SendNext<UpdateFulfillHtlc>();
        await met.Mallory.Send(fulfill);
        await met.Channel.ExpectWarningAndClose("HTLC 0 is settled twice");
    }

    [Fact]
    public async Task A_peer_cannot_remove_an_HTLC_of_its_own()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.HoldInvoice(20_000.Sat());
        met.Channel.Pay(invoice);
        await met.Channel.Run();
        await met.Mallory.Send(new UpdateFulfillHtlc(met.Channel.Id, 0, invoice.Preimage!.Value));
        await met.Channel.ExpectWarningAndClose("There is no HTLC 0 to settle");
    }

    [Fact]
    public async Task The_channel_is_failed_when_an_offered_HTLC_is_past_its_deadline()
    {
        await using var met = await Encounter.Opened();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Channel.Run();
        var expiry = met.Channel.Incoming.Single().CltvExpiry;
        await met.Net.Mine((int)(expiry - met.Net.Chain.Height));
        met.Channel.ShouldBeOpen();
        await met.Net.Mine(3);
        await met.Channel.ExpectFailure("HTLC 0 expired at");
    }

    [Fact]
    public async Task The_channel_is_failed_when_a_fulfilled_HTLC_is_near_its_expiry()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.SendAll();
        await met.Channel.Hear<RevokeAndAck>();
        await met.Channel.Hear<CommitmentSigned>();
        await met.Channel.SendAll();
        await met.Mallory.Expect<UpdateFulfillHtlc>();
        await met.Mallory.Expect<CommitmentSigned>();
        var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs.Single().CltvExpiry;
        await met.Net.Mine((int)(expiry - met.Net.Chain.Height) - 20);
        met.Channel.ShouldBeOpen();
        await met.Net.Mine(5);
        await met.Channel.ExpectFailure("HTLC 0 is fulfilled and expires at");
    }

    [Fact]
    public async Task A_held_HTLC_is_failed_before_it_expires()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.HoldInvoice(20_000.Sat()));
        await met.Channel.Run();
        await met.Mallory.ExpectNothing();
        var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs.Single().CltvExpiry;
        await met.Net.Mine((int)(expiry - met.Net.Chain.Height) - 20);
        await met.Net.Advance(TimeSpan.FromMinutes(1));
        await met.Channel.Run();
        Assert.Single(met.Channel.Failures);
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task An_error_state_takes_no_more_updates()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(new Error(met.Channel.Id, "no more"));
        met.Channel.ShouldBeFailed();
        await met.Mallory.Send(Add(met));
        Assert.Equal(nameof(Closing), met.Channel.StateAtNode);
    }

    private static UpdateAddHtlc Add(Encounter met) =>
        new(met.Channel.Id, 0, new(10_000_000), Hash, met.Net.Chain.Height + 100, Bytes.Wrap(new byte[UpdateAddHtlc.OnionLength]));
}
