using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Onion;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 4 "Payload Format", "Basic Multi-Part Payments", "Onion Decryption", "Failure Messages", for a node that is paid.</summary>
public sealed class Bolt4OnionTests
{
    private static readonly MilliSatoshi Amount = new(20_000_000);

    [Theory]
    [InlineData(0, FailureCode.InvalidOnionVersion)]
    [InlineData(1, FailureCode.InvalidOnionKey)]
    [InlineData(40, FailureCode.InvalidOnionHmac)]
    [InlineData(1365, FailureCode.InvalidOnionHmac)]
    public async Task An_onion_that_cannot_be_read_is_refused_by_update_fail_malformed_htlc_with_its_hash(int at, FailureCode code)
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        var packet = met.Mallory.OnionFor(invoice, out var expiry).Packet.Span.ToArray();
        packet[at] ^= 0x55;
        met.Channel.Add(Amount, invoice.PaymentHash, expiry, new ScriptedOnion(Bytes.Wrap(packet), []));
        await met.Channel.Run();
        var failure = Assert.IsType<HtlcFailure.Malformed>(Assert.Single(met.Channel.Failures));
        Assert.Equal(code, (FailureCode)failure.FailureCode);
        Assert.Equal(Hashes.Sha256(packet), failure.OnionHash);
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task An_onion_is_bound_to_its_payment_hash()
    {
        await using var met = await Encounter.Opened();
        var onion = met.Mallory.OnionFor(await met.Alice.Invoice(Amount), out var expiry);
        var other = await met.Alice.Invoice(Amount);
        met.Channel.Add(Amount, other.PaymentHash, expiry, onion);
        await met.Channel.Run();
        Assert.Equal(FailureCode.InvalidOnionHmac, (FailureCode)Assert.IsType<HtlcFailure.Malformed>(Assert.Single(met.Channel.Failures)).FailureCode);
    }

    [Theory]
    [InlineData("there is no amt_to_forward", "040190")]
    [InlineData("there is no outgoing_cltv_value", "02020100")]
    [InlineData("it is no TLV stream", "02ff")]
    [InlineData("it has an unknown even type", "020101040101f8021122")]
    [InlineData("its types do not increase", "040101020101")]
    [InlineData("an amount is not minimal", "02020001040101")]
    [InlineData("it has a current_path_key outside of a blinded route", "0201010401010c210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    [InlineData("its encrypted_recipient_data has no path_key", "0201010401010a0411223344")]
    public async Task A_payload_is_refused_by_invalid_onion_payload_if(string reason, string payload)
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        met.Mallory.OnionFor(invoice, out var expiry);
        var onion = met.Mallory.Onion(invoice.PaymentHash, (met.Alice.Id, Bytes.FromHex(payload)));
        met.Channel.Add(Amount, invoice.PaymentHash, expiry, onion);
        await met.Channel.Run();
        Assert.Equal(FailureCode.InvalidOnionPayload, Failure(met, onion).Code);
        Assert.NotEmpty(reason);
        met.Channel.ShouldBeUsable();
    }

    [Fact]
    public async Task An_unknown_odd_type_in_a_payload_is_ignored()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        Pay(met, invoice, payload => payload with { Unknown = new TlvStream([new TlvRecord(65537, Bytes.FromHex("aabb"))]) });
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
    }

    [Fact]
    public async Task A_path_key_outside_of_a_blinded_route_is_refused_by_invalid_onion_blinding()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        var onion = met.Mallory.OnionFor(invoice, out var expiry);
        var add = new UpdateAddHtlc(met.Channel.Id, 0, Amount, invoice.PaymentHash, expiry, onion.Packet) { PathKey = met.Mallory.NodeKey.PubKey };
        await met.Mallory.Send(add, met.Channel.Sign(add));
        await met.Mallory.Expect<RevokeAndAck>();
        await met.Mallory.Expect<CommitmentSigned>();
        await met.Mallory.Send(new RevokeAndAck(met.Channel.Id, met.Channel.Signer.PerCommitmentSecret(0), met.Channel.Signer.PerCommitmentPoint(2)));
        var failed = await met.Mallory.Expect<UpdateFailMalformedHtlc>();
        Assert.Equal(FailureCode.InvalidOnionBlinding, (FailureCode)failed.FailureCode);
    }

    [Fact]
    public async Task A_payment_secret_that_is_wrong_or_missing_is_refused_by_incorrect_or_unknown_payment_details()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        await Refused(met, invoice, static payload => payload with { PaymentData = new PaymentData(new PaymentSecret(Hashes.Sha256("wrong"u8)), Amount) });
        await Refused(met, invoice, static payload => payload with { PaymentData = null });
    }

    [Fact]
    public async Task An_unknown_payment_hash_is_refused_by_incorrect_or_unknown_payment_details()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        await Refused(met, invoice with { PaymentHash = new PaymentHash(Hashes.Sha256("unknown"u8)) });
    }

    [Theory]
    [InlineData(19_999_999)]
    [InlineData(40_000_001)]
    public async Task Less_than_the_amount_or_more_than_twice_of_it_is_refused_by_incorrect_or_unknown_payment_details(long paid)
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        await Refused(met, invoice with { Amount = new(paid) });
    }

    [Fact]
    public async Task Up_to_twice_the_amount_is_taken()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        met.Channel.Pay(invoice with { Amount = new(40_000_000) });
        await met.Channel.Run();
        Assert.Single(met.Channel.Preimages);
    }

    [Fact]
    public async Task A_cltv_expiry_that_is_too_near_is_refused_by_incorrect_or_unknown_payment_details()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        var near = met.Net.Chain.Height + 10;
        var onion = met.Mallory.OnionFor(invoice, out _, payload => payload with { OutgoingCltvValue = near });
        met.Channel.Add(Amount, invoice.PaymentHash, near, onion);
        await met.Channel.Run();
        Assert.Equal(FailureCode.IncorrectOrUnknownPaymentDetails, Failure(met, onion).Code);
    }

    [Fact]
    public async Task An_HTLC_that_expires_before_outgoing_cltv_value_is_refused_by_final_incorrect_cltv_expiry()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        var onion = met.Mallory.OnionFor(invoice, out var expiry);
        met.Channel.Add(Amount, invoice.PaymentHash, expiry - 1, onion);
        await met.Channel.Run();
        var failure = Failure(met, onion);
        Assert.Equal(FailureCode.FinalIncorrectCltvExpiry, failure.Code);
        Assert.Equal(expiry - 1, failure.CltvExpiry);
    }

    [Fact]
    public async Task An_HTLC_below_amt_to_forward_is_refused_by_final_incorrect_htlc_amount()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        var onion = met.Mallory.OnionFor(invoice, out var expiry);
        met.Channel.Add(Amount - new MilliSatoshi(1), invoice.PaymentHash, expiry, onion);
        await met.Channel.Run();
        var failure = Failure(met, onion);
        Assert.Equal(FailureCode.FinalIncorrectHtlcAmount, failure.Code);
        Assert.Equal(Amount - new MilliSatoshi(1), failure.HtlcAmount);
    }

    [Fact]
    public async Task A_failure_has_at_least_the_length_that_hides_what_it_is()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        await Refused(met, invoice, static payload => payload with { PaymentData = null });
        var reason = Assert.IsType<HtlcFailure.Remote>(Assert.Single(met.Channel.Failures)).Reason;
        Assert.True(reason.Length >= 32 + 2 + 2 + 256);
    }

    [Fact]
    public async Task Parts_are_taken_together_once_they_are_total_msat()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        PayPart(met, invoice, new(12_000_000), Amount);
        await met.Channel.Run();
        Assert.Empty(met.Channel.Preimages);
        PayPart(met, invoice, new(8_000_000), Amount);
        await met.Channel.Run();
        Assert.Equal(2, met.Channel.Preimages.Count());
    }

    [Fact]
    public async Task Parts_that_stay_less_than_total_msat_fail_by_mpp_timeout_after_a_minute_and_none_before()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        var onion = PayPart(met, invoice, new(12_000_000), Amount);
        await met.Channel.Run();
        await met.Mallory.ExpectNothing(TimeSpan.FromSeconds(59));
        await met.Net.Advance(TimeSpan.FromSeconds(60));
        await met.Channel.Run();
        Assert.Equal(FailureCode.MppTimeout, Failure(met, onion).Code);
        Assert.Empty(met.Channel.Preimages);
    }

    [Fact]
    public async Task Parts_with_different_total_msat_all_fail()
    {
        await using var met = await Encounter.Opened();
        var invoice = await met.Alice.Invoice(Amount);
        PayPart(met, invoice, new(12_000_000), Amount);
        await met.Channel.Run();
        PayPart(met, invoice, new(8_000_000), Amount + new MilliSatoshi(1));
        await met.Channel.Run();
        Assert.Empty(met.Channel.Preimages);
        Assert.Equal(2, met.Channel.Failures.Count());
    }

    [Fact]
    public async Task The_node_pays_with_total_msat_and_the_payment_secret_of_the_invoice()
    {
        await using var met = await Encounter.Accepted();
        var invoice = met.Mallory.Invoice(Amount);
        await met.Alice.StartPayment(invoice);
        await met.Channel.Run();
        var htlc = met.Channel.Incoming.Single();
        var opened = Assert.IsType<FinalOnion>(PaymentOnion.Open(met.Mallory.NodeKey, htlc.PaymentHash, htlc.Amount, htlc.CltvExpiry, OnionPacket.ParsePayment(htlc.Onion.Span)));
        Assert.Equal(Lightning.Protocol.Invoices.Bolt11.Decode(invoice.PaymentRequest).PaymentSecret, opened.PaymentSecret);
        Assert.Equal(Amount, opened.Total);
        Assert.Equal(Amount, opened.Amount);
    }

    private static async Task Refused(Encounter met, ScenarioInvoice invoice, Func<HopPayload, HopPayload>? change = null)
    {
        var onion = Pay(met, invoice, change);
        await met.Channel.Run();
        var failure = Failure(met, onion);
        Assert.Equal(FailureCode.IncorrectOrUnknownPaymentDetails, failure.Code);
        Assert.Equal(invoice.Amount, failure.HtlcAmount);
        Assert.Equal(met.Net.Chain.Height, failure.Height);
        Assert.Empty(met.Channel.Preimages);
    }

    private static ScriptedOnion Pay(Encounter met, ScenarioInvoice invoice, Func<HopPayload, HopPayload>? change)
    {
        var onion = met.Mallory.OnionFor(invoice, out var expiry, change);
        met.Channel.Add(invoice.Amount, invoice.PaymentHash, expiry, onion);
        return onion;
    }

    private static ScriptedOnion PayPart(Encounter met, ScenarioInvoice invoice, MilliSatoshi part, MilliSatoshi total) =>
        Pay(met, invoice with { Amount = part }, payload => payload with { PaymentData = payload.PaymentData!.Value with { Total = total } });

    private static FailureMessage Failure(Encounter met, ScriptedOnion onion) =>
        onion.Read(Assert.IsType<HtlcFailure.Remote>(met.Channel.Failures.Last()).Reason).Message ?? throw new InvalidOperationException("The failure cannot be read.");
}
