using Lightning.Actors.Api;
using Lightning.Actors.Serialization;

namespace Lightning.Actors.Invoices.Messages;

/// <summary>Makes an invoice. Answered by <see cref="InvoiceAnswer"/> or <see cref="Entities.Refused"/>.</summary>
/// <param name="Terms">What it asks for.</param>
internal sealed record AddInvoice(InvoiceTerms Terms) : InvoiceMessage(Terms.PaymentHash);

/// <summary>Settles a held invoice. Answered by <see cref="InvoiceAnswer"/> or <see cref="Entities.Refused"/>.</summary>
/// <param name="Invoice">Its payment hash.</param>
/// <param name="Preimage">Its preimage.</param>
internal sealed record SettleInvoice(PaymentHash Invoice, PaymentPreimage Preimage) : InvoiceMessage(Invoice);

/// <summary>Cancels an invoice. Answered by <see cref="InvoiceAnswer"/> or <see cref="Entities.Refused"/>.</summary>
/// <param name="Invoice">Its payment hash.</param>
internal sealed record CancelInvoice(PaymentHash Invoice) : InvoiceMessage(Invoice);

/// <summary>Reads an invoice. Answered by <see cref="InvoiceAnswer"/> or <see cref="Entities.Refused"/>.</summary>
/// <param name="Invoice">Its payment hash.</param>
internal sealed record GetInvoice(PaymentHash Invoice) : InvoiceMessage(Invoice);

/// <summary>Reads an invoice, and sends the sender another <see cref="InvoiceAnswer"/> after each change. To be repeated: the entity may start anew elsewhere.</summary>
/// <param name="Invoice">Its payment hash.</param>
internal sealed record WatchInvoice(PaymentHash Invoice) : InvoiceMessage(Invoice);

/// <summary>The sender wants no more answers.</summary>
/// <param name="Invoice">The payment hash.</param>
internal sealed record UnwatchInvoice(PaymentHash Invoice) : InvoiceMessage(Invoice);

/// <summary>An invoice as its entity sees it.</summary>
/// <param name="Invoice">The invoice, without the indexes of the lists.</param>
internal sealed record InvoiceAnswer(InvoiceInfo Invoice) : ISerialized;
