using Lightning.Actors.Payments.Messages;
using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Parameters;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Payments;

/// <summary>The protobuf forms of what channels report to payments.</summary>
internal static class HtlcReportFormats
{
    public static void AddTo(FormatRegistry formats)
    {
        formats.Add<HtlcAccepted, HtlcReportProto>("paym.acc.1", Head, static p => new HtlcAccepted(Origin(p), p.Channel.ToChannelKey()));
        formats.Add<HtlcRefused, HtlcReportProto>("paym.ref.1", static r =>
        {
            var proto = Head(r);
            proto.Refusal = (uint)r.Reason;
            return proto;
        }, static p => new HtlcRefused(Origin(p), p.Channel.ToChannelKey(), (AddRefusal)p.Refusal));
        formats.Add<HtlcFulfilled, HtlcReportProto>("paym.ful.1", static r =>
        {
            var proto = Head(r);
            proto.Preimage = r.Preimage.Value.ToProto();
            if (r.AttributionData is { } data) proto.AttributionData = data.Value.ToProto();
            return proto;
        }, static p => new HtlcFulfilled(
            Origin(p),
            p.Channel.ToChannelKey(),
            new PaymentPreimage(p.Preimage.ToBytes32()),
            p.HasAttributionData ? new AttributionData(p.AttributionData.ToBytes()) : null));
        formats.Add<HtlcFailed, HtlcReportProto>("paym.fai.1", WriteFailed, static p => new HtlcFailed(Origin(p), p.Channel.ToChannelKey(), ReadFailure(p)));
    }

    private static HtlcReportProto Head(HtlcReport report) => new() { Origin = report.Origin.ToProto(), Channel = report.Channel.ToProto() };

    private static HtlcOrigin.Local Origin(HtlcReportProto proto) =>
        proto.Origin.ToOrigin() as HtlcOrigin.Local ?? throw new InvalidDataException("A payment was told of an HTLC that is not its own.");

    private static HtlcReportProto WriteFailed(HtlcFailed report)
    {
        var proto = Head(report);
        switch (report.Failure)
        {
            case HtlcFailure.Remote remote:
                proto.Failure = new() { Reason = remote.Reason.ToProto() };
                if (remote.AttributionData is { } data) proto.Failure.AttributionData = data.Value.ToProto();
                break;
            case HtlcFailure.Malformed malformed:
                proto.Malformed = new() { OnionHash = malformed.OnionHash.ToProto(), FailureCode = malformed.FailureCode };
                break;
        }

        return proto;
    }

    private static HtlcFailure ReadFailure(HtlcReportProto proto)
    {
        if (proto.Failure is { } failure)
            return new HtlcFailure.Remote(failure.Reason.ToBytes(), failure.HasAttributionData ? new AttributionData(failure.AttributionData.ToBytes()) : null);
        return proto.Malformed is { } malformed
            ? new HtlcFailure.Malformed(malformed.OnionHash.ToBytes32(), checked((ushort)malformed.FailureCode))
            : new HtlcFailure.OnChain();
    }
}
