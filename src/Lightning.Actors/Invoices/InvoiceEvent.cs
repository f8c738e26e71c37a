using Lightning.Actors.Serialization;
using Lightning.Protocol.Onion;

namespace Lightning.Actors.Invoices;

/// <summary>What happened to an invoice, durably.</summary>
internal abstract record InvoiceEvent : ISerialized
{
    private InvoiceEvent()
    {
    }

    /// <summary>The invoice was made.</summary>
    /// <param name="Terms">What never changes.</param>
    public sealed record Added(InvoiceTerms Terms) : InvoiceEvent;

    /// <summary>All parts of a hold invoice's payment are there. They end together.</summary>
    /// <param name="Parts">The parts.</param>
    public sealed record Held(EquatableArray<InvoicePart> Parts) : InvoiceEvent;

    /// <summary>The payment is taken: the preimage goes to exactly these parts.</summary>
    /// <param name="Preimage">The preimage.</param>
    /// <param name="Parts">The parts; those of <see cref="Held"/> where there was one.</param>
    /// <param name="At">When.</param>
    public sealed record Settled(PaymentPreimage Preimage, EquatableArray<InvoicePart> Parts, DateTimeOffset At) : InvoiceEvent;

    /// <summary>Parts are sent back; the invoice stays as it is.</summary>
    /// <param name="Parts">The parts, each with what its sender is told.</param>
    /// <param name="At">When.</param>
    public sealed record PartsFailed(EquatableArray<FailedPart> Parts, DateTimeOffset At) : InvoiceEvent;

    /// <summary>The invoice cannot be paid any more, and what was held or collected for it is sent back.</summary>
    /// <param name="Parts">The parts, each with what its sender is told.</param>
    /// <param name="At">When.</param>
    public sealed record Canceled(EquatableArray<FailedPart> Parts, DateTimeOffset At) : InvoiceEvent;
}

/// <summary>A part that is sent back.</summary>
/// <param name="Part">The part.</param>
/// <param name="Failure">What its sender is told: the same in every repetition.</param>
internal sealed record FailedPart(InvoicePart Part, FailureMessage Failure);
