namespace Lightning.Protocol.Onion;

/// <summary>
/// A packet that shares no usable secret with us, so no failure can be encrypted for its sender: the HTLC is refused with
/// <c>update_fail_malformed_htlc</c>, which carries these two values.
/// </summary>
/// <param name="Code">invalid_onion_version, invalid_onion_hmac, invalid_onion_key or invalid_onion_blinding.</param>
/// <param name="OnionHash">SHA-256 of the packet.</param>
public sealed record UnreadableOnion(FailureCode Code, Bytes32 OnionHash) : PeelResult;
