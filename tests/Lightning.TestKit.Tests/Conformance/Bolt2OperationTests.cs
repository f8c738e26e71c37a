using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Normal Operation": update_add_htlc, the removal of HTLCs, commitment_signed, revoke_and_ack, update_fee.</summary>
public sealed class Bolt2OperationTests
{
    private static readonly PaymentHash Hash = new(Bytes32.FromHex(new string('5', 64)));

    private static readonly Dictionary<string, Func<UpdateAddHtlc, UpdateAddHtlc>> RefusedAdds = new(StringComparer.Ordinal)
    {
        ["amount_msat is 0"] = static add => add with { Amount = default },
        ["the sender cannot afford it"] = static add => add with { Amount = new(500_000_000) },
        ["the sender cannot keep its reserve, pay the fee and the anchors"] = static add => add with { Amount = new(486_100_001) },
        ["cltv_expiry is 500000000 or more"] = static add => add with { CltvExpiry = 500_000_000 },
        ["the first id is not 0"] = static add => add with { Id = 1 },
    };

    private static readonly Dictionary<string, Func<ScriptedChannel, CommitmentSigned, CommitmentSigned>> RefusedSignatures = new(StringComparer.Ordinal)
    {
        ["signature is not valid"] = static (channel, signed) => signed with { Signature = channel.WrongSignature },
        ["signature has a high S"] = static (_, signed) => signed with { Signature = Encounter.HighS(signed.Signature) },
        ["num_htlcs is less than there are outputs"] = static (_, signed) => signed with { HtlcSignatures = [] },
        ["num_htlcs is more than there are outputs"] = static (channel, signed) => signed with { HtlcSignatures = [.. signed.HtlcSignatures, channel.WrongSignature] },
        ["an htlc_signature is not valid"] = static (channel, signed) => signed with { HtlcSignatures = [channel.WrongSignature] },
        ["an htlc_signature has a high S"] = static (_, signed) => signed with { HtlcSignatures = [Encounter.HighS(signed.HtlcSignatures[0])] },
    };

    private static readonly Dictionary<string, Func<ScriptedChannel, UpdateAddHtlc, LightningMessage>> RefusedRemovals = new(StringComparer.Ordinal)
    {
        ["update_fulfill_htlc names no HTLC"] = static (channel, _) => new UpdateFulfillHtlc(channel.Id, 7, default),
        ["update_fail_htlc names no HTLC"] = static (channel, _) => new UpdateFailHtlc(channel.Id, 7, Bytes.Wrap(new byte[292])),
        ["update_fail_malformed_htlc names no HTLC"] = static (channel, _) => new UpdateFailMalformedHtlc(channel.Id, 7, default, 0xC005),
        ["the preimage does not hash to payment_hash"] = static (channel, add) => new UpdateFulfillHtlc(channel.Id, add.Id, default),
        ["BADONION is not set in failure_code"] = static (channel, add) => new UpdateFailMalformedHtlc(channel.Id, add.Id, Hashes.Sha256(add.OnionRoutingPacket.Span), 0x4005),
    };

    public static TheoryData<string> Adds => [.. RefusedAdds.Keys];

    public static TheoryData<string> Signatures => [.. RefusedSignatures.Keys];

    public static TheoryData<string> Removals => [.. RefusedRemovals.Keys];

    [Theory]
    [MemberData(nameof(Adds))]
    public async Task An_update_add_htlc_is_answered_by_a_warning_and_the_end_of_the_connection_if(string reason)
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(RefusedAdds[reason](Add(met)));
        await met.Channel.ExpectWarningAndClose();
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
        await met.Channel.ExpectWarningAndClose();
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
    [InlineData("its balance above the reserve", 491_000)]
    [InlineData("max_htlc_value_in_flight_msat", 200_000)]
    [InlineData("htlc_minimum_msat", 5)]
    public async Task The_node_offers_no_HTLC_beyond(string limit, int sat)
    {
        var limits = limit switch
        {
            "max_htlc_value_in_flight_msat" => new ChannelConfig { Network = Network.Regtest, MaxInFlightPercent = 10 },
            "htlc_minimum_msat" => new ChannelConfig { Network = Network.Regtest, HtlcMinimum = new(6_000) },
            _ => new ChannelConfig { Network = Network.Regtest },
        };
        await using var met = await Encounter.Accepted(new ScriptedPeerOptions { Channels = limits });
        var payment = await met.Alice.StartPayment(met.Mallory.Invoice(sat.Sat().ToMilliSatoshi()));
        await met.Mallory.ExpectNothing();
        Assert.True((await payment.End()).HasEnded);
        await met.Mallory.ExpectNothing();
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
        await met.Mallory.Send(RefusedRemovals[reason](met.Channel, met.Mallory.Received.OfType<UpdateAddHtlc>().Single()));
        await met.Channel.ExpectWarningAndClose();
    }

    [Fact]
    public async Task An_HTLC_that_is_not_in_the_nodes_commitment_yet_cannot_be_removed()
    {
        await using var met = await Encounter.Accepted();
        var invoice = met.Mallory.Invoice(new(10_000_000));
        await met.Alice.StartPayment(invoice);
        var add = await met.Mallory.Expect<UpdateAddHtlc>();
        await met.Mallory.Expect<CommitmentSigned>();
        await met.Mallory.Send(new UpdateFailHtlc(met.Channel.Id, add.Id, Bytes.Wrap(new byte[292])));
        await met.Channel.ExpectWarningAndClose();
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
        await met.Channel.ExpectWarningAndClose();
    }

    [Fact]
    public async Task A_peer_cannot_remove_an_HTLC_of_its_own()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.HoldInvoice(20_000.Sat());
        met.Channel.Pay(invoice);
        await met.Channel.Run();
        await met.Mallory.Send(new UpdateFulfillHtlc(met.Channel.Id, 0, invoice.Preimage!.Value));
        await met.Channel.ExpectWarningAndClose();
    }

    [Fact]
    public async Task A_valid_commitment_signed_is_answered_by_one_revoke_and_ack()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.HoldInvoice(20_000.Sat()));
        await met.Channel.SendNext<UpdateAddHtlc>();
        await met.Channel.SendNext<CommitmentSigned>();
        var revocation = await met.Channel.Hear<RevokeAndAck>();
        Assert.Equal(met.Channel.Commitments.Id, revocation.ChannelId);
        await met.Channel.Hear<CommitmentSigned>();
        await met.Mallory.ExpectNothing();
    }

    [Fact]
    public async Task The_nodes_commitment_signed_names_the_funding_transaction_and_has_a_signature_for_each_HTLC_output()
    {
        await using var met = await Encounter.Accepted();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Alice.StartPayment(met.Mallory.Invoice(new(100_000)));
        await met.Channel.Run();
        var signed = met.Mallory.Received.OfType<CommitmentSigned>().Last();
        Assert.All(met.Mallory.Received.OfType<CommitmentSigned>(), one => Assert.Equal(met.Channel.Funding.TxId, one.FundingTxId));
        Assert.Single(signed.HtlcSignatures.Items);
        Assert.Equal(2, met.Channel.Commitments.Latest.LocalSpec.Htlcs.Length);
    }

    [Fact]
    public async Task The_node_sends_no_commitment_signed_without_updates()
    {
        await using var met = await Encounter.Opened();
        await met.Net.Advance(TimeSpan.FromHours(1));
        await met.Net.Mine(3);
        await met.Mallory.ExpectNothing();
    }

    [Theory]
    [MemberData(nameof(Signatures))]
    public async Task A_commitment_signed_is_answered_by_a_warning_and_the_end_of_the_connection_if(string reason)
    {
        await using var met = await Encounter.Opened();
        met.Channel.Add(new(10_000_000), Hash, met.Net.Chain.Height + 100);
        await met.Channel.SendNext<UpdateAddHtlc>();
        await met.Channel.SendNext<CommitmentSigned>(signed => RefusedSignatures[reason](met.Channel, signed));
        await met.Channel.ExpectWarningAndClose();
    }

    [Fact]
    public async Task After_a_refused_commitment_signed_the_channel_goes_on_over_a_new_connection()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.SendNext<UpdateAddHtlc>();
        await met.Channel.SendNext<CommitmentSigned>(signed => signed with { Signature = met.Channel.WrongSignature });
        await met.Channel.ExpectWarningAndClose();
        await met.Mallory.Reconnect();
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
    }

    [Theory]
    [InlineData("is no key")]
    [InlineData("does not generate the previous point")]
    [InlineData("is that of a later commitment")]
    public async Task A_revoke_and_ack_whose_secret_does_not_fit_fails_the_channel(string how)
    {
        await using var met = await Encounter.Accepted();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Channel.Hear<UpdateAddHtlc>();
        await met.Channel.Hear<CommitmentSigned>();
        await met.Channel.SendNext<RevokeAndAck>(revocation => revocation with
        {
            PerCommitmentSecret = how switch
            {
                "is no key" => default,
                "is that of a later commitment" => met.Channel.Signer.PerCommitmentSecret(1),
                _ => Hashes.Sha256(revocation.PerCommitmentSecret.Span),
            },
        });
        await met.Channel.ExpectFailure();
    }

    [Fact]
    public async Task A_revoke_and_ack_whose_secret_was_not_generated_as_BOLT_3_says_fails_the_channel()
    {
        using var loose = Key.FromBytes(Hashes.Sha256("loose"u8).Span);
        await using var met = await Encounter.Connected();
        var channel = await met.Mallory.BeginAccepting("alice", Encounter.Capacity);
        channel.Change<ChannelReady>(ready => ready with { SecondPerCommitmentPoint = loose.PubKey });
        await channel.Run();
        await channel.Confirm();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Mallory.Expect<UpdateAddHtlc>();
        await met.Mallory.Expect<CommitmentSigned>();
        await met.Mallory.Send(new RevokeAndAck(channel.Id, channel.Signer.PerCommitmentSecret(0), channel.Signer.PerCommitmentPoint(2)));
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Mallory.Expect<UpdateAddHtlc>();
        await met.Mallory.Expect<CommitmentSigned>();
        await met.Mallory.Send(new RevokeAndAck(channel.Id, new Bytes32(Hashes.Sha256("loose"u8).Span), channel.Signer.PerCommitmentPoint(3)));
        await channel.ExpectFailure();
    }

    [Fact]
    public async Task A_revoke_and_ack_that_nobody_waits_for_ends_the_connection()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(new RevokeAndAck(met.Channel.Id, met.Channel.Signer.PerCommitmentSecret(0), met.Channel.Signer.PerCommitmentPoint(2)));
        await met.Channel.ExpectWarningAndClose();
    }

    [Theory]
    [InlineData("too low for timely processing", 252)]
    [InlineData("unreasonably large", 1_000_000)]
    [InlineData("more than the sender can afford", 24_000)]
    public async Task An_update_fee_is_answered_by_a_warning_and_the_end_of_the_connection_if_it_is(string reason, uint feerate)
    {
        // What is left of the opener's balance pays no more than about 10,000 sat/kw.
        await using var met = await Encounter.Opened(push: reason.StartsWith("more", StringComparison.Ordinal) ? new(988_000_000) : null);
        await met.Mallory.Send(new UpdateFee(met.Channel.Id, new(feerate)));
        await met.Channel.ExpectWarningAndClose();
    }

    [Fact]
    public async Task An_update_fee_of_a_peer_that_does_not_pay_the_fee_is_answered_by_a_warning_and_the_end_of_the_connection()
    {
        await using var met = await Encounter.Accepted();
        await met.Mallory.Send(new UpdateFee(met.Channel.Id, new(3_000)));
        await met.Channel.ExpectWarningAndClose();
    }

    [Fact]
    public async Task An_update_fee_of_the_opener_is_taken()
    {
        await using var met = await Encounter.Opened();
        met.Channel.SetFeerate(new(5_000));
        await met.Channel.Run();
        Assert.Equal(new FeeratePerKw(5_000), met.Channel.Commitments.Latest.LocalSpec.Feerate);
        Assert.Equal(new FeeratePerKw(5_000), met.Channel.Commitments.Latest.RemoteSpec.Feerate);
        met.Channel.ShouldBeUsable();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_node_sends_update_fee_if_it_pays_the_fee_and_never_otherwise(bool isOpener)
    {
        await using var met = isOpener ? await Encounter.Accepted() : await Encounter.Opened();
        await met.Net.Chain.SetFeerate(new(20_000));
        await met.Net.Mine();
        if (isOpener) await met.Mallory.Expect<UpdateFee>();
        else await met.Mallory.ExpectNothing();
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
        await met.Channel.ExpectFailure();
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
        await met.Channel.ExpectFailure();
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
