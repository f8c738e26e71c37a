using Lightning.Bitcoin.Scripts;
using Lightning.Channels.Scripts;

namespace Lightning.Channels.Closing;

/// <summary>Which scripts a shutdown may name (BOLT 2 "Closing Initiation").</summary>
public static class ShutdownScript
{
    /// <summary>Whether a scriptpubkey is of one of the forms of BOLT 2.</summary>
    /// <param name="scriptPubKey">As shutdown, upfront_shutdown_script or closing_complete carries it.</param>
    /// <param name="anySegwit">option_shutdown_anysegwit is negotiated: witness versions 1 to 16.</param>
    /// <param name="simpleClose">option_simple_close is negotiated: OP_RETURN with 6 to 80 bytes.</param>
    public static bool IsStandard(Script scriptPubKey, bool anySegwit, bool simpleClose)
    {
        var script = scriptPubKey.Bytes.Span;
        return script switch
        {
            [0, 20, ..] => script.Length == 22,
            [0, 32, ..] => script.Length == 34,
            [>= Op.One and <= Op.Sixteen, >= 2 and <= 40, ..] => anySegwit && script.Length == script[1] + 2,
            [Op.Return, >= 6 and <= 75, ..] => simpleClose && script.Length == script[1] + 2,
            [Op.Return, Op.PushData1, >= 76 and <= 80, ..] => simpleClose && script.Length == script[2] + 3,
            _ => false,
        };
    }

    /// <summary>Whether it starts with OP_RETURN: its output in a simple close is 0 and never dust.</summary>
    public static bool IsOpReturn(Script scriptPubKey) => scriptPubKey.Bytes.Span is [Op.Return, ..];
}
