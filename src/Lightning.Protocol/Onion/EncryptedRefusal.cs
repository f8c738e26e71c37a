namespace Lightning.Protocol.Onion;

/// <summary>A refusal by <c>update_fail_htlc</c>.</summary>
/// <param name="Reason">The failure, encrypted for the sender of the payment.</param>
/// <param name="IsOwn">Whether we are the erring node, which begins the attribution data.</param>
public sealed record EncryptedRefusal(Bytes Reason, bool IsOwn) : HtlcRefusal;
