using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>What a script asks about the input that runs it: signatures and locks.</summary>
internal sealed class SignatureChecker(Transaction transaction, int input, SpentOutputs spent)
{
    private const uint LockTimeThreshold = 500_000_000;
    private const uint SequenceFinal = 0xffff_ffff, SequenceDisable = 1u << 31, SequenceTypeFlag = 1u << 22, SequenceMask = 0xffff;

    public TxIn Input => transaction.Inputs[input];

    public Script SpentScript => spent.Outputs[input].ScriptPubKey;

    /// <summary>ECDSA, with the hash type as the signature's last byte.</summary>
    public bool CheckEcdsa(Bytes signature, Bytes key, Script scriptCode, SigVersion version)
    {
        if (signature.IsEmpty || !PubKey.TryParseAny(key.Span, out var pubKey)) return false;
        var type = signature[^1];
        if (!EcdsaSignature.TryFromDerLax(signature.Span[..^1], out var parsed)) return false;
        var hash = version == SigVersion.WitnessV0
            ? SigHash.SegwitV0(transaction, input, scriptCode, spent.Outputs[input].Value, (SigHashType)type)
            : SigHash.Legacy(transaction, input, scriptCode, type);

        // Consensus accepts a high S; whether policy does was checked before.
        return pubKey.Verify(hash, parsed.NormalizeS());
    }

    /// <summary>BIP 340 under the rules of BIP 341.</summary>
    public ScriptError CheckSchnorr(Bytes signature, ReadOnlySpan<byte> key, in TapscriptContext context)
    {
        var type = SigHashType.Default;
        if (signature.Length == SchnorrSignature.Size + 1)
        {
            type = (SigHashType)signature[^1];
            if (type == SigHashType.Default) return ScriptError.SchnorrSigHashType;
        }
        else if (signature.Length != SchnorrSignature.Size)
        {
            return ScriptError.SchnorrSigSize;
        }

        if (!SigHash.TryTaproot(transaction, input, spent, type, context.Annex, context.LeafHash, context.CodeSeparator, out var hash)) return ScriptError.SchnorrSigHashType;
        var parsed = new SchnorrSignature(signature.Span[..SchnorrSignature.Size]);
        return XOnlyPubKey.TryParse(new Bytes32(key), out var pubKey) && pubKey.Verify(hash.Span, parsed) ? ScriptError.Ok : ScriptError.SchnorrSig;
    }

    /// <summary>BIP 65.</summary>
    public bool CheckLockTime(long lockTime)
    {
        var sameKind = transaction.LockTime < LockTimeThreshold == lockTime < LockTimeThreshold;

        // A final input would switch the transaction's lock time off.
        return sameKind && lockTime <= transaction.LockTime && Input.Sequence != SequenceFinal;
    }

    /// <summary>BIP 112.</summary>
    public bool CheckSequence(long sequence)
    {
        if (transaction.Version < 2 || (Input.Sequence & SequenceDisable) != 0) return false;
        const uint mask = SequenceTypeFlag | SequenceMask;
        var (wanted, given) = ((uint)sequence & mask, Input.Sequence & mask);
        return wanted < SequenceTypeFlag == given < SequenceTypeFlag && wanted <= given;
    }
}
