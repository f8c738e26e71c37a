using CsCheck;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;
using Lightning.Protocol.Features;
using Lightning.Protocol.Invoices;

namespace Lightning.Protocol.Tests.Invoices;

public sealed class MalformedInvoiceTests
{
    private const string Coffee = Bolt11Tests.Coffee;

    private static TaggedField[] Good =>
    [
        Field(InvoiceFields.PaymentHash, new byte[52]),
        Field(InvoiceFields.PaymentSecret, new byte[52]),
        Field(InvoiceFields.Description, []),
    ];

    [Fact]
    public void Changed_or_cut_text_is_refused_whatever_the_change() =>
        (from position in Gen.Int[0, Coffee.Length - 1]
         from character in Gen.Char[(char)0, (char)300]
         from cut in Gen.Int[1, Coffee.Length - 1]
         select (position, character, cut)).Sample(
            t =>
            {
                var changed = Coffee.ToCharArray();
                changed[t.position] = t.character;
                foreach (var text in (string[])[new string(changed), Coffee[..t.cut], Coffee[t.cut..]])
                {
                    if (text != Coffee) Assert.Throws<InvoiceFormatException>(() => Bolt11.Decode(text));
                }
            },
            iter: 500,
            seed: "0000KOIgQ4N2");

    [Fact]
    public void Random_fields_with_a_good_checksum_never_break_the_reader() =>
        (from fields in Gen.Select(Gen.Byte[0, 31], Gen.Byte[0, 31].Array[0, 60]).Array[0, 12]
         from prefix in Gen.OneOf(Gen.Const("lnbc"), Gen.Const("lnbc1m"), Gen.Const("lnbcrt5u"))
         from required in Gen.Bool
         select (fields, prefix, required)).Sample(
            t =>
            {
                using var key = Bolt11Tests.SpecificationKey;
                var fields = t.fields.Select(f => new TaggedField(f.Item1, Bytes.Wrap(f.Item2)));
                var text = RawInvoice.Write(t.prefix, 1, [.. t.required ? Good : [], .. fields], key);
                try
                {
                    Assert.Equal(key.PubKey, Bolt11.Decode(text).Payee.Key);
                }
                catch (InvoiceFormatException)
                {
                    // the only error that may come
                }
            },
            iter: 1500,
            seed: "0000KOIgQ4N2");

    [Theory]
    [InlineData("")]
    [InlineData("ln")]
    [InlineData("lnbc1")]
    [InlineData("lightning:")]
    [InlineData("lnbc1ü")]
    [InlineData("ⅼnbc1pvjluez")]
    [InlineData("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")]
    public void Text_that_is_no_invoice_is_refused(string text) => Assert.Throws<InvoiceFormatException>(() => Bolt11.Decode(text));

    [Fact]
    public void Text_longer_than_any_code_is_refused_at_once() =>
        Assert.Contains("7089", Assert.Throws<InvoiceFormatException>(() => Bolt11.Decode("lnbc1" + new string('q', 100_000))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("lnxx", "unknown network")]
    [InlineData("lnsb", "unknown network")]
    [InlineData("xxbc", "does not begin with 'ln'")]
    [InlineData("lnbc0", "not a positive number")]
    [InlineData("lnbc01m", "not a positive number")]
    [InlineData("lnbc1x", "unknown multiplier 'x'")]
    [InlineData("lnbc1mm", "not a positive number")]
    [InlineData("lnbc11p", "whole number of millisatoshi")]
    [InlineData("lnbc99999999999999999999", "more than there will ever be")]
    [InlineData("lnbc999999999999999999999", "not a positive number")]
    [InlineData("lnbc21000001", "more than there will ever be")]
    public void Wrong_prefix_or_amount_is_named(string prefix, string message) => Assert.Contains(message, Refused(prefix: prefix), StringComparison.Ordinal);

    [Theory]
    [InlineData("lnbc10p", 1)]
    [InlineData("lnbc1n", 100)]
    [InlineData("lnbc1u", 100_000)]
    [InlineData("lnbc1000000000p", 100_000_000)] // not the shortest form, but seen in the wild
    [InlineData("lnbc21000000", 2_100_000_000_000_000_000)]
    public void Amounts_of_every_unit_are_read(string prefix, long msat) => Assert.Equal(msat, Bolt11.Decode(Write(prefix, Good)).Amount!.Value.Value);

    [Fact]
    public void Missing_or_contradictory_fields_are_named()
    {
        Assert.Contains("payment hash", Refused(Good[1..]), StringComparison.Ordinal);
        Assert.Contains("payment secret", Refused([Good[0], Good[2]]), StringComparison.Ordinal);
        Assert.Contains("neither a description", Refused(Good[..2]), StringComparison.Ordinal);
        Assert.Contains("both a description", Refused([.. Good, Field(InvoiceFields.DescriptionHash, new byte[52])]), StringComparison.Ordinal);
        Assert.Contains("UTF-8", Refused([.. Good[..2], Field(InvoiceFields.Description, Bech32.ToWords([0xC3]))]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 51)]
    [InlineData(1, 53)]
    [InlineData(16, 0)]
    [InlineData(16, 51)]
    public void Required_field_of_a_wrong_length_is_as_good_as_missing(byte type, int length) =>
        Assert.Contains("no valid payment", Refused([.. Good.Where(f => f.Type != type), Field(type, new byte[length])]), StringComparison.Ordinal);

    [Theory]
    [InlineData(InvoiceFields.Expiry)]
    [InlineData(InvoiceFields.MinFinalCltvExpiryDelta)]
    [InlineData(InvoiceFields.Features)]
    public void Number_or_features_with_zeros_in_front_are_refused(byte type) =>
        Assert.Contains("shortest form", Refused([.. Good, Field(type, [0, 1])]), StringComparison.Ordinal);

    [Fact]
    public void Fields_of_no_length_are_harmless()
    {
        byte[] types = [InvoiceFields.Expiry, InvoiceFields.MinFinalCltvExpiryDelta, InvoiceFields.Features, InvoiceFields.FallbackAddress, InvoiceFields.PayeeNodeId, InvoiceFields.Metadata, 31];
        var invoice = Bolt11.Decode(Write("lnbc", [.. Good, .. types.Select(t => Field(t, []))]));
        Assert.Equal((TimeSpan.Zero, 0u, FeatureSet.Empty, Bytes.Empty), (invoice.Expiry, invoice.MinFinalCltvExpiryDelta, invoice.Features, invoice.Metadata!.Value));
        Assert.Equal([InvoiceFields.FallbackAddress, InvoiceFields.PayeeNodeId, (byte)31], invoice.UnknownFields.Items.Select(f => f.Type));
        Assert.Contains("route hint", Refused([.. Good, Field(InvoiceFields.RouteHint, [])]), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_do_not_fit_are_refused()
    {
        Assert.Contains("too large", Refused([.. Good, Field(InvoiceFields.Expiry, [.. Enumerable.Repeat((byte)31, 14)])]), StringComparison.Ordinal);
        Assert.Contains("too large", Refused([.. Good, Field(InvoiceFields.MinFinalCltvExpiryDelta, [31, 31, 31, 31, 31, 31, 31])]), StringComparison.Ordinal);
        var longest = Bolt11.Decode(Write("lnbc", [.. Good, Field(InvoiceFields.Expiry, FiveBits.FromInteger(900_000_000_000))]));
        Assert.Equal(DateTimeOffset.MaxValue, longest.ExpiresAt);
        Assert.False(longest.IsExpired(DateTimeOffset.MaxValue));
    }

    [Fact]
    public void Payee_key_or_hint_key_that_is_no_point_is_refused()
    {
        Assert.Contains("payee is not a point", Refused([.. Good, Field(InvoiceFields.PayeeNodeId, new byte[53])]), StringComparison.Ordinal);
        Assert.Contains("route hint is not a point", Refused([.. Good, Field(InvoiceFields.RouteHint, Bech32.ToWords(new byte[51]))]), StringComparison.Ordinal);
        Assert.Contains("50 bytes", Refused([.. Good, Field(InvoiceFields.RouteHint, Bech32.ToWords(new byte[50]))]), StringComparison.Ordinal);
    }

    [Fact]
    public void Named_payee_is_the_one_who_must_have_signed()
    {
        using var key = Bolt11Tests.SpecificationKey;
        using var other = Key.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray());
        Assert.Equal(key.PubKey, Bolt11.Decode(Write("lnbc", [.. Good, Field(InvoiceFields.PayeeNodeId, Bech32.ToWords(key.PubKey.Span))])).Payee.Key);
        Assert.Contains("signature", Refused([.. Good, Field(InvoiceFields.PayeeNodeId, Bech32.ToWords(other.PubKey.Span))]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(31)]
    [InlineData(255)]
    public void Wrong_recovery_id_is_refused(int recoveryId)
    {
        var words = Bech32.Decode(Coffee, 1000).Words.ToArray();
        var signature = Bech32.ToBytesTruncated(words.AsSpan(^104..));
        signature[64] = (byte)recoveryId;
        Bech32.ToWords(signature).CopyTo(words.AsSpan(^104..));
        Assert.Contains("recovery id", RefusedText(Bech32.Encode("lnbc2500u", words, Bech32Variant.Bech32)), StringComparison.Ordinal);
    }

    [Fact]
    public void Signature_of_zeros_is_refused()
    {
        var words = Bech32.Decode(Coffee, 1000).Words.ToArray();
        words.AsSpan(^104..).Clear();
        Assert.Contains("signature", RefusedText(Bech32.Encode("lnbc2500u", words, Bech32Variant.Bech32)), StringComparison.Ordinal);
    }

    [Fact]
    public void Checksum_of_bech32m_is_refused() =>
        Assert.Contains("bech32m", RefusedText(Bech32.Encode("lnbc2500u", Bech32.Decode(Coffee, 1000).Words.Span, Bech32Variant.Bech32m)), StringComparison.Ordinal);

    [Fact]
    public void Field_that_runs_over_the_end_is_refused()
    {
        Assert.Contains("inside a field", RefusedWords([0, 0, 0, 0, 0, 0, 1, 13, 1, 1, 5]), StringComparison.Ordinal);
        Assert.Contains("head of a field", RefusedWords([0, 0, 0, 0, 0, 0, 1, 13, 1]), StringComparison.Ordinal);
        static string RefusedWords(byte[] words) => RefusedText(Bech32.Encode("lnbc", [.. words, .. new byte[104]], Bech32Variant.Bech32));
    }

    [Fact]
    public void Features_that_contradict_each_other_or_are_required_and_unknown_are_refused()
    {
        Assert.Contains("contradict", Refused([.. Good, Features(16)]), StringComparison.Ordinal);
        Assert.True(Bolt11.Decode(Write("lnbc", [.. Good, Features(14, 17)])).SupportsMultiPart);
        Assert.Contains("feature 50", Refused([.. Good, Features(50)]), StringComparison.Ordinal);
        Assert.True(Bolt11.Decode(Write("lnbc", [.. Good, Features(51)])).Features.HasBit(51));
    }

    private static TaggedField Field(byte type, byte[] words) => new(type, Bytes.Wrap(words));

    private static TaggedField Features(params int[] bits) => Field(InvoiceFields.Features, FiveBits.FromRightAlignedBytes(FeatureSet.FromBits(bits).Bytes.Span));

    private static string Write(string prefix, TaggedField[] fields)
    {
        using var key = Bolt11Tests.SpecificationKey;
        return RawInvoice.Write(prefix, 1_700_000_000, fields, key);
    }

    private static string Refused(TaggedField[]? fields = null, string prefix = "lnbc") => RefusedText(Write(prefix, fields ?? Good));

    private static string RefusedText(string text) => Assert.Throws<InvoiceFormatException>(() => Bolt11.Decode(text)).Message;
}
