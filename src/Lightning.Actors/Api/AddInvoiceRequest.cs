namespace Lightning.Actors.Api;

/// <summary>An invoice to make.</summary>
public sealed record AddInvoiceRequest
{
    /// <summary>The amount asked for; null lets the payer choose.</summary>
    public MilliSatoshi? Amount { get; init; }

    /// <summary>What it is for, at most 639 bytes of UTF-8 (BOLT 11).</summary>
    public string Description { get; init; } = "";

    /// <summary>SHA-256 of a longer description, in place of <see cref="Description"/>.</summary>
    public Bytes32? DescriptionHash { get; init; }

    /// <summary>The preimage; null lets the node draw one.</summary>
    public PaymentPreimage? Preimage { get; init; }

    /// <summary>Makes a hold invoice for this hash: its payment is kept until <see cref="ILightningNode.SettleInvoiceAsync"/> or
    /// <see cref="ILightningNode.CancelInvoiceAsync"/>. Not together with <see cref="Preimage"/>.</summary>
    public PaymentHash? HoldFor { get; init; }

    /// <summary>How long it can be paid; null for the node's default.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>Blocks the last HTLC must leave us; null for the node's default (BOLT 11, <c>min_final_cltv_expiry_delta</c>).</summary>
    public uint? MinFinalCltvExpiryDelta { get; init; }

    /// <summary>On-chain address for those who cannot pay over Lightning.</summary>
    public string? FallbackAddress { get; init; }

    /// <summary>Tell the payer of our unannounced channels (route hints).</summary>
    public bool IncludePrivateChannels { get; init; }
}
