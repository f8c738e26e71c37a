namespace Lightning.Actors.Api;

/// <summary>Kinds of on-chain addresses.</summary>
public enum AddressType
{
    /// <summary>Pay to witness public key hash (BIP 141), bech32.</summary>
    WitnessPubKeyHash,

    /// <summary>Pay to witness public key hash nested in pay to script hash (BIP 49), base58.</summary>
    NestedWitnessPubKeyHash,

    /// <summary>Pay to taproot (BIP 86), bech32m.</summary>
    Taproot,
}
