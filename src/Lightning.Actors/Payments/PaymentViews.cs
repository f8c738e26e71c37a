using Lightning.Actors.Api;

namespace Lightning.Actors.Payments;

/// <summary>A payment as people see it.</summary>
internal static class PaymentViews
{
    private const int AttemptBits = 24, PartBits = 8;

    /// <summary>The payment; null where nothing was ever paid to the hash.</summary>
    /// <param name="state">The entity's state.</param>
    /// <param name="index">Its index in the list; 0 where it is not known yet.</param>
    public static PaymentInfo? ToInfo(this PaymentState state, ulong index = 0)
    {
        if (state.Terms is not { } terms) return null;
        return new PaymentInfo
        {
            Index = index,
            PaymentHash = terms.PaymentHash,
            Preimage = state.Preimage,
            PaymentRequest = terms.PaymentRequest,
            Destination = terms.Payee,
            Amount = terms.Amount,
            Fee = state.Fee,
            Status = StatusOf(state),
            FailureReason = state.FailureReason,
            CreatedAt = terms.CreatedAt,
            Attempts = [.. state.Parts.Select(record => ToAttempt(state, record, index))],
        };
    }

    /// <summary>The same with its index, and attempts numbered by it.</summary>
    public static PaymentInfo WithIndex(this PaymentInfo payment, ulong index) => payment with
    {
        Index = index,
        Attempts = [.. payment.Attempts.Select(attempt => attempt with { AttemptId = (index << AttemptBits) | (attempt.AttemptId & ((1 << AttemptBits) - 1)) })],
    };

    /// <summary>Which part an attempt is.</summary>
    public static PartNumber PartOf(PaymentAttempt attempt) =>
        new((uint)(attempt.AttemptId & ((1 << AttemptBits) - 1)) >> PartBits, (uint)attempt.AttemptId & ((1 << PartBits) - 1));

    private static PaymentStatus StatusOf(PaymentState state) => state.Phase switch
    {
        PaymentPhase.Succeeded => PaymentStatus.Succeeded,
        PaymentPhase.Failed => PaymentStatus.Failed,
        _ => state.Parts.IsEmpty ? PaymentStatus.Initiated : PaymentStatus.InFlight,
    };

    private static PaymentAttempt ToAttempt(PaymentState state, PartRecord record, ulong index)
    {
        var hops = record.Part.Route.Hops;
        var route = new RouteHop[hops.Count];
        for (var i = 0; i < route.Length; i++)
        {
            var onward = hops[Math.Min(i + 1, hops.Count - 1)];
            route[i] = new RouteHop
            {
                NodeId = hops[i].NodeId, ShortChannelId = hops[i].ShortChannelId, AmountToForward = onward.Amount, Fee = hops[i].Fee, OutgoingCltvExpiry = onward.CltvExpiry,
            };
        }

        return new PaymentAttempt
        {
            AttemptId = (index << AttemptBits) | ((ulong)record.Part.Number.Attempt << PartBits) | record.Part.Number.Part,
            Status = !record.IsLive ? PaymentStatus.Failed : state.Phase == PaymentPhase.Succeeded ? PaymentStatus.Succeeded : PaymentStatus.InFlight,
            Route = route,
            TotalAmount = record.Part.Route.TotalAmount,
            TotalCltvExpiry = record.Part.Route.CltvExpiry,
            SentAt = record.SentAt,
            ResolvedAt = record.ResolvedAt,
            Failure = record.Failure is { } failure ? new AttemptFailure((ushort?)failure.Code, failure.Source) { Message = failure.Message } : null,
        };
    }
}
