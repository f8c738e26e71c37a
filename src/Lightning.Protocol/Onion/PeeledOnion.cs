namespace Lightning.Protocol.Onion;

/// <summary>A layer that was meant for us.</summary>
/// <param name="Payload">Our TLV stream, without its length prefix.</param>
/// <param name="Next">The packet for the next hop; null where we are the final node.</param>
/// <param name="SharedSecret">The secret shared with the sender: it encrypts what we send back. Needed until the HTLC is settled.</param>
public sealed record PeeledOnion(Bytes Payload, OnionPacket? Next, Bytes32 SharedSecret) : PeelResult
{
    /// <summary>Whether we are the final node.</summary>
    public bool IsFinal => Next is null;

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"PeeledOnion({Payload.Length} bytes, {(IsFinal ? "final" : "to be forwarded")})";
}
