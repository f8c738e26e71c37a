using Lightning.Actors.Entities;
using Lightning.Actors.Serialization;

namespace Lightning.Actors.Payments.Messages;

/// <summary>A message for the entity of one outgoing payment.</summary>
/// <param name="Payment">Its payment hash.</param>
internal abstract record PaymentMessage(PaymentHash Payment) : IEntityMessage, ISerialized
{
    /// <inheritdoc/>
    public string EntityId => Payment.ToString();
}
