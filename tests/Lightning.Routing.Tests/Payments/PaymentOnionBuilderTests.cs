using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Invoices;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;
using Lightning.Routing.Payments;
using static Lightning.Routing.Tests.TestNodes;

namespace Lightning.Routing.Tests.Payments;

public sealed class PaymentOnionBuilderTests
{
    private static readonly PaymentHash Hash = new(Hashes.Sha256([1]));
    private static readonly PaymentSecret Secret = new(Hashes.Sha256([2]));

    private static Key SessionKey => Key.FromBytes(Enumerable.Repeat((byte)0x41, 32).ToArray());

    private static Route ThreeHops => new(
    [
        new RouteHop(Bob, Scid(1), 1_104_251.Msat(), 850_205, 3751.Msat()),
        new RouteHop(Carol, Scid(10), 1_100_500.Msat(), 850_165, 100_500.Msat()),
        new RouteHop(Dave, Scid(11), 1_000_000.Msat(), 850_021, MilliSatoshi.Zero),
    ]);

    [Fact]
    public void Every_node_learns_what_to_pass_on_and_the_payee_what_it_is_paid_for()
    {
        using var sessionKey = SessionKey;
        var recipient = new PaymentRecipient(Hash, Secret, 3_000_000.Msat()) { Metadata = Bytes.FromHex("01fafaf0") };
        Assert.True(PaymentOnionBuilder.TryBuild(ThreeHops, recipient, sessionKey, out var part));

        var first = Assert.IsType<ForwardOnion>(PaymentOnion.Open(KeyOf(Bob), Hash, part.Route.TotalAmount, part.Route.CltvExpiry, part.Onion));
        Assert.Equal((Scid(10), 1_100_500.Msat(), 850_165u), (first.ShortChannelId, first.Amount, first.CltvExpiry));
        var second = Assert.IsType<ForwardOnion>(PaymentOnion.Open(KeyOf(Carol), Hash, first.Amount, first.CltvExpiry, first.Next));
        Assert.Equal((Scid(11), 1_000_000.Msat(), 850_021u), (second.ShortChannelId, second.Amount, second.CltvExpiry));
        var final = Assert.IsType<FinalOnion>(PaymentOnion.Open(KeyOf(Dave), Hash, second.Amount, second.CltvExpiry, second.Next));
        Assert.Equal((Secret, 1_000_000.Msat(), 3_000_000.Msat(), 850_021u), (final.PaymentSecret, final.Amount, final.Total, final.CltvExpiry));
        Assert.Equal("01fafaf0", final.Metadata.ToString());
        Assert.Null(final.KeysendPreimage);
        Assert.Equal([first.ReturnPath.SharedSecret, second.ReturnPath.SharedSecret, final.ReturnPath.SharedSecret], part.SharedSecrets.Items.AsEnumerable());
        Assert.Equal(part.SharedSecrets, PaymentOnionBuilder.SharedSecrets(ThreeHops, sessionKey));
        Assert.DoesNotContain(part.SharedSecrets[0].ToString(), part.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_too_long_for_the_route_is_told_not_thrown()
    {
        using var sessionKey = SessionKey;
        var recipient = new PaymentRecipient(Hash, Secret, 1_000_000.Msat()) { Metadata = Bytes.Wrap(new byte[1160]) };
        Assert.False(PaymentOnionBuilder.TryBuild(ThreeHops, recipient, sessionKey, out _));
        var direct = new Route([ThreeHops.Hops[2]]);
        Assert.True(PaymentOnionBuilder.TryBuild(direct, recipient, sessionKey, out _));
        Assert.False(PaymentOnionBuilder.TryBuild(direct, recipient with { Metadata = Bytes.Wrap(new byte[1300]) }, sessionKey, out _));
    }

    [Fact]
    public void Spontaneous_payment_carries_its_preimage_and_no_secret()
    {
        using var sessionKey = SessionKey;
        var preimage = new PaymentPreimage(Hashes.Sha256([3]));
        var recipient = new PaymentRecipient(preimage.Hash, null, 1_000_000.Msat()) { KeysendPreimage = preimage };
        Assert.True(PaymentOnionBuilder.TryBuild(new Route([ThreeHops.Hops[2]]), recipient, sessionKey, out var part));
        var final = Assert.IsType<FinalOnion>(PaymentOnion.Open(KeyOf(Dave), preimage.Hash, 1_000_000.Msat(), 850_021, part.Onion));
        Assert.Equal((preimage, null), (final.KeysendPreimage, final.PaymentSecret));
    }

    [Fact]
    public void Invoice_is_paid_at_least_in_full_and_at_most_twice()
    {
        var invoice = new Invoice
        {
            Network = Network.Regtest,
            Timestamp = DateTimeOffset.UnixEpoch,
            PaymentHash = Hash,
            PaymentSecret = Secret,
            Description = "",
            Payee = Dave,
            Amount = 1000.Msat(),
            Metadata = Bytes.FromHex("0102"),
        };
        var recipient = PaymentRecipient.Of(invoice, 1500.Msat());
        Assert.Equal((Hash, Secret, 1500.Msat(), "0102"), (recipient.PaymentHash, recipient.PaymentSecret, recipient.Total, recipient.Metadata.ToString()));
        Assert.Throws<ArgumentException>(() => PaymentRecipient.Of(invoice, 999.Msat()));
        Assert.Throws<ArgumentException>(() => PaymentRecipient.Of(invoice, 2001.Msat()));
        Assert.Throws<ArgumentException>(() => PaymentRecipient.Of(invoice with { Amount = null }, 0.Msat()));
        Assert.Equal(7.Msat(), PaymentRecipient.Of(invoice with { Amount = null }, 7.Msat()).Total);
    }
}
