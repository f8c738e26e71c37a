using Lightning.Protocol.Invoices;
using Lightning.Routing.Payments;

namespace Lightning.Actors.Payments;

/// <summary>What is to be paid, and within which limits. Never changes while the payment runs.</summary>
internal sealed record PaymentTerms
{
    /// <summary>Random, from whoever asked: the same request sent twice starts one payment and is no error.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The payment hash.</summary>
    public required PaymentHash PaymentHash { get; init; }

    /// <summary>What the payee wants to see.</summary>
    public required PaymentSecret PaymentSecret { get; init; }

    /// <summary>The payee.</summary>
    public required NodeId Payee { get; init; }

    /// <summary>What the payee gets, in all parts together.</summary>
    public required MilliSatoshi Amount { get; init; }

    /// <summary>The most that all parts together may pay in fees.</summary>
    public required MilliSatoshi FeeLimit { get; init; }

    /// <summary>Blocks that the payee wants the last HTLC to leave it.</summary>
    public required uint MinFinalCltvExpiryDelta { get; init; }

    /// <summary>The most blocks that our own HTLC may run.</summary>
    public required uint CltvLimit { get; init; }

    /// <summary>The most parts at once; 1 where the payee takes no parts.</summary>
    public required int MaxParts { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>No attempt begins after this time.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>The invoice (BOLT 11).</summary>
    public string PaymentRequest { get; init; } = "";

    /// <summary>The largest part; null for no limit.</summary>
    public MilliSatoshi? MaxPartAmount { get; init; }

    /// <summary>The invoice's metadata; null for none.</summary>
    public Bytes? Metadata { get; init; }

    /// <summary>The invoice's hints.</summary>
    public EquatableArray<RouteHint> RouteHints { get; init; }

    /// <summary>Begin with one of these channels; empty for any.</summary>
    public EquatableArray<ShortChannelId> OutgoingChannels { get; init; }

    /// <summary>The last node before the payee; null for any.</summary>
    public NodeId? LastHop { get; init; }

    /// <summary>What each part tells the payee.</summary>
    public PaymentRecipient Recipient => new(PaymentHash, PaymentSecret, Amount) { Metadata = Metadata };

    /// <summary>Never a secret.</summary>
    public override string ToString() => $"PaymentTerms({PaymentHash}, {Amount} to {Payee})";
}
