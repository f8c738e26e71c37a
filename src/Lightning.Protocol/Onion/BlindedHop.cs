using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>One hop of a <see cref="BlindedPath"/> (BOLT 4, <c>blinded_path_hop</c>).</summary>
/// <param name="BlindedNodeId">Stands for the node id: onions are encrypted to it.</param>
/// <param name="EncryptedRecipientData">What only that node can read, given the path key.</param>
public sealed record BlindedHop(PubKey BlindedNodeId, Bytes EncryptedRecipientData);
