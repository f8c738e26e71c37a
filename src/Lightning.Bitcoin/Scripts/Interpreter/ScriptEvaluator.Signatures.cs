namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>Signature operations.</summary>
internal sealed partial class ScriptEvaluator
{
    private const int SignatureWeight = 50;

    /// <summary>The script from the last executed OP_CODESEPARATOR on: what a signature covers.</summary>
    private Script CodeFromSeparator => _codeStart == 0 ? script : new Script(new Bytes(script.Span[_codeStart..]));

    private ScriptError CheckSig(OpCode code)
    {
        if (stack.Count < 2) return ScriptError.InvalidStackOperation;
        if (CheckSignature(stack.Peek(1), stack.Peek(), out var valid) is var error and not ScriptError.Ok) return error;
        stack.Drop(2);
        if (code == OpCode.OP_CHECKSIGVERIFY) return valid ? ScriptError.Ok : ScriptError.CheckSigVerify;
        stack.Push(valid);
        return ScriptError.Ok;
    }

    private ScriptError CheckSigAdd()
    {
        if (!IsTapscript) return ScriptError.BadOpCode;
        if (stack.Count < 3) return ScriptError.InvalidStackOperation;
        if (!TryNumber(1, out var count)) return ScriptError.ScriptNum;
        if (CheckSignature(stack.Peek(2), stack.Peek(), out var valid) is var error and not ScriptError.Ok) return error;
        stack.Drop(3);
        stack.Push(count + (valid ? 1 : 0));
        return ScriptError.Ok;
    }

    private ScriptError CheckSignature(Bytes signature, Bytes key, out bool valid) =>
        IsTapscript ? CheckSchnorr(signature, key, out valid) : CheckEcdsa(signature, key, out valid);

    private ScriptError CheckEcdsa(Bytes signature, Bytes key, out bool valid)
    {
        valid = false;
        var scriptCode = CodeFromSeparator;
        if (version == SigVersion.Base && ScriptCode.FindAndDelete(ref scriptCode, signature) && flags.HasFlag(ScriptFlags.ConstScriptCode)) return ScriptError.SigFindAndDelete;
        if (CheckEncodings(signature, key) is var error and not ScriptError.Ok) return error;
        valid = checker.CheckEcdsa(signature, key, scriptCode, version);
        return !valid && flags.HasFlag(ScriptFlags.NullFail) && !signature.IsEmpty ? ScriptError.NullFail : ScriptError.Ok;
    }

    private ScriptError CheckSchnorr(Bytes signature, Bytes key, out bool valid)
    {
        valid = !signature.IsEmpty;
        if (valid)
        {
            // Every signature that is not empty is paid for by the witness's weight, whatever comes of it.
            _context.ValidationWeight -= SignatureWeight;
            if (_context.ValidationWeight < 0) return ScriptError.TapscriptValidationWeight;
        }

        return key.Length switch
        {
            0 => ScriptError.TapscriptEmptyPubKey,
            32 => valid ? checker.CheckSchnorr(signature, key.Span, _context) : ScriptError.Ok,
            _ => flags.HasFlag(ScriptFlags.DiscourageUpgradablePubKeyType) ? ScriptError.DiscourageUpgradablePubKeyType : ScriptError.Ok,
        };
    }

    private ScriptError CheckMultiSig(OpCode code)
    {
        if (IsTapscript) return ScriptError.TapscriptCheckMultiSig;
        if (stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!TryNumber(0, out var keyCount)) return ScriptError.ScriptNum;
        if (keyCount is < 0 or > MaxKeys) return ScriptError.PubKeyCount;
        var keys = (int)keyCount;
        _operations += keys;
        if (_operations > MaxOperations) return ScriptError.OpCount;
        if (stack.Count < keys + 2) return ScriptError.InvalidStackOperation;
        if (!TryNumber(keys + 1, out var signatureCount)) return ScriptError.ScriptNum;
        if (signatureCount < 0 || signatureCount > keys) return ScriptError.SigCount;
        var signatures = (int)signatureCount;

        // One item more than the operation needs, since its first release.
        var total = keys + signatures + 3;
        if (stack.Count < total) return ScriptError.InvalidStackOperation;
        if (CheckAll(keys, signatures, out var valid) is var error and not ScriptError.Ok) return error;

        var firstSignature = keys + 2;
        for (var i = 0; i < signatures && !valid && flags.HasFlag(ScriptFlags.NullFail); i++)
            if (!stack.Peek(firstSignature + i).IsEmpty) return ScriptError.NullFail;

        stack.Drop(total - 1);
        if (flags.HasFlag(ScriptFlags.NullDummy) && !stack.Peek().IsEmpty) return ScriptError.SigNullDummy;
        stack.Drop(1);
        if (code == OpCode.OP_CHECKMULTISIGVERIFY) return valid ? ScriptError.Ok : ScriptError.CheckMultiSigVerify;
        stack.Push(valid);
        return ScriptError.Ok;
    }

    /// <summary>Matches the signatures with the keys, both from the top of the stack and in the same order.</summary>
    private ScriptError CheckAll(int keys, int signatures, out bool valid)
    {
        var (key, signature) = (1, keys + 2);
        var scriptCode = CodeFromSeparator;
        for (var i = 0; i < signatures && version == SigVersion.Base; i++)
        {
            if (ScriptCode.FindAndDelete(ref scriptCode, stack.Peek(signature + i)) && flags.HasFlag(ScriptFlags.ConstScriptCode))
            {
                valid = false;
                return ScriptError.SigFindAndDelete;
            }
        }

        valid = true;
        while (valid && signatures > 0)
        {
            if (CheckEncodings(stack.Peek(signature), stack.Peek(key)) is var error and not ScriptError.Ok) return error;
            if (checker.CheckEcdsa(stack.Peek(signature), stack.Peek(key), scriptCode, version))
            {
                signature++;
                signatures--;
            }

            key++;
            keys--;
            valid = signatures <= keys; // enough keys left for the signatures left
        }

        return ScriptError.Ok;
    }

    private ScriptError CheckEncodings(Bytes signature, Bytes key) =>
        SignatureEncoding.CheckSignature(signature, flags) is var error and not ScriptError.Ok ? error : SignatureEncoding.CheckKey(key, flags, version);
}
