namespace Lightning.Protocol.Invoices;

/// <summary>A payment request that cannot be read or must not be paid; the message says why, for people.</summary>
public sealed class InvoiceFormatException : FormatException
{
    /// <summary>With a reason.</summary>
    public InvoiceFormatException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and the error below it.</summary>
    public InvoiceFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
