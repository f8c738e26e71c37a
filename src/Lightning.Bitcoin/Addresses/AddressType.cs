namespace Lightning.Bitcoin.Addresses;

/// <summary>The forms of output that have an address.</summary>
public enum AddressType
{
    /// <summary>Pay to public key hash.</summary>
    P2pkh,

    /// <summary>Pay to script hash (BIP 16).</summary>
    P2sh,

    /// <summary>Pay to witness public key hash (BIP 141).</summary>
    P2wpkh,

    /// <summary>Pay to witness script hash (BIP 141).</summary>
    P2wsh,

    /// <summary>Pay to taproot (BIP 341).</summary>
    P2tr,

    /// <summary>A witness program without rules of its own so far: anyone can spend it today.</summary>
    WitnessUnknown,
}
