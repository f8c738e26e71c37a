namespace Lightning.Chain;

/// <summary>What became of a broadcast.</summary>
/// <param name="Outcome">The kind of answer.</param>
/// <param name="Reason">The backend's own words; empty where it took the transaction.</param>
public sealed record BroadcastResult(BroadcastOutcome Outcome, string Reason = "")
{
    /// <summary>Whether the transaction is in the mempool or in the chain now.</summary>
    public bool IsKnown => Outcome is BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown;
}
