using System.Text.Json;
using CsCheck;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;
using Lightning.Protocol.Features;
using Lightning.Protocol.Invoices;

namespace Lightning.Protocol.Tests.Invoices;

public sealed class Bolt11Tests
{
    /// <summary>The second example of BOLT 11 and its key, so that a plain clone proves something.</summary>
    internal const string Coffee =
        "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh";

    internal static Key SpecificationKey => Key.FromBytes(Convert.FromHexString("e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734"));

    [Fact]
    public void Example_of_the_specification_is_read()
    {
        var invoice = Bolt11.Decode(Coffee);
        Assert.Equal(Network.Mainnet, invoice.Network);
        Assert.Equal(250_000_000.Msat(), invoice.Amount);
        Assert.Equal("1 cup coffee", invoice.Description);
        Assert.Equal(TimeSpan.FromSeconds(60), invoice.Expiry);
        Assert.Equal(18u, invoice.MinFinalCltvExpiryDelta);
        Assert.Equal("0001020304050607080900010203040506070809000102030405060708090102", invoice.PaymentHash.ToString());
        Assert.Equal("03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad", invoice.Payee.ToString());
        Assert.Equal(FeatureSet.FromBits(8, 14), invoice.Features);
        Assert.False(invoice.IsExpired(DateTimeOffset.FromUnixTimeSeconds(1496314658 + 60)));
        Assert.True(invoice.IsExpired(DateTimeOffset.FromUnixTimeSeconds(1496314658 + 61)));
        Assert.False(invoice.SupportsMultiPart);
        Assert.DoesNotContain("1111", invoice.ToString(), StringComparison.Ordinal);
        Assert.Equal(invoice, Bolt11.Decode("LIGHTNING:" + Coffee.ToUpperInvariant() + "\n"));
    }

    [SkippableFact]
    public void Every_example_of_the_specification_is_read_and_signed_again_to_the_same_text()
    {
        var vector = Vectors.Json("bolt11/valid.json");
        using var key = SpecificationKey;
        var examples = vector.GetProperty("invoices").EnumerateArray().ToArray();
        Assert.Equal(16, examples.Length);
        foreach (var example in examples)
        {
            var text = example.GetProperty("invoice").GetString()!;
            var invoice = Bolt11.Decode(text);
            Assert.Equal(example.GetProperty("network").GetString(), invoice.Network.InvoicePrefix);
            Assert.Equal(example.GetProperty("amount_msat").ValueKind == JsonValueKind.Null ? null : example.GetProperty("amount_msat").GetInt64(), invoice.Amount?.Value);
            Assert.Equal(example.GetProperty("timestamp").GetInt64(), invoice.Timestamp.ToUnixTimeSeconds());
            Assert.Equal(example.GetProperty("recovered_payee").GetString(), invoice.Payee.ToString());
            CheckFields(example.GetProperty("tagged_fields"), invoice);

            var raw = RawInvoice.Parse(text);
            Assert.Equal(example.GetProperty("signing_hash").GetString(), raw.SigningHash.ToString());
            Assert.Equal(example.GetProperty("signature").GetString(), raw.Signature.ToString());
            Assert.Equal(example.GetProperty("recovery_flag").GetInt32(), raw.RecoveryId);
            var payeeSigned = invoice.Payee.Key == key.PubKey;
            Assert.Equal(payeeSigned, !example.GetProperty("title").GetString()!.Contains("high-S", StringComparison.Ordinal));
            if (!payeeSigned) continue; // the same signature with another s belongs to another key
            Assert.Equal(text.ToLowerInvariant(), RawInvoice.Write(raw.HumanReadablePart, raw.Timestamp, raw.Fields, key));
            Assert.Equal(invoice, Bolt11.Decode(Bolt11.Encode(invoice, key)));
        }
    }

    [SkippableFact]
    public void Every_invalid_example_of_the_specification_is_refused()
    {
        var examples = Vectors.Json("bolt11/invalid.json").EnumerateArray().ToArray();
        Assert.Equal(10, examples.Length);
        var messages = examples.Select(e => Assert.Throws<InvoiceFormatException>(() => Bolt11.Decode(e.GetProperty("invoice").GetString()!)).Message).ToArray();
        Assert.Contains("feature 100", messages[0], StringComparison.Ordinal);
        Assert.Contains("checksum", messages[1], StringComparison.Ordinal);
        Assert.Contains("separator", messages[2], StringComparison.Ordinal);
        Assert.Contains("mixed", messages[3], StringComparison.Ordinal);
        Assert.Contains("no public key fits", messages[4], StringComparison.Ordinal);
        Assert.Contains("too short", messages[5], StringComparison.Ordinal);
        Assert.Contains("multiplier 'x'", messages[6], StringComparison.Ordinal);
        Assert.Contains("whole number of millisatoshi", messages[7], StringComparison.Ordinal);
        Assert.Contains("payment secret", messages[8], StringComparison.Ordinal);
        Assert.Contains("signature", messages[9], StringComparison.Ordinal);
    }

    [Fact]
    public void Any_invoice_is_read_as_it_was_written() => AnyInvoice.Sample(
        invoice =>
        {
            using var key = SpecificationKey;
            var text = Bolt11.Encode(invoice, key);
            Assert.Equal(invoice, Bolt11.Decode(text));
            Assert.Equal(text, Bolt11.Encode(Bolt11.Decode(text), key));
        },
        iter: 150,
        seed: "0000KOIgQ4N2");

    [Fact]
    public void First_of_a_repeated_field_counts()
    {
        using var key = SpecificationKey;
        var raw = RawInvoice.Parse(Coffee);
        TaggedField second = new(InvoiceFields.PaymentHash, new Bytes([.. Enumerable.Repeat((byte)31, 51), 16]));
        var text = RawInvoice.Write(raw.HumanReadablePart, raw.Timestamp, [.. raw.Fields.Items, second], key);
        Assert.Equal(Bolt11.Decode(Coffee).PaymentHash, Bolt11.Decode(text).PaymentHash);
    }

    [Fact]
    public void Invoice_that_breaks_a_rule_is_not_signed()
    {
        using var key = SpecificationKey;
        using var other = Key.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray());
        var good = Bolt11.Decode(Coffee);
        Bolt11.Encode(good, key);
        Invoice[] bad =
        [
            good with { Payee = new NodeId(other.PubKey) },
            good with { Amount = MilliSatoshi.Zero },
            good with { DescriptionHash = Bytes32.Zero },
            good with { Description = null },
            good with { Description = new string('x', 640) },
            good with { Expiry = TimeSpan.FromSeconds(-1) },
            good with { RouteHints = [new RouteHint([])] },
            good with { Timestamp = DateTimeOffset.UnixEpoch.AddSeconds(-1) },
        ];
        foreach (var invoice in bad) Assert.Throws<ArgumentException>(() => Bolt11.Encode(invoice, key));
    }

    private static Gen<Invoice> AnyInvoice
    {
        get
        {
            using var key = SpecificationKey;
            var node = new NodeId(key.PubKey);
            var bytes32 = Gen.Byte.Array[32].Select(b => new Bytes32(b));
            var hop = from scid in Gen.ULong
                      from feeBase in Gen.UInt
                      from proportional in Gen.UInt
                      from delta in Gen.UShort
                      select new RouteHintHop(node, new ShortChannelId(scid), ((long)feeBase).Msat(), proportional, delta);
            var fallback = Gen.OneOf(
                Gen.Byte.Array[20].Select(b => new FallbackAddress(17, Bytes.Wrap(b))),
                Gen.Byte.Array[32].Select(b => new FallbackAddress(0, Bytes.Wrap(b))),
                Gen.Byte.Array[32].Select(b => new FallbackAddress(1, Bytes.Wrap(b))));
            return from network in Gen.Int[0, Network.All.Count - 1]
                   from amount in Gen.Long[0, 2_100_000_000_000_000_000]
                   from time in Gen.Long[0, (1L << 35) - 1]
                   from hashes in bytes32.Array[3]
                   from text in Gen.String[Gen.Char.AlphaNumeric, 0, 100]
                   from hashed in Gen.Bool
                   from expiry in Gen.Long[0, 10_000_000]
                   from delta in Gen.UInt
                   from fallbacks in fallback.Array[0, 3]
                   from hints in hop.Array[1, 3].Select(h => new RouteHint([.. h])).Array[0, 2]
                   from metadata in Gen.Byte.Array[0, 50]
                   from mpp in Gen.Bool
                   select new Invoice
                   {
                       Network = Network.All[network],
                       Amount = amount == 0 ? null : amount.Msat(),
                       Timestamp = DateTimeOffset.FromUnixTimeSeconds(time),
                       PaymentHash = new PaymentHash(hashes[0]),
                       PaymentSecret = new PaymentSecret(hashes[1]),
                       Description = hashed ? null : text,
                       DescriptionHash = hashed ? hashes[2] : null,
                       Expiry = TimeSpan.FromSeconds(expiry),
                       MinFinalCltvExpiryDelta = delta,
                       FallbackAddresses = [.. fallbacks],
                       RouteHints = [.. hints],
                       Metadata = metadata.Length == 0 ? null : Bytes.Wrap(metadata),
                       Features = mpp ? FeatureSet.FromBits(8, 14, 17) : FeatureSet.Empty,
                       Payee = node,
                   };
        }
    }

    private static void CheckFields(JsonElement expected, Invoice actual)
    {
        foreach (var field in expected.EnumerateArray())
        {
            if (field.TryGetProperty("payment_secret", out var secret)) Assert.Equal(secret.GetString(), actual.PaymentSecret.Value.ToString());
            if (field.TryGetProperty("payment_hash", out var hash)) Assert.Equal(hash.GetString(), actual.PaymentHash.ToString());
            if (field.TryGetProperty("description", out var description)) Assert.Equal(description.GetString(), actual.Description);
            if (field.TryGetProperty("description_hash", out var descriptionHash)) Assert.Equal(descriptionHash.GetString(), actual.DescriptionHash.ToString());
            if (field.TryGetProperty("metadata", out var metadata)) Assert.Equal(metadata.GetString(), actual.Metadata.ToString());
            if (field.TryGetProperty("feature_bits", out var bits)) Assert.Equal(bits.EnumerateArray().Select(b => b.GetInt32()), actual.Features.Bits());
            if (field.TryGetProperty("route_hint", out var hint)) CheckHint(hint, Assert.Single(actual.RouteHints));
            if (field.TryGetProperty("fallback_version", out var version) && version.GetInt32() < 19)
            {
                Assert.Equal(
                    new FallbackAddress((byte)version.GetInt32(), Bytes.FromHex(field.GetProperty("fallback_program").GetString()!)),
                    Assert.Single(actual.FallbackAddresses));
            }

            var tag = field.GetProperty("tag").GetString();
            if (tag == "x") Assert.Equal(field.EnumerateObject().Last().Value.GetInt64(), actual.Expiry.TotalSeconds);
            if (tag == "c") Assert.Equal(field.EnumerateObject().Last().Value.GetInt64(), actual.MinFinalCltvExpiryDelta);
        }
    }

    private static void CheckHint(JsonElement expected, RouteHint actual)
    {
        var hops = expected.EnumerateArray().ToArray();
        Assert.Equal(hops.Length, actual.Hops.Count);
        for (var i = 0; i < hops.Length; i++)
        {
            Assert.Equal(hops[i].GetProperty("pubkey").GetString(), actual.Hops[i].NodeId.ToString());
            Assert.Equal(hops[i].GetProperty("short_channel_id").GetString(), actual.Hops[i].ShortChannelId.ToString());
            Assert.Equal(hops[i].GetProperty("fee_base_msat").GetInt64(), actual.Hops[i].FeeBase.Value);
            Assert.Equal(hops[i].GetProperty("fee_proportional_millionths").GetUInt32(), actual.Hops[i].FeeProportionalMillionths);
            Assert.Equal(hops[i].GetProperty("cltv_expiry_delta").GetInt32(), actual.Hops[i].CltvExpiryDelta);
        }
    }
}
