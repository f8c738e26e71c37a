namespace Lightning.Bitcoin.Scripts;

/// <summary>One operation of a script.</summary>
/// <param name="Code">The operation; for a direct push its length, 0x01 to 0x4b.</param>
/// <param name="Data">What it pushes; empty for what is no push of data.</param>
public readonly record struct Operation(OpCode Code, Bytes Data)
{
    /// <summary>The name, or the pushed bytes as hexadecimal.</summary>
    public override string ToString() => Code is > OpCode.OP_0 and <= OpCode.OP_PUSHDATA4 ? Data.ToString() : Code.ToString();
}
