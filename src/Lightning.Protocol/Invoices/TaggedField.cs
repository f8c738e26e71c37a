namespace Lightning.Protocol.Invoices;

/// <summary>A field of an invoice as it stands there (BOLT 11, "Tagged Fields").</summary>
/// <param name="Type">The type, 0 to 31.</param>
/// <param name="Values">The data in groups of 5 bits, one group a byte; at most 1,023.</param>
public readonly record struct TaggedField(byte Type, Bytes Values)
{
    /// <summary>The most groups of 5 bits that a field can have.</summary>
    public const int MaxLength = 1023;
}
