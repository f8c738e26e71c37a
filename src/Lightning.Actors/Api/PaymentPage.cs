namespace Lightning.Actors.Api;

/// <summary>A page of payments in rising order of <see cref="PaymentInfo.Index"/>.</summary>
/// <param name="Payments">The payments.</param>
/// <param name="Total">How many there are, whatever became of them and whatever was asked for; null unless that was (<see cref="ListPaymentsQuery.CountTotal"/>).</param>
public sealed record PaymentPage(IReadOnlyList<PaymentInfo> Payments, ulong? Total = null);
