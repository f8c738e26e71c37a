using Google.Protobuf;
using Lightning.Actors.Api;
using Lightning.Channels.Updates;
using Code = Lightning.Node.Api.Lnrpc.Failure.Types.FailureCode;

namespace Lightning.Node.Api.Mapping;

/// <summary>Payments of others as the API shows them.</summary>
internal static class ForwardMapping
{
    /// <summary>What clients of this API are told where a peer's alias is not known.</summary>
    private const string NoAlias = "unable to lookup peer alias";

    public static Lnrpc.ForwardingEvent ToRpc(this Forward forward, bool withAliases) => new()
    {
        Timestamp = (ulong)Write.Seconds(forward.SettledAt),
        TimestampNs = (ulong)Write.Nanoseconds(forward.SettledAt),
        ChanIdIn = forward.IncomingChannel?.Value ?? 0,
        ChanIdOut = forward.OutgoingChannel?.Value ?? 0,
        AmtIn = (ulong)Write.Sat(forward.AmountIn),
        AmtOut = (ulong)Write.Sat(forward.AmountOut),
        Fee = (ulong)Write.Sat(forward.Fee),
        FeeMsat = (ulong)forward.Fee.Value,
        AmtInMsat = (ulong)forward.AmountIn.Value,
        AmtOutMsat = (ulong)forward.AmountOut.Value,
        IncomingHtlcId = forward.IncomingHtlcId,
        OutgoingHtlcId = forward.OutgoingHtlcId,
        PeerAliasIn = withAliases ? NoAlias : "",
        PeerAliasOut = withAliases ? NoAlias : "",
    };

    public static Lnrpc.FeeReportResponse ToRpc(this FeeReport report) => new()
    {
        ChannelFees =
        {
            report.Channels.Select(static channel => new Lnrpc.ChannelFeeReport
            {
                ChanId = channel.ShortChannelId?.Value ?? 0,
                ChannelPoint = channel.Funding.ToString(),
                BaseFeeMsat = channel.Base.Value,
                FeePerMil = channel.ProportionalMillionths,
                FeeRate = channel.ProportionalMillionths / 1_000_000.0,
            }),
        },
        DayFeeSum = (ulong)Write.Sat(report.Day),
        WeekFeeSum = (ulong)Write.Sat(report.Week),
        MonthFeeSum = (ulong)Write.Sat(report.Month),
    };

    public static Routerrpc.HtlcEvent ToRpc(this HtlcEvent happened)
    {
        var info = new Routerrpc.HtlcInfo
        {
            IncomingTimelock = happened.ExpiryIn,
            OutgoingTimelock = happened.ExpiryOut ?? 0,
            IncomingAmtMsat = (ulong)happened.AmountIn.Value,
            OutgoingAmtMsat = (ulong)(happened.AmountOut?.Value ?? 0),
        };
        var answer = new Routerrpc.HtlcEvent
        {
            EventType = Routerrpc.HtlcEvent.Types.EventType.Forward,
            IncomingChannelId = happened.IncomingChannel?.Value ?? 0,
            IncomingHtlcId = happened.IncomingHtlcId,
            OutgoingChannelId = happened.OutgoingChannel?.Value ?? 0,
            OutgoingHtlcId = happened.OutgoingHtlcId ?? 0,
            TimestampNs = (ulong)Write.Nanoseconds(happened.At),
        };
        switch (happened.Kind)
        {
            case HtlcEventKind.Forwarded:
                answer.ForwardEvent = new Routerrpc.ForwardEvent { Info = info };
                break;
            case HtlcEventKind.Settled:
                answer.SettleEvent = new Routerrpc.SettleEvent { Preimage = happened.Preimage is { } preimage ? Write.Bytes(preimage.Value) : ByteString.Empty };
                break;
            case HtlcEventKind.Failed:
                answer.ForwardFailEvent = new Routerrpc.ForwardFailEvent();
                break;
            default:
                var (code, detail) = happened.Failure is { } failure ? (FailureCodes.ToRpc((ushort)failure), Routerrpc.FailureDetail.NoDetail) : Explain(happened.Refusal);
                answer.LinkFailEvent = new Routerrpc.LinkFailEvent { Info = info, WireFailure = code, FailureDetail = detail, FailureString = happened.Failure?.ToString() ?? happened.Refusal?.ToString() ?? "" };
                break;
        }

        return answer;
    }

    private static (Code Code, Routerrpc.FailureDetail Detail) Explain(AddRefusal? refusal) => refusal switch
    {
        AddRefusal.AmountTooSmall => (Code.AmountBelowMinimum, Routerrpc.FailureDetail.NoDetail),
        AddRefusal.ExpiryTooSoon or AddRefusal.TooLate => (Code.ExpiryTooSoon, Routerrpc.FailureDetail.NoDetail),
        AddRefusal.ExpiryTooFar => (Code.ExpiryTooFar, Routerrpc.FailureDetail.NoDetail),
        AddRefusal.InsufficientBalance or AddRefusal.OpenerCannotPayFee => (Code.TemporaryChannelFailure, Routerrpc.FailureDetail.InsufficientBalance),
        AddRefusal.NotOpen or AddRefusal.Offline or AddRefusal.Closing => (Code.TemporaryChannelFailure, Routerrpc.FailureDetail.LinkNotEligible),
        _ => (Code.TemporaryChannelFailure, Routerrpc.FailureDetail.HtlcAddFailed),
    };
}
