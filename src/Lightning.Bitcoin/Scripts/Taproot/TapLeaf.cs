using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Scripts.Taproot;

/// <summary>One script of a taproot output (BIP 341).</summary>
/// <param name="Script">The script.</param>
/// <param name="Version">The leaf version, an even number; 0xc0 is tapscript (BIP 342).</param>
public readonly record struct TapLeaf(Script Script, byte Version = TapLeaf.Tapscript)
{
    /// <summary>The leaf version of BIP 342.</summary>
    public const byte Tapscript = 0xc0;

    /// <summary>The leaf's hash in the tree.</summary>
    public Bytes32 Hash
    {
        get
        {
            using var scratch = new Scratch(Script.Length + 10);
            var writer = new BitcoinWriter(scratch.Span);
            writer.U8(Version);
            writer.VarBytes(Script.Span);
            return Hashes.Tagged("TapLeaf"u8, scratch.Span[..writer.Length]);
        }
    }
}
