namespace Lightning.Protocol.Onion;

/// <summary>A refusal by <c>update_fail_malformed_htlc</c>.</summary>
/// <param name="Code">A code with the BADONION flag.</param>
/// <param name="OnionHash">SHA-256 of the onion.</param>
public sealed record MalformedRefusal(FailureCode Code, Bytes32 OnionHash) : HtlcRefusal;
