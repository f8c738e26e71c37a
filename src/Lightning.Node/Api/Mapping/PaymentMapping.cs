using Google.Protobuf;
using Lightning.Actors.Api;

namespace Lightning.Node.Api.Mapping;

/// <summary>Payments as the API shows them.</summary>
internal static class PaymentMapping
{
    public static Lnrpc.Payment ToRpc(this PaymentInfo payment, bool withHops = true) => new()
    {
        PaymentHash = payment.PaymentHash.ToString(),
        Value = Write.Sat(payment.Amount),
        ValueSat = Write.Sat(payment.Amount),
        ValueMsat = payment.Amount.Value,
        CreationDate = Write.Seconds(payment.CreatedAt),
        CreationTimeNs = Write.Nanoseconds(payment.CreatedAt),
        Fee = Write.Sat(payment.Fee),
        FeeSat = Write.Sat(payment.Fee),
        FeeMsat = payment.Fee.Value,
        // Clients expect 32 zero bytes where there is no preimage.
        PaymentPreimage = (payment.Preimage?.Value ?? Bytes32.Zero).ToString(),
        PaymentRequest = payment.PaymentRequest,
        Status = payment.Status switch
        {
            // Clients that know of INITIATED are few: to them a payment is in flight from the moment it is accepted.
            PaymentStatus.Initiated or PaymentStatus.InFlight => Lnrpc.Payment.Types.PaymentStatus.InFlight,
            PaymentStatus.Succeeded => Lnrpc.Payment.Types.PaymentStatus.Succeeded,
            _ => Lnrpc.Payment.Types.PaymentStatus.Failed,
        },
        FailureReason = Reason(payment.FailureReason),
        PaymentIndex = payment.Index,
        Htlcs = { payment.Attempts.Select(a => a.ToRpc(payment, withHops)) },
    };

    private static Lnrpc.PaymentFailureReason Reason(PaymentFailureReason reason) => reason switch
    {
        PaymentFailureReason.None => Lnrpc.PaymentFailureReason.FailureReasonNone,
        PaymentFailureReason.Timeout => Lnrpc.PaymentFailureReason.FailureReasonTimeout,
        PaymentFailureReason.NoRoute => Lnrpc.PaymentFailureReason.FailureReasonNoRoute,
        PaymentFailureReason.IncorrectPaymentDetails => Lnrpc.PaymentFailureReason.FailureReasonIncorrectPaymentDetails,
        PaymentFailureReason.InsufficientBalance => Lnrpc.PaymentFailureReason.FailureReasonInsufficientBalance,
        PaymentFailureReason.Canceled => Lnrpc.PaymentFailureReason.FailureReasonCanceled,
        _ => Lnrpc.PaymentFailureReason.FailureReasonError,
    };

    private static Lnrpc.HTLCAttempt ToRpc(this PaymentAttempt attempt, PaymentInfo payment, bool withHops)
    {
        var fees = attempt.TotalAmount - attempt.Amount;
        var route = new Lnrpc.Route
        {
            TotalTimeLock = attempt.TotalCltvExpiry,
            TotalFees = Write.Sat(fees),
            TotalFeesMsat = fees.Value,
            TotalAmt = Write.Sat(attempt.TotalAmount),
            TotalAmtMsat = attempt.TotalAmount.Value,
        };
        if (withHops) route.Hops.AddRange(attempt.Route.Select(ToRpc));
        return new Lnrpc.HTLCAttempt
        {
            AttemptId = attempt.AttemptId,
            Status = attempt.Status switch
            {
                PaymentStatus.Succeeded => Lnrpc.HTLCAttempt.Types.HTLCStatus.Succeeded,
                PaymentStatus.Failed => Lnrpc.HTLCAttempt.Types.HTLCStatus.Failed,
                _ => Lnrpc.HTLCAttempt.Types.HTLCStatus.InFlight,
            },
            Route = route,
            AttemptTimeNs = Write.Nanoseconds(attempt.SentAt),
            ResolveTimeNs = Write.Nanoseconds(attempt.ResolvedAt),
            Failure = attempt.Failure?.ToRpc(),
            Preimage = attempt.Status == PaymentStatus.Succeeded && payment.Preimage is { } preimage ? Write.Bytes(preimage.Value) : ByteString.Empty,
        };
    }

    private static Lnrpc.Hop ToRpc(RouteHop hop) => new()
    {
        ChanId = hop.ShortChannelId.Value,
        ChanCapacity = hop.ChannelCapacity.Value,
        AmtToForward = Write.Sat(hop.AmountToForward),
        AmtToForwardMsat = hop.AmountToForward.Value,
        Fee = Write.Sat(hop.Fee),
        FeeMsat = hop.Fee.Value,
        Expiry = hop.OutgoingCltvExpiry,
        PubKey = hop.NodeId.ToString(),
        TlvPayload = true,
    };

    private static Lnrpc.Failure ToRpc(this AttemptFailure failure) => new()
    {
        Code = FailureCodes.ToRpc(failure.Code),
        FailureSourceIndex = (uint)(failure.SourceIndex ?? 0),
    };
}
