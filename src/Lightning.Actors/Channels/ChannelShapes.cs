using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Announcing;
using Lightning.Channels.Keys;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Channels;

/// <summary>A channel's parameters and updates in protobuf, both ways.</summary>
internal static class ChannelShapes
{
    public static ChannelParametersProto ToProto(this ChannelParameters value) => new()
    {
        Key = value.Key.ToProto(),
        KeyIndex = value.KeyIndex,
        Peer = value.Peer.Key.ToProto(),
        IsInitiator = value.IsInitiator,
        ChannelType = value.Type.ToBytes().ToProto(),
        Announce = value.Announce,
        TemporaryId = value.TemporaryId.Value.ToProto(),
        Local = value.Local.ToProto(),
        Remote = value.Remote.ToProto(),
        ShutdownScript = value.ShutdownScript.ToProto(),
        MinimumDepth = value.MinimumDepth,
    };

    public static ChannelParameters ToParameters(this ChannelParametersProto proto) => new(
        proto.Key.ToChannelKey(),
        proto.KeyIndex,
        proto.Peer.ToNodeId(),
        proto.IsInitiator,
        ChannelType.TryParse(proto.ChannelType.Span, out var type) ? type : throw new InvalidDataException("A stored channel type is unknown."),
        proto.Announce,
        new ChannelId(proto.TemporaryId.ToBytes32()),
        proto.Local.ToParty(),
        proto.Remote.ToParty(),
        proto.ShutdownScript.ToScript(),
        proto.MinimumDepth);

    public static ForwardingTermsProto ToProto(this ForwardingTerms value)
    {
        var proto = new ForwardingTermsProto();
        if (value.FeeBase is { } feeBase) proto.FeeBase = feeBase.Value;
        if (value.FeeProportionalMillionths is { } proportional) proto.FeeProportionalMillionths = proportional;
        if (value.CltvExpiryDelta is { } delta) proto.CltvExpiryDelta = delta;
        if (value.HtlcMinimum is { } minimum) proto.HtlcMinimum = minimum.Value;
        if (value.HtlcMaximum is { } maximum) proto.HtlcMaximum = maximum.Value;
        return proto;
    }

    public static ForwardingTerms ToTerms(this ForwardingTermsProto proto) => new()
    {
        FeeBase = proto.HasFeeBase ? new MilliSatoshi(proto.FeeBase) : null,
        FeeProportionalMillionths = proto.HasFeeProportionalMillionths ? proto.FeeProportionalMillionths : null,
        CltvExpiryDelta = proto.HasCltvExpiryDelta ? checked((ushort)proto.CltvExpiryDelta) : null,
        HtlcMinimum = proto.HasHtlcMinimum ? new MilliSatoshi(proto.HtlcMinimum) : null,
        HtlcMaximum = proto.HasHtlcMaximum ? new MilliSatoshi(proto.HtlcMaximum) : null,
    };

    public static PartyParametersProto ToProto(this PartyParameters value)
    {
        var proto = new PartyParametersProto
        {
            Basepoints = new()
            {
                Funding = value.Basepoints.FundingPubKey.ToProto(),
                Revocation = value.Basepoints.Revocation.ToProto(),
                Payment = value.Basepoints.Payment.ToProto(),
                DelayedPayment = value.Basepoints.DelayedPayment.ToProto(),
                Htlc = value.Basepoints.Htlc.ToProto(),
            },
            DustLimit = value.DustLimit.Value,
            MaxHtlcValueInFlight = value.MaxHtlcValueInFlight.Value,
            ChannelReserve = value.ChannelReserve.Value,
            HtlcMinimum = value.HtlcMinimum.Value,
            ToSelfDelay = value.ToSelfDelay,
            MaxAcceptedHtlcs = value.MaxAcceptedHtlcs,
        };
        if (value.UpfrontShutdownScript is { } script) proto.UpfrontShutdownScript = script.ToProto();
        return proto;
    }

    public static PartyParameters ToParty(this PartyParametersProto proto) => new(
        new ChannelBasepoints(
            proto.Basepoints.Funding.ToPubKey(),
            proto.Basepoints.Revocation.ToPubKey(),
            proto.Basepoints.Payment.ToPubKey(),
            proto.Basepoints.DelayedPayment.ToPubKey(),
            proto.Basepoints.Htlc.ToPubKey()),
        new Satoshi(proto.DustLimit),
        new MilliSatoshi(proto.MaxHtlcValueInFlight),
        new Satoshi(proto.ChannelReserve),
        new MilliSatoshi(proto.HtlcMinimum),
        checked((ushort)proto.ToSelfDelay),
        checked((ushort)proto.MaxAcceptedHtlcs),
        proto.HasUpfrontShutdownScript ? proto.UpfrontShutdownScript.ToScript() : null);

    public static CommitmentUpdateProto ToProto(this CommitmentUpdate value)
    {
        switch (value)
        {
            case CommitmentUpdate.AddHtlc add:
                var adding = new CommitmentUpdateProto.Types.AddProto
                {
                    Id = add.Id, Amount = add.Amount.Value, PaymentHash = add.PaymentHash.Value.ToProto(), CltvExpiry = add.CltvExpiry, Onion = add.Onion.ToProto(),
                };
                if (add.PathKey is { } pathKey) adding.PathKey = pathKey.ToProto();
                return new() { Add = adding };
            case CommitmentUpdate.FulfillHtlc fulfill:
                var fulfilling = new CommitmentUpdateProto.Types.FulfillProto { Id = fulfill.Id, Preimage = fulfill.Preimage.Value.ToProto() };
                if (fulfill.AttributionData is { } proof) fulfilling.AttributionData = proof.Value.ToProto();
                return new() { Fulfill = fulfilling };
            case CommitmentUpdate.FailHtlc fail:
                var failing = new CommitmentUpdateProto.Types.FailProto { Id = fail.Id, Reason = fail.Reason.ToProto() };
                if (fail.AttributionData is { } times) failing.AttributionData = times.Value.ToProto();
                if (fail.Refusal is { } refusal)
                {
                    failing.Refusal = new() { FailureCode = refusal.FailureCode, Amount = refusal.Amount.Value, CltvExpiry = refusal.CltvExpiry };
                    if (refusal.Outgoing is { } outgoing) failing.Refusal.Outgoing = outgoing.Value;
                }

                return new() { Fail = failing };
            case CommitmentUpdate.FailMalformedHtlc malformed:
                return new() { FailMalformed = new() { Id = malformed.Id, OnionHash = malformed.OnionHash.ToProto(), FailureCode = malformed.FailureCode } };
            case CommitmentUpdate.Fee fee:
                return new() { Fee = new() { Feerate = fee.Feerate.Value } };
            default:
                throw new NotSupportedException($"{value.GetType()} has no protobuf form.");
        }
    }

    public static CommitmentUpdate ToUpdate(this CommitmentUpdateProto proto) => proto.KindCase switch
    {
        CommitmentUpdateProto.KindOneofCase.Add => new CommitmentUpdate.AddHtlc(
            proto.Add.Id,
            new MilliSatoshi(proto.Add.Amount),
            proto.Add.PaymentHash.ToPaymentHash(),
            proto.Add.CltvExpiry,
            proto.Add.Onion.ToBytes(),
            proto.Add.HasPathKey ? proto.Add.PathKey.ToPubKey() : null),
        CommitmentUpdateProto.KindOneofCase.Fulfill => new CommitmentUpdate.FulfillHtlc(
            proto.Fulfill.Id,
            new PaymentPreimage(proto.Fulfill.Preimage.ToBytes32()),
            proto.Fulfill.HasAttributionData ? new AttributionData(proto.Fulfill.AttributionData.ToBytes()) : null),
        CommitmentUpdateProto.KindOneofCase.Fail => new CommitmentUpdate.FailHtlc(
            proto.Fail.Id, proto.Fail.Reason.ToBytes(), proto.Fail.HasAttributionData ? new AttributionData(proto.Fail.AttributionData.ToBytes()) : null)
        {
            Refusal = proto.Fail.Refusal is not { } refusal ? null : new ForwardRefusal(
                checked((ushort)refusal.FailureCode), refusal.HasOutgoing ? new ShortChannelId(refusal.Outgoing) : null, new MilliSatoshi(refusal.Amount), refusal.CltvExpiry),
        },
        CommitmentUpdateProto.KindOneofCase.FailMalformed => new CommitmentUpdate.FailMalformedHtlc(
            proto.FailMalformed.Id, proto.FailMalformed.OnionHash.ToBytes32(), checked((ushort)proto.FailMalformed.FailureCode)),
        CommitmentUpdateProto.KindOneofCase.Fee => new CommitmentUpdate.Fee(new FeeratePerKw(proto.Fee.Feerate)),
        _ => throw new InvalidDataException("A stored update is of no known kind."),
    };
}
