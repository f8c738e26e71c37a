using Lightning.Protocol.Features;

namespace Lightning.Protocol.Invoices;

/// <summary>A request for payment (BOLT 11). <see cref="Bolt11"/> reads and signs it.</summary>
public sealed record Invoice
{
    /// <summary>How long an invoice may be paid when it does not say so.</summary>
    public static readonly TimeSpan DefaultExpiry = TimeSpan.FromHours(1);

    /// <summary>Blocks for the last HTLC when the invoice does not say so.</summary>
    public const uint DefaultMinFinalCltvExpiryDelta = 18;

    /// <summary>The network that it is to be paid on.</summary>
    public required Network Network { get; init; }

    /// <summary>What is asked for, at least 1 msat; null where the payer chooses.</summary>
    public MilliSatoshi? Amount { get; init; }

    /// <summary>When it was made, in whole seconds.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The hash of the preimage that is given in return.</summary>
    public required PaymentHash PaymentHash { get; init; }

    /// <summary>Proves to the payee that the sender has the invoice.</summary>
    public required PaymentSecret PaymentSecret { get; init; }

    /// <summary>What it is for, at most 639 bytes of UTF-8; null where only its hash is given. Written by the payee: not to be trusted.</summary>
    public string? Description { get; init; }

    /// <summary>SHA-256 of what it is for; null where the text itself is given.</summary>
    public Bytes32? DescriptionHash { get; init; }

    /// <summary>How long it may be paid after <see cref="Timestamp"/>, in whole seconds.</summary>
    public TimeSpan Expiry { get; init; } = DefaultExpiry;

    /// <summary>The fewest blocks that the last HTLC must have left when it reaches the payee.</summary>
    public uint MinFinalCltvExpiryDelta { get; init; } = DefaultMinFinalCltvExpiryDelta;

    /// <summary>On-chain addresses to pay to instead, the preferred one first.</summary>
    public EquatableArray<FallbackAddress> FallbackAddresses { get; init; }

    /// <summary>Ways to the payee that the public graph does not know, the preferred one first.</summary>
    public EquatableArray<RouteHint> RouteHints { get; init; }

    /// <summary>What the payee supports or requires.</summary>
    public FeatureSet Features { get; init; }

    /// <summary>To be given to the payee with each HTLC; null where there is none.</summary>
    public Bytes? Metadata { get; init; }

    /// <summary>Who is paid: the key that signed.</summary>
    public required NodeId Payee { get; init; }

    /// <summary>Fields that this version does not know, or that BOLT 11 says to skip.</summary>
    public EquatableArray<TaggedField> UnknownFields { get; init; }

    /// <summary>After this time it is not to be paid.</summary>
    public DateTimeOffset ExpiresAt => DateTimeOffset.MaxValue - Timestamp > Expiry ? Timestamp + Expiry : DateTimeOffset.MaxValue;

    /// <summary>Whether it may be paid in several parts.</summary>
    public bool SupportsMultiPart => InvoiceFeatures.Has(Features, InvoiceFeatures.BasicMpp);

    /// <summary>Whether it is too late to pay it.</summary>
    /// <param name="now">The time.</param>
    public bool IsExpired(DateTimeOffset now) => now > ExpiresAt;

    /// <summary>The payment hash and the amount; never the payment secret.</summary>
    public override string ToString() => $"Invoice({PaymentHash}, {(Amount is { } amount ? amount.ToString() : "any amount")})";
}
