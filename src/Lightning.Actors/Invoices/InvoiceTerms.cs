namespace Lightning.Actors.Invoices;

/// <summary>What an invoice promises and asks for. Never changes.</summary>
/// <param name="PaymentHash">The payment hash.</param>
/// <param name="Preimage">The preimage; null for a hold invoice, whose owner brings it later.</param>
/// <param name="PaymentSecret">What the payer must show.</param>
/// <param name="PaymentRequest">The invoice as the payer gets it (BOLT 11).</param>
/// <param name="Amount">The amount asked for; null lets the payer choose.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Expiry">How long it can be paid.</param>
/// <param name="MinFinalCltvExpiryDelta">Blocks that the last HTLC must leave this node.</param>
internal sealed record InvoiceTerms(
    PaymentHash PaymentHash,
    PaymentPreimage? Preimage,
    PaymentSecret PaymentSecret,
    string PaymentRequest,
    MilliSatoshi? Amount,
    DateTimeOffset CreatedAt,
    TimeSpan Expiry,
    uint MinFinalCltvExpiryDelta)
{
    /// <summary>What it is for.</summary>
    public string Description { get; init; } = "";

    /// <summary>SHA-256 of the description, where that is not in the invoice.</summary>
    public Bytes32? DescriptionHash { get; init; }

    /// <summary>On-chain address for those who cannot pay over Lightning.</summary>
    public string? FallbackAddress { get; init; }

    /// <summary>Whether it tells of unannounced channels.</summary>
    public bool HasPrivateChannels { get; init; }

    /// <summary>Feature bits of the invoice (BOLT 9).</summary>
    public EquatableArray<int> FeatureBits { get; init; }

    /// <summary>Whether nobody asked for it: made of its payment, which brought the preimage.</summary>
    public bool IsKeysend { get; init; }

    /// <summary>Whether its payment is held until somebody decides.</summary>
    public bool IsHold => Preimage is null;

    /// <summary>A part that arrived later is refused.</summary>
    public DateTimeOffset ExpiresAt => DateTimeOffset.MaxValue - CreatedAt > Expiry ? CreatedAt + Expiry : DateTimeOffset.MaxValue;

    /// <summary>Never a secret.</summary>
    public override string ToString() => $"InvoiceTerms({PaymentHash}, {(Amount is { } amount ? amount.ToString() : "any amount")})";
}
