namespace Lightning.TestKit;

/// <summary>An invoice of a network.</summary>
/// <param name="Payee">The node that made it.</param>
/// <param name="PaymentRequest">As its payer reads it (BOLT 11).</param>
/// <param name="PaymentHash">Its hash.</param>
/// <param name="Amount">What it asks for.</param>
public sealed record ScenarioInvoice(string Payee, string PaymentRequest, PaymentHash PaymentHash, MilliSatoshi Amount)
{
    /// <summary>Where a held payment's preimage is known only to the test: that preimage.</summary>
    public PaymentPreimage? Preimage { get; init; }
}
