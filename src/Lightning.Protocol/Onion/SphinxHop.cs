using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>One hop of an onion under construction.</summary>
/// <param name="NodeKey">The hop's node id, or its blinded node id.</param>
/// <param name="Payload">The TLV stream for it, without its length prefix.</param>
public readonly record struct SphinxHop(PubKey NodeKey, Bytes Payload);
