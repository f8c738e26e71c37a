using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Scripts;

/// <summary>The standard scripts.</summary>
public static class ScriptTemplates
{
    /// <summary>Pay to anchor (BIP 433): anybody may spend it, without a witness.</summary>
    public static Script P2a { get; } = Script.FromHex("51024e73");

    /// <summary>Pay to witness pubkey hash (BIP 141).</summary>
    public static Script P2wpkh(PubKey key) => P2wpkh(Hashes.Hash160(key.Span));

    /// <summary>Pay to witness pubkey hash (BIP 141).</summary>
    /// <param name="hash">20 bytes.</param>
    public static Script P2wpkh(ReadOnlySpan<byte> hash) => Build([0x00, 0x14], Expect(hash, 20), []);

    /// <summary>Pay to witness script hash (BIP 141).</summary>
    public static Script P2wsh(Script witnessScript) => P2wsh(witnessScript.Sha256);

    /// <summary>Pay to witness script hash (BIP 141).</summary>
    public static Script P2wsh(in Bytes32 hash) => Build([0x00, 0x20], hash.Span, []);

    /// <summary>Pay to taproot (BIP 341).</summary>
    /// <param name="outputKey">The tweaked key.</param>
    public static Script P2tr(XOnlyPubKey outputKey)
    {
        var x = outputKey.Value;
        return Build([0x51, 0x20], x.Span, []);
    }

    /// <summary>Pay to pubkey hash; also the script code of a P2WPKH input (BIP 143).</summary>
    public static Script P2pkh(PubKey key) => P2pkh(Hashes.Hash160(key.Span));

    /// <summary>Pay to pubkey hash.</summary>
    /// <param name="hash">20 bytes.</param>
    public static Script P2pkh(ReadOnlySpan<byte> hash) => Build([0x76, 0xa9, 0x14], Expect(hash, 20), [0x88, 0xac]);

    /// <summary>Pay to script hash (BIP 16).</summary>
    public static Script P2sh(Script redeemScript) => P2sh(redeemScript.Hash160);

    /// <summary>Pay to script hash (BIP 16).</summary>
    /// <param name="hash">20 bytes.</param>
    public static Script P2sh(ReadOnlySpan<byte> hash) => Build([0xa9, 0x14], Expect(hash, 20), [0x87]);

    /// <summary>BOLT 3's funding script: 2 of 2, the keys in lexicographic order whatever order they are given in.</summary>
    public static Script MultiSig2Of2(PubKey first, PubKey second)
    {
        var (low, high) = first.CompareTo(second) <= 0 ? (first, second) : (second, first);
        return new ScriptBuilder(71).Op(OpCode.OP_2).Push(low).Push(high).Op(OpCode.OP_2).Op(OpCode.OP_CHECKMULTISIG).Build();
    }

    /// <summary>A segwit output of any version (BIP 141).</summary>
    /// <param name="version">0 to 16.</param>
    /// <param name="program">2 to 40 bytes.</param>
    /// <exception cref="ArgumentException">Outside these limits.</exception>
    public static Script WitnessProgram(int version, ReadOnlySpan<byte> program)
    {
        if (version is < 0 or > 16) throw new ArgumentException("A witness version is 0 to 16.", nameof(version));
        if (program.Length is < 2 or > 40) throw new ArgumentException("A witness program is 2 to 40 bytes.", nameof(program));
        return Build([version == 0 ? (byte)0 : (byte)(0x50 + version), (byte)program.Length], program, []);
    }

    /// <summary>An output that nobody can spend and that carries data.</summary>
    public static Script OpReturn(ReadOnlySpan<byte> data) => new ScriptBuilder().Op(OpCode.OP_RETURN).Push(data).Build();

    /// <summary>Whether an output script is a witness program (BIP 141), and which.</summary>
    public static bool IsWitnessProgram(this Script script, out int version, out ReadOnlySpan<byte> program)
    {
        var bytes = script.Span;
        program = default;
        version = 0;
        if (bytes.Length is < 4 or > 42 || bytes[1] + 2 != bytes.Length || bytes[0] is not (0 or >= 0x51 and <= 0x60)) return false;
        version = bytes[0] == 0 ? 0 : bytes[0] - 0x50;
        program = bytes[2..];
        return true;
    }

    /// <summary>Whether an output script pays to a script hash (BIP 16).</summary>
    public static bool IsP2sh(this Script script) => script.Span is [0xa9, 0x14, .., 0x87] && script.Length == 23;

    /// <summary>The kind of an output script.</summary>
    public static ScriptType TypeOf(this Script script)
    {
        if (script.IsWitnessProgram(out var version, out var program))
        {
            return (version, program.Length) switch
            {
                (0, 20) => ScriptType.P2wpkh,
                (0, 32) => ScriptType.P2wsh,
                (1, 32) => ScriptType.P2tr,
                (1, 2) when script == P2a => ScriptType.P2a,
                _ => ScriptType.OtherWitness,
            };
        }

        if (script.IsP2sh()) return ScriptType.P2sh;
        return script.Span switch
        {
            [0x76, 0xa9, 0x14, .., 0x88, 0xac] when script.Length == 25 => ScriptType.P2pkh,
            [0x6a, ..] => ScriptType.OpReturn,
            _ => ScriptType.Other,
        };
    }

    private static ReadOnlySpan<byte> Expect(ReadOnlySpan<byte> bytes, int length) =>
        bytes.Length == length ? bytes : throw new ArgumentException($"Expected {length} bytes, got {bytes.Length}.", nameof(bytes));

    private static Script Build(ReadOnlySpan<byte> head, ReadOnlySpan<byte> middle, ReadOnlySpan<byte> tail)
    {
        var script = new byte[head.Length + middle.Length + tail.Length];
        head.CopyTo(script);
        middle.CopyTo(script.AsSpan(head.Length));
        tail.CopyTo(script.AsSpan(head.Length + middle.Length));
        return new Script(Bytes.Wrap(script));
    }
}
