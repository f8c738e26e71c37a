namespace Lightning.Protocol.Invoices;

/// <summary>Types of tagged fields (BOLT 11); the letter is bech32's for the number.</summary>
internal static class InvoiceFields
{
    /// <summary>p.</summary>
    public const byte PaymentHash = 1;

    /// <summary>r.</summary>
    public const byte RouteHint = 3;

    /// <summary>9.</summary>
    public const byte Features = 5;

    /// <summary>x.</summary>
    public const byte Expiry = 6;

    /// <summary>f.</summary>
    public const byte FallbackAddress = 9;

    /// <summary>d.</summary>
    public const byte Description = 13;

    /// <summary>s.</summary>
    public const byte PaymentSecret = 16;

    /// <summary>n.</summary>
    public const byte PayeeNodeId = 19;

    /// <summary>h.</summary>
    public const byte DescriptionHash = 23;

    /// <summary>c.</summary>
    public const byte MinFinalCltvExpiryDelta = 24;

    /// <summary>m.</summary>
    public const byte Metadata = 27;
}
