using Lightning.Bitcoin.Scripts;

namespace Lightning.Channels.Closing;

/// <summary>Which scripts a shutdown may name (BOLT 2 "Closing Initiation").</summary>
public static class ShutdownScript
{
    private const byte Return = (byte)OpCode.OP_RETURN, PushData1 = (byte)OpCode.OP_PUSHDATA1;

    /// <summary>Whether a scriptpubkey is of one of the forms of BOLT 2.</summary>
    /// <param name="scriptPubKey">As shutdown, upfront_shutdown_script or closing_complete carries it.</param>
    /// <param name="anySegwit">option_shutdown_anysegwit is negotiated: witness versions 1 to 16.</param>
    /// <param name="simpleClose">option_simple_close is negotiated: OP_RETURN with 6 to 80 bytes.</param>
    public static bool IsStandard(Script scriptPubKey, bool anySegwit, bool simpleClose)
    {
        if (scriptPubKey.IsWitnessProgram(out var version, out var program)) return version == 0 ? program.Length is 20 or 32 : anySegwit;
        return simpleClose && scriptPubKey.Span switch
        {
            [Return, >= 6 and <= 75 and var length, .. var data] => data.Length == length,
            [Return, PushData1, >= 76 and <= 80 and var length, .. var data] => data.Length == length,
            _ => false,
        };
    }

    /// <summary>Whether it starts with OP_RETURN: its output in a simple close is 0 and never dust.</summary>
    public static bool IsOpReturn(Script scriptPubKey) => scriptPubKey.Span is [Return, ..];
}
