using Lightning.Actors.Api;
using Lightning.Actors.Serialization;

namespace Lightning.Actors.Payments;

/// <summary>What happened to an outgoing payment, durably.</summary>
internal abstract record PaymentEvent : ISerialized
{
    private PaymentEvent()
    {
    }

    /// <summary>The payment begins, for the first time or after a failure. Written together with what follows first.</summary>
    /// <param name="Terms">What is to be paid.</param>
    public sealed record Started(PaymentTerms Terms) : PaymentEvent;

    /// <summary>An attempt: its HTLCs are asked for from now on, until the channels answer.</summary>
    /// <param name="Parts">The parts.</param>
    /// <param name="At">When.</param>
    public sealed record PartsSent(EquatableArray<PaymentPart> Parts, DateTimeOffset At) : PaymentEvent;

    /// <summary>A part failed, irrevocably: nothing is on its way in it any more.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Failure">Why.</param>
    /// <param name="At">When.</param>
    public sealed record PartFailed(PartNumber Part, PartFailure Failure, DateTimeOffset At) : PaymentEvent;

    /// <summary>The payee has taken the payment: nothing is sent any more, for ever.</summary>
    /// <param name="Preimage">Proof of payment.</param>
    /// <param name="At">When.</param>
    public sealed record Succeeded(PaymentPreimage Preimage, DateTimeOffset At) : PaymentEvent;

    /// <summary>Nothing was paid and nothing is on its way.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="At">When.</param>
    public sealed record Failed(PaymentFailureReason Reason, DateTimeOffset At) : PaymentEvent;
}
