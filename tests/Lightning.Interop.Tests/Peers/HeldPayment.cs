using System.Text.Json;

namespace Lightning.Interop.Tests.Peers;

/// <summary>A payment whose receiver has not decided yet.</summary>
/// <param name="Bolt11">The invoice.</param>
/// <param name="Hash">Payment hash.</param>
/// <param name="Preimage">Preimage; empty where only the receiver knows it.</param>
/// <param name="Payment">The payer's call; null where another program pays.</param>
internal sealed record HeldPayment(string Bolt11, byte[] Hash, byte[] Preimage, Task<JsonElement>? Payment)
{
    /// <summary>How the payment ended: SUCCEEDED or FAILED.</summary>
    public async Task<string> StatusAsync() => (await Payment!.WaitAsync(TimeSpan.FromSeconds(60))).GetProperty("status").GetString()!;
}
