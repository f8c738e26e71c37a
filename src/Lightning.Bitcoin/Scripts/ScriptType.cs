namespace Lightning.Bitcoin.Scripts;

/// <summary>The kinds of output scripts.</summary>
public enum ScriptType
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>Pay to pubkey hash.</summary>
    P2pkh,

    /// <summary>Pay to script hash (BIP 16).</summary>
    P2sh,

    /// <summary>Pay to witness pubkey hash (BIP 141).</summary>
    P2wpkh,

    /// <summary>Pay to witness script hash (BIP 141).</summary>
    P2wsh,

    /// <summary>Pay to taproot (BIP 341).</summary>
    P2tr,

    /// <summary>Pay to anchor (BIP 433).</summary>
    P2a,

    /// <summary>A witness program without rules yet.</summary>
    OtherWitness,

    /// <summary>Starts with OP_RETURN: nobody can spend it.</summary>
    OpReturn,
}
