namespace Lightning.Actors.Api;

/// <summary>A page of payments in rising order of <see cref="PaymentInfo.Index"/>.</summary>
/// <param name="Payments">The payments.</param>
public sealed record PaymentPage(IReadOnlyList<PaymentInfo> Payments);
