namespace Lightning.Protocol.Onion;

/// <summary>What shows the final node that the sender has its invoice, and what all parts together pay (BOLT 4, <c>payment_data</c>).</summary>
/// <param name="Secret">The invoice's payment secret.</param>
/// <param name="Total">What all parts of the payment pay together.</param>
public readonly record struct PaymentData(PaymentSecret Secret, MilliSatoshi Total);
