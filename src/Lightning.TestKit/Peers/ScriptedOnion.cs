using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Onion;

namespace Lightning.TestKit;

/// <summary>An onion that a scripted peer has made (BOLT 4), and what it takes to read a failure that comes back.</summary>
/// <param name="Packet">onion_routing_packet, 1,366 bytes.</param>
/// <param name="SharedSecrets">What each hop shares with its maker, in the order of the hops.</param>
public sealed record ScriptedOnion(Bytes Packet, EquatableArray<Bytes32> SharedSecrets)
{
    /// <summary>Makes an onion.</summary>
    /// <param name="sessionKey">A fresh key.</param>
    /// <param name="hash">The payment's hash, to which the onion is bound.</param>
    /// <param name="hops">The hops with their payloads, each a TLV stream without its length.</param>
    public static ScriptedOnion Create(Key sessionKey, PaymentHash hash, params (NodeId Node, Bytes Payload)[] hops)
    {
        ArgumentNullException.ThrowIfNull(hops);
        var onion = Sphinx.Create(sessionKey, [.. hops.Select(static hop => new SphinxHop(hop.Node.Key, hop.Payload))], hash.Value.Span);
        return new ScriptedOnion(onion.Packet.Serialized, [.. onion.SharedSecrets]);
    }

    /// <summary>What the reason of an <c>update_fail_htlc</c> says.</summary>
    public DecryptedFailure Read(Bytes reason) => FailureOnion.Decrypt(SharedSecrets.Span, reason.Span);

    /// <summary>The hash and the lengths only: the secrets are secrets.</summary>
    public override string ToString() => $"ScriptedOnion({Hashes.Sha256(Packet.Span)})";
}
