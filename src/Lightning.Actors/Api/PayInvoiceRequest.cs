namespace Lightning.Actors.Api;

/// <summary>An invoice to pay, and within which limits.</summary>
/// <param name="PaymentRequest">The invoice (BOLT 11).</param>
public sealed record PayInvoiceRequest(string PaymentRequest)
{
    /// <summary>What to pay: needed where the invoice has no amount, refused where it asks for another one.</summary>
    public MilliSatoshi? Amount { get; init; }

    /// <summary>Most to pay in routing fees; null for the node's default.</summary>
    public MilliSatoshi? FeeLimit { get; init; }

    /// <summary>No new attempt starts after this long; what is in flight then still ends by itself. Null for the node's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Most parts at once (BOLT 4, multi-part payments); null for the node's default.</summary>
    public int? MaxParts { get; init; }

    /// <summary>Largest part; null for none but the channels'.</summary>
    public MilliSatoshi? MaxPartSize { get; init; }

    /// <summary>Most blocks that the money may be locked; null for the node's default.</summary>
    public uint? CltvLimit { get; init; }

    /// <summary>Begin with one of these channels; empty for any.</summary>
    public IReadOnlyList<ShortChannelId> OutgoingChannels { get; init; } = [];

    /// <summary>The last node before the payee; null for any.</summary>
    public NodeId? LastHop { get; init; }

    /// <summary>Whether this node may be the payee, as in a rebalance.</summary>
    public bool AllowSelfPayment { get; init; }
}
