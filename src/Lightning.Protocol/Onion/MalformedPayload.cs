namespace Lightning.Protocol.Onion;

/// <summary>An authentic packet whose layer for us is malformed: its sender built it wrong, and gets an encrypted failure.</summary>
/// <param name="SharedSecret">The secret shared with the sender.</param>
/// <param name="Failure">invalid_onion_payload, with the type and the offset at fault.</param>
public sealed record MalformedPayload(Bytes32 SharedSecret, FailureMessage Failure) : PeelResult
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => $"MalformedPayload({Failure})";
}
