using System.Collections.Immutable;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Scripts;

/// <summary>A Bitcoin script as bytes. Compares by content.</summary>
/// <param name="Bytes">The serialized script, without a length prefix.</param>
public readonly record struct Script(Bytes Bytes)
{
    /// <summary>No operations.</summary>
    public static Script Empty => default;

    /// <summary>Size in bytes.</summary>
    public int Length => Bytes.Length;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>The bytes, without a copy.</summary>
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>SHA-256 of the script: the program of a P2WSH output (BIP 141).</summary>
    public Bytes32 Sha256 => Hashes.Sha256(Span);

    /// <summary>RIPEMD-160 of SHA-256, 20 bytes: what a P2SH output holds (BIP 16).</summary>
    public byte[] Hash160 => Hashes.Hash160(Span);

    /// <summary>Parses hexadecimal.</summary>
    /// <exception cref="FormatException">Not hexadecimal.</exception>
    public static Script FromHex(string hex) => new(Bytes.FromHex(hex));

    /// <summary>The P2WSH output script with this as witness script (BIP 141).</summary>
    public Script ToP2wsh() => ScriptTemplates.P2wsh(this);

    /// <summary>The P2SH output script with this as redeem script (BIP 16).</summary>
    public Script ToP2sh() => ScriptTemplates.P2sh(this);

    /// <summary>The operations in order.</summary>
    /// <exception cref="FormatException">A push reaches beyond the end.</exception>
    public ImmutableArray<Operation> ToOperations()
    {
        var operations = ImmutableArray.CreateBuilder<Operation>();
        var reader = new ScriptReader(Span);
        while (reader.TryRead(out var code, out var data)) operations.Add(new Operation(code, new Bytes(data)));
        return reader.AtEnd ? operations.ToImmutable() : throw new FormatException("A push reaches beyond the end of the script.");
    }

    /// <summary>The operations by name, for people.</summary>
    /// <exception cref="FormatException">A push reaches beyond the end.</exception>
    public string ToAsm() => string.Join(' ', ToOperations());

    /// <summary>Hexadecimal.</summary>
    public override string ToString() => Bytes.ToString();
}
