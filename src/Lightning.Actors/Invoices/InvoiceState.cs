using System.Collections.Immutable;

namespace Lightning.Actors.Invoices;

/// <summary>One invoice. Everything but what is being collected is rebuilt from its events; that is offered again by the channels.</summary>
internal sealed record InvoiceState
{
    /// <summary>No invoice.</summary>
    public static InvoiceState Empty { get; } = new();

    /// <summary>What it asks for; null where there is no invoice.</summary>
    public InvoiceTerms? Terms { get; init; }

    /// <summary>Where it stands.</summary>
    public InvoiceStatus Status { get; init; }

    /// <summary>The parts held or taken: fixed once there are any.</summary>
    public EquatableArray<InvoicePart> Set { get; init; }

    /// <summary>The preimage, once it was given away.</summary>
    public PaymentPreimage? Released { get; init; }

    /// <summary>When it was settled or cancelled.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The parts sent back while another payment was still possible, and when the invoice was cancelled. Each is answered the same for ever.</summary>
    public ImmutableDictionary<PartKey, (FailedPart Failed, DateTimeOffset At)> Failed { get; init; } = ImmutableDictionary<PartKey, (FailedPart, DateTimeOffset)>.Empty;

    /// <summary>Parts that arrived, not yet the whole payment. In memory only.</summary>
    public ImmutableArray<InvoicePart> Collecting { get; init; } = [];

    /// <summary>When this incarnation saw the first of <see cref="Collecting"/>, by <see cref="InvoiceEnvironment.Elapsed"/>.</summary>
    public TimeSpan CollectingSince { get; init; }

    /// <summary>The state after an event.</summary>
    public InvoiceState Apply(InvoiceEvent happened) => happened switch
    {
        InvoiceEvent.Added added => this with { Terms = added.Terms, Status = InvoiceStatus.Open },
        InvoiceEvent.Held held => Without(held.Parts) with { Status = InvoiceStatus.Held, Set = held.Parts },
        InvoiceEvent.Settled settled => Without(settled.Parts) with
        {
            Status = InvoiceStatus.Settled, Set = settled.Parts, Released = settled.Preimage, EndedAt = settled.At,
        },
        InvoiceEvent.PartsFailed failed => Fail(failed.Parts, failed.At),
        InvoiceEvent.Canceled canceled => Fail(canceled.Parts, canceled.At) with { Status = InvoiceStatus.Canceled, Set = [], EndedAt = canceled.At },
        _ => throw new NotSupportedException($"{happened.GetType()} is no event of an invoice."),
    };

    /// <summary>Whether a part belongs to the set held or taken.</summary>
    public bool IsInSet(PartKey key)
    {
        foreach (var part in Set)
        {
            if (part.Key == key) return true;
        }

        return false;
    }

    /// <summary>Whether a part is being collected.</summary>
    public bool IsCollecting(PartKey key)
    {
        foreach (var part in Collecting)
        {
            if (part.Key == key) return true;
        }

        return false;
    }

    private InvoiceState Without(EquatableArray<InvoicePart> parts) => this with
    {
        Collecting = Collecting.RemoveAll(collected => parts.Items.Any(part => part.Key == collected.Key)),
    };

    private InvoiceState Fail(EquatableArray<FailedPart> parts, DateTimeOffset at)
    {
        var failed = Failed.ToBuilder();
        foreach (var part in parts) failed[part.Part.Key] = (part, at);
        return this with { Failed = failed.ToImmutable(), Collecting = Collecting.RemoveAll(part => failed.ContainsKey(part.Key)) };
    }
}
