using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>The forms that ECDSA signatures and their keys must have.</summary>
internal static class SignatureEncoding
{
    public static ScriptError CheckSignature(Bytes signature, ScriptFlags flags)
    {
        // Empty is the short way to give a signature that does not verify.
        if (signature.IsEmpty) return ScriptError.Ok;
        const ScriptFlags strict = ScriptFlags.DerSig | ScriptFlags.LowS | ScriptFlags.StrictEnc;
        var der = signature.Span[..^1];
        if ((flags & strict) != ScriptFlags.None && !EcdsaSignature.IsStrictDer(der)) return ScriptError.SigDer;
        if (flags.HasFlag(ScriptFlags.LowS) && !(EcdsaSignature.TryFromDerLax(der, out var parsed) && parsed.IsLowS)) return ScriptError.SigHighS;
        var type = (SigHashType)signature[^1] & ~SigHashType.AnyoneCanPay;
        return flags.HasFlag(ScriptFlags.StrictEnc) && type is not (SigHashType.All or SigHashType.None or SigHashType.Single) ? ScriptError.SigHashType : ScriptError.Ok;
    }

    public static ScriptError CheckKey(Bytes key, ScriptFlags flags, SigVersion version)
    {
        var compressed = key.Span is [2 or 3, ..] && key.Length == 33;
        var uncompressed = key.Span is [4, ..] && key.Length == 65;
        if (flags.HasFlag(ScriptFlags.StrictEnc) && !compressed && !uncompressed) return ScriptError.PubKeyType;
        return flags.HasFlag(ScriptFlags.WitnessPubKeyType) && version == SigVersion.WitnessV0 && !compressed ? ScriptError.WitnessPubKeyType : ScriptError.Ok;
    }
}
