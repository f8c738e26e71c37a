namespace Lightning.Actors.Api;

/// <summary>An invoice of this node.</summary>
public sealed record InvoiceInfo
{
    /// <summary>Rises by one with every invoice; the first is 1.</summary>
    public required ulong AddIndex { get; init; }

    /// <summary>Rises by one with every settlement, the first is 1; 0 until settled.</summary>
    public ulong SettleIndex { get; init; }

    /// <summary>The payment hash.</summary>
    public required PaymentHash PaymentHash { get; init; }

    /// <summary>The preimage; null for a hold invoice until it is settled. Who reads invoices may see it.</summary>
    public PaymentPreimage? Preimage { get; init; }

    /// <summary>The secret that the payer must send.</summary>
    public PaymentSecret PaymentSecret { get; init; }

    /// <summary>What the payer gets (BOLT 11).</summary>
    public required string PaymentRequest { get; init; }

    /// <summary>What it is for.</summary>
    public string Description { get; init; } = "";

    /// <summary>SHA-256 of the description, where that is not in the invoice.</summary>
    public Bytes32? DescriptionHash { get; init; }

    /// <summary>The amount asked for; null lets the payer choose.</summary>
    public MilliSatoshi? Amount { get; init; }

    /// <summary>What was paid: held or taken.</summary>
    public MilliSatoshi AmountPaid { get; init; }

    /// <summary>Where it stands.</summary>
    public required InvoiceState State { get; init; }

    /// <summary>Whether its payment is held for a decision.</summary>
    public bool IsHold { get; init; }

    /// <summary>Whether it is a payment that nobody asked for: no invoice in the sense of BOLT 11.</summary>
    public bool IsKeysend { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was settled; null before.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>How long after <see cref="CreatedAt"/> it can be paid.</summary>
    public required TimeSpan Expiry { get; init; }

    /// <summary>Blocks the last HTLC must leave us.</summary>
    public uint MinFinalCltvExpiryDelta { get; init; }

    /// <summary>On-chain address for those who cannot pay over Lightning.</summary>
    public string? FallbackAddress { get; init; }

    /// <summary>Whether it tells of unannounced channels.</summary>
    public bool HasPrivateChannels { get; init; }

    /// <summary>Feature bits of the invoice (BOLT 9).</summary>
    public IReadOnlyList<int> FeatureBits { get; init; } = [];

    /// <summary>The HTLCs that arrived for it.</summary>
    public IReadOnlyList<InvoiceHtlc> Htlcs { get; init; } = [];
}
