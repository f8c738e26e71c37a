namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>Under which rules a script runs.</summary>
internal enum SigVersion
{
    /// <summary>Without witness, P2SH included.</summary>
    Base,

    /// <summary>BIP 143.</summary>
    WitnessV0,

    /// <summary>BIP 342.</summary>
    Tapscript,
}
