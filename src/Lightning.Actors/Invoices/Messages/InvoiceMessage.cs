using Lightning.Actors.Entities;
using Lightning.Actors.Serialization;

namespace Lightning.Actors.Invoices.Messages;

/// <summary>A message for the entity of one invoice.</summary>
/// <param name="Invoice">Its payment hash.</param>
internal abstract record InvoiceMessage(PaymentHash Invoice) : IEntityMessage, ISerialized
{
    /// <inheritdoc/>
    public string EntityId => Invoice.ToString();
}
