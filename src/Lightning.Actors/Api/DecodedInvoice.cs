namespace Lightning.Actors.Api;

/// <summary>What an invoice says (BOLT 11).</summary>
public sealed record DecodedInvoice
{
    /// <summary>Whom it pays.</summary>
    public required NodeId Destination { get; init; }

    /// <summary>The payment hash.</summary>
    public required PaymentHash PaymentHash { get; init; }

    /// <summary>The secret that the payer must send; null where it has none.</summary>
    public PaymentSecret? PaymentSecret { get; init; }

    /// <summary>The amount asked for; null lets the payer choose.</summary>
    public MilliSatoshi? Amount { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long after <see cref="CreatedAt"/> it can be paid.</summary>
    public required TimeSpan Expiry { get; init; }

    /// <summary>What it is for.</summary>
    public string Description { get; init; } = "";

    /// <summary>SHA-256 of the description, where that is not in the invoice.</summary>
    public Bytes32? DescriptionHash { get; init; }

    /// <summary>On-chain address for those who cannot pay over Lightning.</summary>
    public string? FallbackAddress { get; init; }

    /// <summary>Blocks the last HTLC must leave the payee.</summary>
    public required uint MinFinalCltvExpiryDelta { get; init; }

    /// <summary>Ways to the payee over channels that the network does not know.</summary>
    public IReadOnlyList<IReadOnlyList<RouteHintHop>> RouteHints { get; init; } = [];

    /// <summary>Feature bits (BOLT 9).</summary>
    public IReadOnlyList<int> FeatureBits { get; init; } = [];
}
