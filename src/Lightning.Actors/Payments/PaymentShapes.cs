using Lightning.Actors.Api;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Protocol.Invoices;
using Lightning.Protocol.Onion;
using Lightning.Routing.Paths;
using PathHop = Lightning.Routing.Paths.RouteHop;
using HintHop = Lightning.Protocol.Invoices.RouteHintHop;
using RouteHop = Lightning.Actors.Api.RouteHop;

namespace Lightning.Actors.Payments;

/// <summary>The parts of a payment in protobuf, both ways.</summary>
internal static class PaymentShapes
{
    public static PaymentTermsProto ToProto(this PaymentTerms value)
    {
        var proto = new PaymentTermsProto
        {
            RequestId = value.RequestId.ToProto(),
            PaymentHash = value.PaymentHash.Value.ToProto(),
            PaymentSecret = value.PaymentSecret.Value.ToProto(),
            Payee = value.Payee.Key.ToProto(),
            Amount = value.Amount.Value,
            FeeLimit = value.FeeLimit.Value,
            MinFinalCltvExpiryDelta = value.MinFinalCltvExpiryDelta,
            CltvLimit = value.CltvLimit,
            MaxParts = value.MaxParts,
            CreatedAt = value.CreatedAt.ToProto(),
            Deadline = value.Deadline.ToProto(),
            PaymentRequest = value.PaymentRequest,
            RouteHints = { value.RouteHints.Items.Select(static hint => new RouteHintProto { Hops = { hint.Hops.Items.Select(ToProto) } }) },
            OutgoingChannels = { value.OutgoingChannels.Items.Select(static id => id.Value) },
        };
        if (value.MaxPartAmount is { } amount) proto.MaxPartAmount = amount.Value;
        if (value.Metadata is { } metadata) proto.Metadata = metadata.ToProto();
        if (value.LastHop is { } last) proto.LastHop = last.Key.ToProto();
        return proto;
    }

    public static PaymentTerms ToTerms(this PaymentTermsProto proto) => new()
    {
        RequestId = proto.RequestId.ToGuid(),
        PaymentHash = proto.PaymentHash.ToPaymentHash(),
        PaymentSecret = new PaymentSecret(proto.PaymentSecret.ToBytes32()),
        Payee = proto.Payee.ToNodeId(),
        Amount = new MilliSatoshi(proto.Amount),
        FeeLimit = new MilliSatoshi(proto.FeeLimit),
        MinFinalCltvExpiryDelta = proto.MinFinalCltvExpiryDelta,
        CltvLimit = proto.CltvLimit,
        MaxParts = proto.MaxParts,
        CreatedAt = proto.CreatedAt.ToTime(),
        Deadline = proto.Deadline.ToTime(),
        PaymentRequest = proto.PaymentRequest,
        RouteHints = [.. proto.RouteHints.Select(static hint => new RouteHint([.. hint.Hops.Select(ToHop)]))],
        OutgoingChannels = [.. proto.OutgoingChannels.Select(static id => new ShortChannelId(id))],
        MaxPartAmount = proto.HasMaxPartAmount ? new MilliSatoshi(proto.MaxPartAmount) : null,
        Metadata = proto.HasMetadata ? proto.Metadata.ToBytes() : null,
        LastHop = proto.HasLastHop ? proto.LastHop.ToNodeId() : null,
    };

    public static PaymentPartProto ToProto(this PaymentPart value) => new()
    {
        Attempt = value.Number.Attempt,
        Part = value.Number.Part,
        Channel = value.Channel.ToProto(),
        Hops =
        {
            value.Route.Hops.Items.Select(static hop => new PathHopProto
            {
                NodeId = hop.NodeId.Key.ToProto(), ShortChannelId = hop.ShortChannelId.Value, Amount = hop.Amount.Value, CltvExpiry = hop.CltvExpiry, Fee = hop.Fee.Value,
            }),
        },
        Blinded = value.Route.Blinded is { } tail ? new BlindedTailProto { Path = tail.Path, Amount = tail.Amount.Value, CltvExpiry = tail.CltvExpiry } : null,
        SessionKey = value.SessionKey.ToProto(),
        RefuseFrom = value.RefuseFrom,
    };

    public static PaymentPart ToPart(this PaymentPartProto proto) => new(
        new PartNumber(proto.Attempt, proto.Part),
        proto.Channel.ToChannelKey(),
        new Route(
        [
            .. proto.Hops.Select(static hop => new PathHop(
                hop.NodeId.ToNodeId(), new ShortChannelId(hop.ShortChannelId), new MilliSatoshi(hop.Amount), hop.CltvExpiry, new MilliSatoshi(hop.Fee))),
        ])
        {
            Blinded = proto.Blinded is { } tail ? new BlindedTail(tail.Path, new MilliSatoshi(tail.Amount), tail.CltvExpiry) : null,
        },
        proto.SessionKey.ToBytes32(),
        proto.RefuseFrom);

    public static PartFailureProto ToProto(this PartFailure value)
    {
        var proto = new PartFailureProto
        {
            Message = value.Message,
            IsFinal = value.IsFinal,
            ExcludedChannels =
            {
                value.ExcludedChannels.Items.Select(static c => new DirectedChannelProto { ShortChannelId = c.ShortChannelId.Value, To = c.To.Key.ToProto() }),
            },
            ExcludedNodes = { value.ExcludedNodes.Items.Select(static node => node.Key.ToProto()) },
        };
        if (value.Code is { } code) proto.Code = (uint)code;
        if (value.Source is { } source) proto.Source = source;
        return proto;
    }

    public static PartFailure ToFailure(this PartFailureProto proto) => new(
        proto.HasCode ? (FailureCode)proto.Code : null,
        proto.HasSource ? proto.Source : null,
        proto.Message,
        proto.IsFinal,
        [.. proto.ExcludedChannels.Select(static c => new DirectedChannel(new ShortChannelId(c.ShortChannelId), c.To.ToNodeId()))],
        [.. proto.ExcludedNodes.Select(static node => node.ToNodeId())]);

    public static PaymentInfoProto ToProto(this PaymentInfo value)
    {
        var proto = new PaymentInfoProto
        {
            Index = value.Index,
            PaymentHash = value.PaymentHash.Value.ToProto(),
            PaymentRequest = value.PaymentRequest,
            Destination = value.Destination.Key.ToProto(),
            Amount = value.Amount.Value,
            Fee = value.Fee.Value,
            Status = (uint)value.Status,
            FailureReason = (uint)value.FailureReason,
            CreatedAt = value.CreatedAt.ToProto(),
            Attempts = { value.Attempts.Select(ToProto) },
        };
        if (value.Preimage is { } preimage) proto.Preimage = preimage.Value.ToProto();
        return proto;
    }

    public static PaymentInfo ToInfo(this PaymentInfoProto proto) => new()
    {
        Index = proto.Index,
        PaymentHash = proto.PaymentHash.ToPaymentHash(),
        Preimage = proto.HasPreimage ? new PaymentPreimage(proto.Preimage.ToBytes32()) : null,
        PaymentRequest = proto.PaymentRequest,
        Destination = proto.Destination.ToNodeId(),
        Amount = new MilliSatoshi(proto.Amount),
        Fee = new MilliSatoshi(proto.Fee),
        Status = (PaymentStatus)proto.Status,
        FailureReason = (PaymentFailureReason)proto.FailureReason,
        CreatedAt = proto.CreatedAt.ToTime(),
        Attempts = [.. proto.Attempts.Select(ToAttempt)],
    };

    private static RouteHintHopProto ToProto(HintHop value) => new()
    {
        NodeId = value.NodeId.Key.ToProto(),
        ShortChannelId = value.ShortChannelId.Value,
        FeeBase = value.FeeBase.Value,
        FeeProportionalMillionths = value.FeeProportionalMillionths,
        CltvExpiryDelta = value.CltvExpiryDelta,
    };

    private static HintHop ToHop(RouteHintHopProto proto) => new(
        proto.NodeId.ToNodeId(),
        new ShortChannelId(proto.ShortChannelId),
        new MilliSatoshi(proto.FeeBase),
        proto.FeeProportionalMillionths,
        checked((ushort)proto.CltvExpiryDelta));

    private static PaymentAttemptProto ToProto(PaymentAttempt value)
    {
        var proto = new PaymentAttemptProto
        {
            AttemptId = value.AttemptId,
            Status = (uint)value.Status,
            Route = { value.Route.Select(ToProto) },
            TotalAmount = value.TotalAmount.Value,
            TotalCltvExpiry = value.TotalCltvExpiry,
            SentAt = value.SentAt.ToProto(),
        };
        if (value.ResolvedAt is { } resolved) proto.ResolvedAt = resolved.ToProto();
        if (value.Failure is { } failure)
        {
            proto.Failure = new() { Message = failure.Message };
            if (failure.Code is { } code) proto.Failure.Code = code;
            if (failure.SourceIndex is { } source) proto.Failure.SourceIndex = source;
        }

        return proto;
    }

    private static PaymentAttempt ToAttempt(PaymentAttemptProto proto) => new()
    {
        AttemptId = proto.AttemptId,
        Status = (PaymentStatus)proto.Status,
        Route = [.. proto.Route.Select(ToHop)],
        TotalAmount = new MilliSatoshi(proto.TotalAmount),
        TotalCltvExpiry = proto.TotalCltvExpiry,
        SentAt = proto.SentAt.ToTime(),
        ResolvedAt = proto.HasResolvedAt ? proto.ResolvedAt.ToTime() : null,
        Failure = proto.Failure is { } failure
            ? new AttemptFailure(failure.HasCode ? checked((ushort)failure.Code) : null, failure.HasSourceIndex ? failure.SourceIndex : null) { Message = failure.Message }
            : null,
    };

    private static RouteHopProto ToProto(RouteHop value) => new()
    {
        NodeId = value.NodeId.Key.ToProto(),
        ShortChannelId = value.ShortChannelId.Value,
        ChannelCapacity = value.ChannelCapacity.Value,
        AmountToForward = value.AmountToForward.Value,
        Fee = value.Fee.Value,
        OutgoingCltvExpiry = value.OutgoingCltvExpiry,
    };

    private static RouteHop ToHop(RouteHopProto proto) => new()
    {
        NodeId = proto.NodeId.ToNodeId(),
        ShortChannelId = new ShortChannelId(proto.ShortChannelId),
        ChannelCapacity = new Satoshi(proto.ChannelCapacity),
        AmountToForward = new MilliSatoshi(proto.AmountToForward),
        Fee = new MilliSatoshi(proto.Fee),
        OutgoingCltvExpiry = proto.OutgoingCltvExpiry,
    };
}
