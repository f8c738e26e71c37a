namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>Which rules a script is held to, under the names of Bitcoin Core.</summary>
[Flags]
public enum ScriptFlags : uint
{
    /// <summary>The rules of the first release.</summary>
    None = 0,

    /// <summary>Pay to script hash (BIP 16).</summary>
    P2sh = 1 << 0,

    /// <summary>Signatures and keys of defined form only (policy).</summary>
    StrictEnc = 1 << 1,

    /// <summary>Strict DER (BIP 66).</summary>
    DerSig = 1 << 2,

    /// <summary>S in the lower half of the order (policy).</summary>
    LowS = 1 << 3,

    /// <summary>The surplus item of OP_CHECKMULTISIG is empty (BIP 147).</summary>
    NullDummy = 1 << 4,

    /// <summary>The unlocking script only pushes (policy).</summary>
    SigPushOnly = 1 << 5,

    /// <summary>Pushes and numbers in their shortest form (policy).</summary>
    MinimalData = 1 << 6,

    /// <summary>OP_NOP1 and OP_NOP4 to OP_NOP10 are kept for later (policy).</summary>
    DiscourageUpgradableNops = 1 << 7,

    /// <summary>Nothing but the result is left on the stack (policy).</summary>
    CleanStack = 1 << 8,

    /// <summary>OP_CHECKLOCKTIMEVERIFY (BIP 65).</summary>
    CheckLockTimeVerify = 1 << 9,

    /// <summary>OP_CHECKSEQUENCEVERIFY (BIP 112).</summary>
    CheckSequenceVerify = 1 << 10,

    /// <summary>Witnesses (BIP 141, BIP 143).</summary>
    Witness = 1 << 11,

    /// <summary>Witness programs without rules are kept for later (policy).</summary>
    DiscourageUpgradableWitnessProgram = 1 << 12,

    /// <summary>The condition of OP_IF in segwit v0 is empty or one (policy).</summary>
    MinimalIf = 1 << 13,

    /// <summary>A signature that does not verify is empty (policy, BIP 146).</summary>
    NullFail = 1 << 14,

    /// <summary>Keys in segwit v0 are compressed (policy).</summary>
    WitnessPubKeyType = 1 << 15,

    /// <summary>A script's code does not depend on its signatures or separators (policy).</summary>
    ConstScriptCode = 1 << 16,

    /// <summary>Taproot and tapscript (BIP 341, BIP 342).</summary>
    Taproot = 1 << 17,

    /// <summary>Leaf versions without rules are kept for later (policy).</summary>
    DiscourageUpgradableTaprootVersion = 1 << 18,

    /// <summary>OP_SUCCESS is kept for later (policy).</summary>
    DiscourageOpSuccess = 1 << 19,

    /// <summary>Key types without rules in tapscript are kept for later (policy).</summary>
    DiscourageUpgradablePubKeyType = 1 << 20,

    /// <summary>What a block of today must obey.</summary>
    Consensus = P2sh | DerSig | NullDummy | CheckLockTimeVerify | CheckSequenceVerify | Witness | Taproot,

    /// <summary>What Bitcoin Core relays.</summary>
    Standard = Consensus | StrictEnc | LowS | MinimalData | DiscourageUpgradableNops | CleanStack | DiscourageUpgradableWitnessProgram | MinimalIf
        | NullFail | WitnessPubKeyType | ConstScriptCode | DiscourageUpgradableTaprootVersion | DiscourageOpSuccess | DiscourageUpgradablePubKeyType,
}
