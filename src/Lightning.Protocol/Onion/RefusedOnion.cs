namespace Lightning.Protocol.Onion;

/// <summary>The HTLC cannot be taken; this is how to refuse it.</summary>
/// <param name="Refusal">The refusal.</param>
/// <param name="Failure">The reason, for our own log.</param>
public sealed record RefusedOnion(HtlcRefusal Refusal, FailureMessage Failure) : IncomingOnion
{
    /// <summary>What the refusal was made with; null where the onion could not be opened.</summary>
    public OnionReturnPath? ReturnPath { get; init; }
}
