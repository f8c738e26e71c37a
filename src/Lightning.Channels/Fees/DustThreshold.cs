using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Scripts;

namespace Lightning.Channels.Fees;

/// <summary>Bitcoin Core's dust thresholds (BOLT 3 "Dust Limits"): an output below does not relay.</summary>
public static class DustThreshold
{
    /// <summary>The least amount of an output to that script; satoshi. Zero for OP_RETURN.</summary>
    public static Satoshi Of(Script scriptPubKey)
    {
        var script = scriptPubKey.Bytes.Span;
        return new Satoshi(script switch
        {
            [Op.Return, ..] => 0,
            [0, 20, ..] when script.Length == 22 => 294,
            [0, 32, ..] when script.Length == 34 => 330,
            [Op.One, 2, 0x4e, 0x73] => 240,
            [>= Op.One and <= Op.Sixteen, >= 2 and <= 40, ..] when script.Length == script[1] + 2 => 354,
            [Op.Hash160, 20, .., Op.Equal] when script.Length == 23 => 540,
            _ => 546,
        });
    }
}
