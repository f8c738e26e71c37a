namespace Lightning.Channels.Scripts;

/// <summary>The opcodes that channel scripts use.</summary>
internal static class Op
{
    public const byte Push1 = 0x01, PushData1 = 0x4c, One = 0x51, Two = 0x52, Sixteen = 0x60;
    public const byte If = 0x63, NotIf = 0x64, Else = 0x67, EndIf = 0x68, Return = 0x6a;
    public const byte IfDup = 0x73, Drop = 0x75, Dup = 0x76, Swap = 0x7c, Size = 0x82;
    public const byte Equal = 0x87, EqualVerify = 0x88, Hash160 = 0xa9;
    public const byte CheckSig = 0xac, CheckSigVerify = 0xad, CheckMultiSig = 0xae;
    public const byte CheckLockTimeVerify = 0xb1, CheckSequenceVerify = 0xb2;
}
