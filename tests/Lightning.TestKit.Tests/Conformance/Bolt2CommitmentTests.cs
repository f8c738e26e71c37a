using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 2 "Normal Operation": commitment_signed, revoke_and_ack, update_fee.</summary>
public sealed class Bolt2CommitmentTests
{
    private static readonly PaymentHash Hash = new(Bytes32.FromHex(new string('5', 64)));

    private static readonly Dictionary<string, (string Warning, Func<ScriptedChannel, CommitmentSigned, CommitmentSigned> Change)> RefusedSignatures = new(StringComparer.Ordinal)
    {
        ["signature is not valid"] = ("InvalidCommitmentSignature", static (channel, signed) => signed with { Signature = channel.WrongSignature }),
        ["signature has a high S"] = ("InvalidCommitmentSignature", static (_, signed) => signed with { Signature = Encounter.HighS(signed.Signature) }),
        ["num_htlcs is less than there are outputs"] = ("WrongNumberOfHtlcSignatures", static (_, signed) => signed with { HtlcSignatures = [] }),
        ["num_htlcs is more than there are outputs"] = ("WrongNumberOfHtlcSignatures", static (channel, signed) => signed with { HtlcSignatures = [.. signed.HtlcSignatures, channel.WrongSignature] }),
        ["an htlc_signature is not valid"] = ("InvalidHtlcSignature", static (channel, signed) => signed with { HtlcSignatures = [channel.WrongSignature] }),
        ["an htlc_signature has a high S"] = ("InvalidHtlcSignature", static (_, signed) => signed with { HtlcSignatures = [Encounter.HighS(signed.HtlcSignatures[0])] }),
    };

    public static TheoryData<string> Signatures => [.. RefusedSignatures.Keys];

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
        await met.Channel.SendNext<CommitmentSigned>(signed => RefusedSignatures[reason].Change(met.Channel, signed));
        await met.Channel.ExpectWarningAndClose($"commitment_signed of commitment 1: {RefusedSignatures[reason].Warning}");
    }

    [Fact]
    public async Task HTLC_signatures_in_another_order_than_the_outputs_are_refused()
    {
        await using var met = await Encounter.Opened();
        LightningMessage[] adds = [Add(met, 0, new(10_000_000)), Add(met, 1, new(20_000_000))];
        var signed = met.Channel.Sign(adds);
        await met.Mallory.Send([.. adds, signed with { HtlcSignatures = [signed.HtlcSignatures[1], signed.HtlcSignatures[0]] }]);
        await met.Channel.ExpectWarningAndClose("InvalidHtlcSignature");
    }

    [Fact]
    public async Task A_signature_for_other_updates_than_were_sent_is_refused()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Add(new(10_000_000), Hash, met.Net.Chain.Height + 100);
        await met.Channel.SendNext<UpdateAddHtlc>(static add => add with { Amount = new(11_000_000) });
        await met.Channel.SendNext<CommitmentSigned>();
        await met.Channel.ExpectWarningAndClose("InvalidCommitmentSignature");
    }

    // Without a splice there is one funding transaction: what else funding_txid names is nobody's loss.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commitment_signed_that_names_no_funding_transaction_or_another_is_answered(bool names)
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        met.Channel.Change<CommitmentSigned>(signed => signed with { FundingTxId = names ? new TxId(Bytes32.FromHex(new string('7', 64))) : null });
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
        met.Channel.ShouldBeUsable();
    }

    // BOLT 2 forbids it to the sender and asks nothing of the receiver: the signature is good, and an answer costs nothing.
    [Fact]
    public async Task A_commitment_signed_without_updates_is_answered_and_changes_no_balance()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(met.Channel.Sign());
        await met.Mallory.Expect<RevokeAndAck>();
        await met.Mallory.ExpectNothing();
        met.Channel.ShouldBeOpen();
    }

    [Fact]
    public async Task A_peer_that_publishes_a_revoked_commitment_loses_all_of_it()
    {
        await using var met = await Encounter.Opened();
        var old = met.Channel.Commitment;
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.Run();
        met.Net.Chain.Broadcast(old);
        await met.Net.AdvanceBlocks(3);
        var anchor = old.Outputs.Min(static output => output.Value);
        Assert.All(old.Outputs.Select(static (output, index) => (output, index)).Where(one => one.output.Value > anchor), one =>
        {
            var taken = met.Net.Chain.FindConfirmedSpender(new OutPoint(old.TxId, (uint)one.index));
            Assert.True(taken is not null && met.Alice.HasPublished(taken.TxId), $"output {one.index} of {one.output.Value}\n{met.Net.Chart()}");
        });
    }

    [Fact]
    public async Task After_a_refused_commitment_signed_the_channel_goes_on_over_a_new_connection()
    {
        await using var met = await Encounter.Opened();
        met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
        await met.Channel.SendNext<UpdateAddHtlc>();
        await met.Channel.SendNext<CommitmentSigned>(signed => signed with { Signature = met.Channel.WrongSignature });
        await met.Channel.ExpectWarningAndClose("InvalidCommitmentSignature");
        await met.Mallory.Reconnect();
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
    }

    [Fact]
    public async Task A_revoke_and_ack_whose_next_point_is_no_key_ends_the_connection()
    {
        await using var met = await Encounter.Accepted();
        await met.Alice.StartPayment(met.Mallory.Invoice(new(10_000_000)));
        await met.Channel.Hear<UpdateAddHtlc>();
        await met.Channel.Hear<CommitmentSigned>();
        var revocation = MessageCodec.Encode(met.Channel.Take<RevokeAndAck>());
        revocation[66] = 5;
        await met.Mallory.SendRaw(revocation);
        await met.Mallory.ExpectDisconnect();
        met.Channel.ShouldBeOpen();
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
        await met.Channel.ExpectFailure("a secret that does not fit");
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
        await channel.ExpectFailure("a secret that does not fit");
    }

    [Fact]
    public async Task A_revoke_and_ack_that_nobody_waits_for_ends_the_connection()
    {
        await using var met = await Encounter.Opened();
        await met.Mallory.Send(new RevokeAndAck(met.Channel.Id, met.Channel.Signer.PerCommitmentSecret(0), met.Channel.Signer.PerCommitmentPoint(2)));
        await met.Channel.ExpectWarningAndClose("revoke_and_ack without a commitment_signed");
    }

    [Theory]
    [InlineData("too low for timely processing", 252, "252 sat/kw is not relayed")]
    [InlineData("unreasonably large", 1_000_000, "1000000 sat/kw is unreasonably large")]
    [InlineData("more than the sender can afford", 24_000, "at 24000 sat/kw")]
    public async Task An_update_fee_is_answered_by_a_warning_and_the_end_of_the_connection_if_it_is(string reason, uint feerate, string warning)
    {
        // What is left of the opener's balance pays no more than about 10,000 sat/kw.
        await using var met = await Encounter.Opened(push: reason.StartsWith("more", StringComparison.Ordinal) ? new(988_000_000) : null);
        await met.Mallory.Send(new UpdateFee(met.Channel.Id, new(feerate)));
        await met.Channel.ExpectWarningAndClose(warning);
    }

    [Fact]
    public async Task An_update_fee_of_a_peer_that_does_not_pay_the_fee_is_answered_by_a_warning_and_the_end_of_the_connection()
    {
        await using var met = await Encounter.Accepted();
        await met.Mallory.Send(new UpdateFee(met.Channel.Id, new(3_000)));
        await met.Channel.ExpectWarningAndClose("Only the opener sends update_fee");
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

    private static UpdateAddHtlc Add(Encounter met, ulong id, MilliSatoshi amount) =>
        new(met.Channel.Id, id, amount, Hash, met.Net.Chain.Height + 100, Bytes.Wrap(new byte[UpdateAddHtlc.OnionLength]));
}
