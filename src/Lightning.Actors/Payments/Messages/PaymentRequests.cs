using Lightning.Actors.Api;
using Lightning.Actors.Serialization;

namespace Lightning.Actors.Payments.Messages;

/// <summary>Pays. Answered by <see cref="PaymentAnswer"/> once that is durable and after each change, or by <see cref="Entities.Refused"/>. To be repeated without an answer.</summary>
/// <param name="Terms">What.</param>
internal sealed record StartPayment(PaymentTerms Terms) : PaymentMessage(Terms.PaymentHash);

/// <summary>Reads a payment. Answered by <see cref="PaymentAnswer"/> or <see cref="Entities.Refused"/>.</summary>
/// <param name="Payment">Its payment hash.</param>
internal sealed record GetPayment(PaymentHash Payment) : PaymentMessage(Payment);

/// <summary>Reads a payment, and sends the sender another <see cref="PaymentAnswer"/> after each change. To be repeated: the entity may start anew elsewhere.</summary>
/// <param name="Payment">Its payment hash.</param>
internal sealed record WatchPayment(PaymentHash Payment) : PaymentMessage(Payment);

/// <summary>The sender wants no more answers.</summary>
/// <param name="Payment">The payment hash.</param>
internal sealed record UnwatchPayment(PaymentHash Payment) : PaymentMessage(Payment);

/// <summary>Wakes a payment that was in flight when its process ended, so that it asks again for what was not answered.</summary>
/// <param name="Payment">The payment hash.</param>
internal sealed record WakePayment(PaymentHash Payment) : PaymentMessage(Payment);

/// <summary>A payment as its entity sees it.</summary>
/// <param name="Payment">The payment, without the index of the lists.</param>
internal sealed record PaymentAnswer(PaymentInfo Payment) : ISerialized;
