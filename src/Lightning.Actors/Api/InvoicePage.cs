namespace Lightning.Actors.Api;

/// <summary>A page of invoices in rising order of <see cref="InvoiceInfo.AddIndex"/>.</summary>
/// <param name="Invoices">The invoices.</param>
public sealed record InvoicePage(IReadOnlyList<InvoiceInfo> Invoices);
