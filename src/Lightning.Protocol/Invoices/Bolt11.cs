using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Encodings;
using Lightning.Protocol.Features;

namespace Lightning.Protocol.Invoices;

/// <summary>Reads and signs invoices (BOLT 11).</summary>
public static class Bolt11
{
    /// <summary>The longest text that is read, in characters: what fits into the largest QR code. Nobody makes longer ones, and decoding costs must be bounded.</summary>
    public const int MaxLength = 7089;

    private const string UriScheme = "lightning:";
    private const int HashGroups = 52;
    private const int NodeIdGroups = 53;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads an invoice, in lower or upper case, with or without the <c>lightning:</c> of a link, and checks its signature.</summary>
    /// <exception cref="InvoiceFormatException">It is malformed, its signature is wrong, or it needs what this version does not know.</exception>
    public static Invoice Decode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        if (text.StartsWith(UriScheme, StringComparison.OrdinalIgnoreCase)) text = text[UriScheme.Length..];
        return Interpret(RawInvoice.Parse(text));
    }

    /// <summary>Signs and writes an invoice.</summary>
    /// <param name="invoice">What to write.</param>
    /// <param name="key">The payee's node key.</param>
    /// <exception cref="ArgumentException">The key is not the payee's, or the invoice breaks a rule of BOLT 11.</exception>
    public static string Encode(Invoice invoice, Key key)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (key.PubKey != invoice.Payee.Key) throw new ArgumentException("The key is not the payee's.", nameof(key));
        if (invoice.Amount is { Value: <= 0 }) throw new ArgumentException($"The amount must be positive, got {invoice.Amount}.", nameof(invoice));
        if (invoice.Description is null == invoice.DescriptionHash is null)
            throw new ArgumentException("An invoice has either a description or the hash of one.", nameof(invoice));
        if (invoice.Expiry < TimeSpan.Zero) throw new ArgumentException($"The expiry must not be negative, got {invoice.Expiry}.", nameof(invoice));

        var fields = new List<TaggedField>
        {
            OfBytes(InvoiceFields.PaymentHash, invoice.PaymentHash.Value.Span),
            OfBytes(InvoiceFields.PaymentSecret, invoice.PaymentSecret.Value.Span),
            invoice.DescriptionHash is { } hash
                ? OfBytes(InvoiceFields.DescriptionHash, hash.Span)
                : OfBytes(InvoiceFields.Description, StrictUtf8.GetBytes(invoice.Description!)),
        };
        if (invoice.Metadata is { } metadata) fields.Add(OfBytes(InvoiceFields.Metadata, metadata.Span));
        if (invoice.Expiry != Invoice.DefaultExpiry) fields.Add(OfInteger(InvoiceFields.Expiry, (ulong)(invoice.Expiry.Ticks / TimeSpan.TicksPerSecond)));
        fields.Add(OfInteger(InvoiceFields.MinFinalCltvExpiryDelta, invoice.MinFinalCltvExpiryDelta));
        foreach (var address in invoice.FallbackAddresses) fields.Add(OfFallback(address));
        foreach (var hint in invoice.RouteHints) fields.Add(OfHint(hint));
        if (!invoice.Features.IsEmpty)
            fields.Add(new TaggedField(InvoiceFields.Features, Bytes.Wrap(FiveBits.FromRightAlignedBytes(invoice.Features.Bytes.Span))));
        foreach (var unknown in invoice.UnknownFields) fields.Add(unknown);

        var hrp = "ln" + invoice.Network.InvoicePrefix + (invoice.Amount is { } amount ? InvoiceAmount.Format(amount) : "");
        return RawInvoice.Write(hrp, invoice.Timestamp.ToUnixTimeSeconds(), fields, key);
    }

    private static Invoice Interpret(RawInvoice raw)
    {
        var (network, amount) = ReadHumanReadablePart(raw.HumanReadablePart);
        PaymentHash? paymentHash = null;
        PaymentSecret? paymentSecret = null;
        string? description = null;
        Bytes32? descriptionHash = null;
        Bytes? metadata = null;
        NodeId? namedPayee = null;
        TimeSpan? expiry = null;
        uint? minFinalCltvExpiryDelta = null;
        FeatureSet? features = null;
        var fallbacks = ImmutableArray.CreateBuilder<FallbackAddress>();
        var hints = ImmutableArray.CreateBuilder<RouteHint>();
        var unknown = ImmutableArray.CreateBuilder<TaggedField>();

        // Of a field that may stand there once the first one counts. A field of fixed length with another length is skipped, as the examples of BOLT 11
        // show; when no good one stands beside it, a required one is then missing and the invoice is refused.
        foreach (var field in raw.Fields)
        {
            var values = field.Values.Span;
            switch (field.Type)
            {
                case InvoiceFields.PaymentHash when values.Length == HashGroups:
                    paymentHash ??= new PaymentHash(ReadBytes32(values));
                    break;
                case InvoiceFields.PaymentSecret when values.Length == HashGroups:
                    paymentSecret ??= new PaymentSecret(ReadBytes32(values));
                    break;
                case InvoiceFields.DescriptionHash when values.Length == HashGroups:
                    descriptionHash ??= ReadBytes32(values);
                    break;
                case InvoiceFields.Description:
                    description ??= ReadText(values);
                    break;
                case InvoiceFields.Metadata:
                    metadata ??= Bytes.Wrap(Bech32.ToBytesTruncated(values));
                    break;
                case InvoiceFields.PayeeNodeId when values.Length == NodeIdGroups:
                    namedPayee ??= ReadNodeId(Bech32.ToBytesTruncated(values), "payee");
                    break;
                case InvoiceFields.Expiry:
                    expiry ??= ReadExpiry(values);
                    break;
                case InvoiceFields.MinFinalCltvExpiryDelta:
                    minFinalCltvExpiryDelta ??= (uint)ReadInteger(values, "min_final_cltv_expiry_delta", uint.MaxValue);
                    break;
                case InvoiceFields.FallbackAddress when TryReadFallback(values, out var address):
                    fallbacks.Add(address);
                    break;
                case InvoiceFields.RouteHint:
                    hints.Add(ReadHint(values));
                    break;
                case InvoiceFields.Features:
                    features ??= ReadFeatures(values);
                    break;
                default:
                    unknown.Add(field);
                    break;
            }
        }

        if (paymentHash is null) throw new InvoiceFormatException("The invoice has no valid payment hash (field p).");
        if (paymentSecret is null) throw new InvoiceFormatException("The invoice has no valid payment secret (field s).");
        if (description is null && descriptionHash is null) throw new InvoiceFormatException("The invoice has neither a description (field d) nor the hash of one (field h).");
        if (description is not null && descriptionHash is not null) throw new InvoiceFormatException("The invoice has both a description (field d) and the hash of one (field h).");
        if (InvoiceFeatures.Problem(features ?? FeatureSet.Empty) is { } problem) throw new InvoiceFormatException(problem);

        return new Invoice
        {
            Network = network,
            Amount = amount,
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(raw.Timestamp),
            PaymentHash = paymentHash.Value,
            PaymentSecret = paymentSecret.Value,
            Description = description,
            DescriptionHash = descriptionHash,
            Metadata = metadata,
            Expiry = expiry ?? Invoice.DefaultExpiry,
            MinFinalCltvExpiryDelta = minFinalCltvExpiryDelta ?? Invoice.DefaultMinFinalCltvExpiryDelta,
            FallbackAddresses = fallbacks.ToImmutable(),
            RouteHints = hints.ToImmutable(),
            Features = features ?? FeatureSet.Empty,
            Payee = CheckSignature(raw, namedPayee),
            UnknownFields = unknown.ToImmutable(),
        };
    }

    private static (Network Network, MilliSatoshi? Amount) ReadHumanReadablePart(string hrp)
    {
        var digits = hrp.AsSpan().IndexOfAnyInRange('0', '9');
        var prefix = digits < 0 ? hrp : hrp[..digits];
        if (!prefix.StartsWith("ln", StringComparison.Ordinal)) throw new InvoiceFormatException("This is not a Lightning invoice: it does not begin with 'ln'.");
        foreach (var network in Network.All)
        {
            if (prefix.AsSpan(2).SequenceEqual(network.InvoicePrefix)) return (network, digits < 0 ? null : InvoiceAmount.Parse(hrp.AsSpan(digits)));
        }

        throw new InvoiceFormatException($"The invoice is for an unknown network: its prefix is '{prefix}'.");
    }

    /// <summary>A named payee must have signed with a low S; without one, the key is recovered, which takes any S.</summary>
    private static NodeId CheckSignature(RawInvoice raw, NodeId? namedPayee)
    {
        if (namedPayee is not null)
        {
            if (!namedPayee.Key.Verify(raw.SigningHash, raw.Signature)) throw new InvoiceFormatException("The signature is not the payee's, or not in its normal form.");
            return namedPayee;
        }

        if (raw.RecoveryId is < 0 or > 3) throw new InvoiceFormatException($"The signature's recovery id is {raw.RecoveryId}: expected 0 to 3.");
        return PubKey.Recover(raw.SigningHash, raw.Signature, raw.RecoveryId) is { } key
            ? new NodeId(key)
            : throw new InvoiceFormatException("The signature is invalid: no public key fits it.");
    }

    private static Bytes32 ReadBytes32(ReadOnlySpan<byte> values) => new(Bech32.ToBytesTruncated(values));

    private static string ReadText(ReadOnlySpan<byte> values)
    {
        try
        {
            return StrictUtf8.GetString(Bech32.ToBytesTruncated(values));
        }
        catch (DecoderFallbackException e)
        {
            throw new InvoiceFormatException("The description is not valid UTF-8.", e);
        }
    }

    private static NodeId ReadNodeId(ReadOnlySpan<byte> bytes, string whose) => PubKey.TryParse(bytes, out var key)
        ? new NodeId(key)
        : throw new InvoiceFormatException($"The public key of the {whose} is not a point of the curve.");

    private static ulong ReadInteger(ReadOnlySpan<byte> values, string name, ulong maximum)
    {
        if (values.Length > 0 && values[0] == 0) throw new InvoiceFormatException($"The field {name} is not written in its shortest form.");
        return FiveBits.ToInteger(values) is { } value && value <= maximum ? value : throw new InvoiceFormatException($"The field {name} is too large.");
    }

    private static TimeSpan ReadExpiry(ReadOnlySpan<byte> values) =>
        TimeSpan.FromSeconds((long)ReadInteger(values, "expiry", (ulong)(TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond)));

    private static bool TryReadFallback(ReadOnlySpan<byte> values, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FallbackAddress? address)
    {
        address = null;
        if (values.IsEmpty) return false;
        var program = Bech32.ToBytesTruncated(values[1..]);
        var valid = values[0] switch
        {
            0 => program.Length is 20 or 32,
            <= 16 => program.Length is >= 2 and <= 40,
            FallbackAddress.PubKeyHash or FallbackAddress.ScriptHash => program.Length == 20,
            _ => false,
        };
        if (valid) address = new FallbackAddress(values[0], Bytes.Wrap(program));
        return valid;
    }

    private static RouteHint ReadHint(ReadOnlySpan<byte> values)
    {
        ReadOnlySpan<byte> bytes = Bech32.ToBytesTruncated(values);
        if (bytes.IsEmpty || bytes.Length % RouteHintHop.Length != 0)
            throw new InvoiceFormatException($"A route hint has {bytes.Length} bytes: expected a multiple of {RouteHintHop.Length}.");
        var hops = ImmutableArray.CreateBuilder<RouteHintHop>(bytes.Length / RouteHintHop.Length);
        for (; !bytes.IsEmpty; bytes = bytes[RouteHintHop.Length..])
        {
            hops.Add(new RouteHintHop(
                ReadNodeId(bytes[..PubKey.Size], "node in a route hint"),
                new ShortChannelId(BinaryPrimitives.ReadUInt64BigEndian(bytes[33..])),
                new MilliSatoshi(BinaryPrimitives.ReadUInt32BigEndian(bytes[41..])),
                BinaryPrimitives.ReadUInt32BigEndian(bytes[45..]),
                BinaryPrimitives.ReadUInt16BigEndian(bytes[49..])));
        }

        return new RouteHint(hops.MoveToImmutable());
    }

    private static FeatureSet ReadFeatures(ReadOnlySpan<byte> values)
    {
        if (values.Length > 0 && values[0] == 0) throw new InvoiceFormatException("The features are not written in their shortest form.");
        return FeatureSet.FromBytes(FiveBits.ToRightAlignedBytes(values));
    }

    private static TaggedField OfBytes(byte type, ReadOnlySpan<byte> bytes) => new(type, Bytes.Wrap(Bech32.ToWords(bytes)));

    private static TaggedField OfInteger(byte type, ulong value) => new(type, Bytes.Wrap(FiveBits.FromInteger(value)));

    private static TaggedField OfFallback(FallbackAddress address) =>
        new(InvoiceFields.FallbackAddress, Bytes.Wrap([address.Version, .. Bech32.ToWords(address.Program.Span)]));

    private static TaggedField OfHint(RouteHint hint)
    {
        if (hint.Hops.IsEmpty) throw new ArgumentException("A route hint needs at least one hop.", nameof(hint));
        var bytes = new byte[hint.Hops.Count * RouteHintHop.Length];
        for (var i = 0; i < hint.Hops.Count; i++)
        {
            var hop = hint.Hops[i];
            var entry = bytes.AsSpan(i * RouteHintHop.Length);
            hop.NodeId.Key.Span.CopyTo(entry);
            BinaryPrimitives.WriteUInt64BigEndian(entry[33..], hop.ShortChannelId.Value);
            BinaryPrimitives.WriteUInt32BigEndian(entry[41..], checked((uint)hop.FeeBase.Value));
            BinaryPrimitives.WriteUInt32BigEndian(entry[45..], hop.FeeProportionalMillionths);
            BinaryPrimitives.WriteUInt16BigEndian(entry[49..], hop.CltvExpiryDelta);
        }

        return OfBytes(InvoiceFields.RouteHint, bytes);
    }
}
