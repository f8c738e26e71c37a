using Lightning.Actors.Api;

namespace Lightning.Node.Sandbox;

/// <summary>A payment of the sandbox and how it went.</summary>
/// <param name="From">Who pays.</param>
/// <param name="To">Whom.</param>
/// <param name="Amount">How much.</param>
/// <param name="Result">The last that the payer heard of it.</param>
/// <param name="Time">From the call to the result.</param>
internal sealed record SandboxPayment(string From, string To, MilliSatoshi Amount, PaymentInfo Result, TimeSpan Time)
{
    public bool Succeeded => Result.Status == PaymentStatus.Succeeded;

    /// <summary>The nodes it went through, the payee last.</summary>
    public int Hops => Result.Attempts.LastOrDefault(a => a.Status == PaymentStatus.Succeeded)?.Route.Count ?? 0;
}
