using Lightning.Actors.Api;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Invoices;

/// <summary>The parts of an invoice in protobuf, both ways.</summary>
internal static class InvoiceShapes
{
    public static InvoiceTermsProto ToProto(this InvoiceTerms value)
    {
        var proto = new InvoiceTermsProto
        {
            PaymentHash = value.PaymentHash.Value.ToProto(),
            PaymentSecret = value.PaymentSecret.Value.ToProto(),
            PaymentRequest = value.PaymentRequest,
            CreatedAt = value.CreatedAt.ToProto(),
            Expiry = value.Expiry.Ticks,
            MinFinalCltvExpiryDelta = value.MinFinalCltvExpiryDelta,
            Description = value.Description,
            HasPrivateChannels = value.HasPrivateChannels,
            FeatureBits = { value.FeatureBits.Items },
            IsKeysend = value.IsKeysend,
        };
        if (value.Preimage is { } preimage) proto.Preimage = preimage.Value.ToProto();
        if (value.Amount is { } amount) proto.Amount = amount.Value;
        if (value.DescriptionHash is { } hash) proto.DescriptionHash = hash.ToProto();
        if (value.FallbackAddress is { } address) proto.FallbackAddress = address;
        return proto;
    }

    public static InvoiceTerms ToTerms(this InvoiceTermsProto proto) => new(
        proto.PaymentHash.ToPaymentHash(),
        proto.HasPreimage ? new PaymentPreimage(proto.Preimage.ToBytes32()) : null,
        new PaymentSecret(proto.PaymentSecret.ToBytes32()),
        proto.PaymentRequest,
        proto.HasAmount ? new MilliSatoshi(proto.Amount) : null,
        proto.CreatedAt.ToTime(),
        TimeSpan.FromTicks(proto.Expiry),
        proto.MinFinalCltvExpiryDelta)
    {
        Description = proto.Description,
        DescriptionHash = proto.HasDescriptionHash ? proto.DescriptionHash.ToBytes32() : null,
        FallbackAddress = proto.HasFallbackAddress ? proto.FallbackAddress : null,
        HasPrivateChannels = proto.HasPrivateChannels,
        FeatureBits = [.. proto.FeatureBits],
        IsKeysend = proto.IsKeysend,
    };

    public static IncomingPartProto ToProto(this InvoicePart value) => new()
    {
        Channel = value.Key.Channel.ToProto(),
        HtlcId = value.Key.HtlcId,
        ShortChannelId = value.ShortChannelId.Value,
        HtlcAmount = value.HtlcAmount.Value,
        Amount = value.Amount.Value,
        Total = value.Total.Value,
        CltvExpiry = value.CltvExpiry,
        ReceivedAt = value.ReceivedAt.ToProto(),
        AcceptHeight = value.AcceptHeight,
    };

    public static InvoicePart ToPart(this IncomingPartProto proto) => new(
        new PartKey(proto.Channel.ToChannelKey(), proto.HtlcId),
        new ShortChannelId(proto.ShortChannelId),
        new MilliSatoshi(proto.HtlcAmount),
        new MilliSatoshi(proto.Amount),
        new MilliSatoshi(proto.Total),
        proto.CltvExpiry,
        proto.ReceivedAt.ToTime(),
        proto.AcceptHeight);

    public static InvoicePartsFailedProto ToProto(this EquatableArray<FailedPart> parts, DateTimeOffset at) => new()
    {
        Parts = { parts.Items.Select(static p => new FailedPartProto { Part = p.Part.ToProto(), Failure = ByteStringOf(p.Failure) }) },
        At = at.ToProto(),
    };

    public static EquatableArray<FailedPart> ToFailedParts(this InvoicePartsFailedProto proto) =>
        [.. proto.Parts.Select(static p => new FailedPart(p.Part.ToPart(), FailureMessage.Decode(p.Failure.Span)))];

    /// <summary>With the indexes of the lists, which an entity does not know.</summary>
    public static InvoiceInfoProto ToProto(this InvoiceInfo value)
    {
        var terms = new InvoiceTerms(
            value.PaymentHash, value.Preimage, value.PaymentSecret, value.PaymentRequest, value.Amount, value.CreatedAt, value.Expiry, value.MinFinalCltvExpiryDelta)
        {
            Description = value.Description,
            DescriptionHash = value.DescriptionHash,
            FallbackAddress = value.FallbackAddress,
            HasPrivateChannels = value.HasPrivateChannels,
            FeatureBits = [.. value.FeatureBits],
            IsKeysend = value.IsKeysend,
        };
        var proto = new InvoiceInfoProto
        {
            Terms = terms.ToProto(),
            State = (uint)value.State,
            IsHold = value.IsHold,
            AmountPaid = value.AmountPaid.Value,
            AddIndex = value.AddIndex,
            SettleIndex = value.SettleIndex,
            Htlcs = { value.Htlcs.Select(ToProto) },
        };
        if (value.SettledAt is { } settled) proto.SettledAt = settled.ToProto();
        return proto;
    }

    public static InvoiceInfo ToInfo(this InvoiceInfoProto proto)
    {
        var terms = proto.Terms.ToTerms();
        return new InvoiceInfo
        {
            AddIndex = proto.AddIndex,
            SettleIndex = proto.SettleIndex,
            PaymentHash = terms.PaymentHash,
            Preimage = terms.Preimage,
            PaymentSecret = terms.PaymentSecret,
            PaymentRequest = terms.PaymentRequest,
            Description = terms.Description,
            DescriptionHash = terms.DescriptionHash,
            Amount = terms.Amount,
            AmountPaid = new MilliSatoshi(proto.AmountPaid),
            State = (Api.InvoiceState)proto.State,
            IsHold = proto.IsHold,
            IsKeysend = terms.IsKeysend,
            CreatedAt = terms.CreatedAt,
            SettledAt = proto.HasSettledAt ? proto.SettledAt.ToTime() : null,
            Expiry = terms.Expiry,
            MinFinalCltvExpiryDelta = terms.MinFinalCltvExpiryDelta,
            FallbackAddress = terms.FallbackAddress,
            HasPrivateChannels = terms.HasPrivateChannels,
            FeatureBits = terms.FeatureBits,
            Htlcs = [.. proto.Htlcs.Select(ToHtlc)],
        };
    }

    private static InvoiceHtlcInfoProto ToProto(InvoiceHtlc value)
    {
        var proto = new InvoiceHtlcInfoProto
        {
            ShortChannelId = value.ShortChannelId.Value,
            HtlcId = value.HtlcId,
            Amount = value.Amount.Value,
            CltvExpiry = value.CltvExpiry,
            AcceptHeight = value.AcceptHeight,
            AcceptedAt = value.AcceptedAt.ToProto(),
            State = (uint)value.State,
            TotalAmount = value.TotalAmount.Value,
        };
        if (value.ResolvedAt is { } resolved) proto.ResolvedAt = resolved.ToProto();
        return proto;
    }

    private static InvoiceHtlc ToHtlc(InvoiceHtlcInfoProto proto) => new()
    {
        ShortChannelId = new ShortChannelId(proto.ShortChannelId),
        HtlcId = proto.HtlcId,
        Amount = new MilliSatoshi(proto.Amount),
        CltvExpiry = proto.CltvExpiry,
        AcceptHeight = proto.AcceptHeight,
        AcceptedAt = proto.AcceptedAt.ToTime(),
        ResolvedAt = proto.HasResolvedAt ? proto.ResolvedAt.ToTime() : null,
        State = (InvoiceHtlcState)proto.State,
        TotalAmount = new MilliSatoshi(proto.TotalAmount),
    };

    private static Google.Protobuf.ByteString ByteStringOf(FailureMessage failure) => Google.Protobuf.UnsafeByteOperations.UnsafeWrap(failure.Encode());
}
