using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Scripts;

/// <summary>What witnesses of channel outputs are made of.</summary>
internal static class WitnessItems
{
    /// <summary>The byte 1: takes the OP_IF branch (MINIMALIF).</summary>
    public static Bytes True { get; } = new([1]);

    /// <summary>A signature in DER with its hash type.</summary>
    public static Bytes Signature(in EcdsaSignature signature, SigHashType type = SigHashType.All) => Bytes.Wrap([.. signature.ToDer(), (byte)type]);
}
