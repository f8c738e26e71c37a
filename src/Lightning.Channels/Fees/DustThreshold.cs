using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.Fees;

/// <summary>Bitcoin Core's dust thresholds (BOLT 3 "Dust Limits"): an output below does not relay.</summary>
public static class DustThreshold
{
    /// <summary>The least amount of an output to that script; satoshi. Zero for OP_RETURN.</summary>
    public static Satoshi Of(Script scriptPubKey) => new(scriptPubKey.TypeOf() switch
    {
        ScriptType.OpReturn => 0,
        ScriptType.P2a => 240,
        ScriptType.P2wpkh => 294,
        ScriptType.P2wsh => 330,
        ScriptType.P2tr or ScriptType.OtherWitness => 354,
        ScriptType.P2sh => 540,
        _ => 546,
    });
}
