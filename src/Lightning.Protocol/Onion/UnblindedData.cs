using Lightning.Bitcoin.Crypto;

namespace Lightning.Protocol.Onion;

/// <summary>What a node inside a blinded path learns from its <c>encrypted_recipient_data</c>.</summary>
/// <param name="Plaintext">The TLV stream <c>encrypted_data_tlv</c>.</param>
/// <param name="NextPathKey">The path key for the next node, unless the data overrides it.</param>
public sealed record UnblindedData(Bytes Plaintext, PubKey NextPathKey);
