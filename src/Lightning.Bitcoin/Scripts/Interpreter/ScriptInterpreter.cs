using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts.Taproot;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>Verifies that an input may spend its output: legacy, P2SH, segwit v0, taproot and tapscript. Never throws on what a stranger wrote.</summary>
public static class ScriptInterpreter
{
    private const byte AnnexTag = 0x50;
    private const int MaxStack = 1000;
    private const int MaxPush = 520;

    /// <summary>Verifies one input.</summary>
    /// <param name="transaction">The spending transaction.</param>
    /// <param name="input">The input's index.</param>
    /// <param name="spent">All outputs that the transaction spends, in the inputs' order.</param>
    /// <param name="flags">The rules.</param>
    /// <returns><see cref="ScriptError.Ok"/>, or why the input is refused.</returns>
    public static ScriptError Verify(Transaction transaction, int input, SpentOutputs spent, ScriptFlags flags = ScriptFlags.Consensus)
    {
        var checker = new SignatureChecker(transaction, input, spent);
        var (scriptSig, scriptPubKey, witness) = (checker.Input.ScriptSig, checker.SpentScript, checker.Input.Witness);
        var hasWitness = false;
        if (flags.HasFlag(ScriptFlags.SigPushOnly) && !IsPushOnly(scriptSig)) return ScriptError.SigPushOnly;

        var stack = new ScriptStack();
        if (Run(stack, scriptSig, flags, checker) is var sigError and not ScriptError.Ok) return sigError;
        var pushed = flags.HasFlag(ScriptFlags.P2sh) && scriptPubKey.IsP2sh() ? new ScriptStack(stack.Items) : null;
        if (RunToTrue(stack, scriptPubKey, flags, checker) is var keyError and not ScriptError.Ok) return keyError;

        if (flags.HasFlag(ScriptFlags.Witness) && scriptPubKey.IsWitnessProgram(out var version, out var program))
        {
            // A native witness program with an unlocking script beside it would have a malleable id.
            hasWitness = true;
            if (!scriptSig.IsEmpty) return ScriptError.WitnessMalleated;
            if (VerifyWitnessProgram(witness, version, program, flags, checker, p2sh: false) is var error and not ScriptError.Ok) return error;
            stack.Drop(stack.Count - 1);
        }

        if (pushed is not null)
        {
            if (!IsPushOnly(scriptSig)) return ScriptError.SigPushOnly;

            // Not empty: the output script just found the redeem script's hash on it.
            stack = pushed;
            var redeemScript = new Script(stack.Pop());
            if (RunToTrue(stack, redeemScript, flags, checker) is var redeemError and not ScriptError.Ok) return redeemError;
            if (flags.HasFlag(ScriptFlags.Witness) && redeemScript.IsWitnessProgram(out version, out program))
            {
                hasWitness = true;
                if (scriptSig != new ScriptBuilder().Push(redeemScript.Span).Build()) return ScriptError.WitnessMalleatedP2sh;
                if (VerifyWitnessProgram(witness, version, program, flags, checker, p2sh: true) is var error and not ScriptError.Ok) return error;
                stack.Drop(stack.Count - 1);
            }
        }

        // After P2SH and witness, which both leave one item where they succeed.
        if (flags.HasFlag(ScriptFlags.CleanStack) && stack.Count != 1) return ScriptError.CleanStack;
        return flags.HasFlag(ScriptFlags.Witness) && !hasWitness && !witness.IsEmpty ? ScriptError.WitnessUnexpected : ScriptError.Ok;
    }

    private static ScriptError Run(ScriptStack stack, Script script, ScriptFlags flags, SignatureChecker checker) =>
        new ScriptEvaluator(stack, script, flags, SigVersion.Base, checker, new TapscriptContext()).Run();

    private static ScriptError RunToTrue(ScriptStack stack, Script script, ScriptFlags flags, SignatureChecker checker)
    {
        if (Run(stack, script, flags, checker) is var error and not ScriptError.Ok) return error;
        return stack.Count > 0 && ScriptStack.ToBool(stack.Peek()) ? ScriptError.Ok : ScriptError.EvalFalse;
    }

    private static ScriptError VerifyWitnessProgram(Witness witness, int version, ReadOnlySpan<byte> program, ScriptFlags flags, SignatureChecker checker, bool p2sh)
    {
        var items = witness.Stack;
        switch (version, program.Length)
        {
            case (0, 32):
                if (items.IsEmpty) return ScriptError.WitnessProgramWitnessEmpty;
                var witnessScript = new Script(items[^1]);
                return witnessScript.Sha256 == new Bytes32(program)
                    ? RunWitnessScript(items.AsSpan()[..^1], witnessScript, flags, SigVersion.WitnessV0, checker, new TapscriptContext())
                    : ScriptError.WitnessProgramMismatch;
            case (0, 20):
                return items.Length == 2
                    ? RunWitnessScript(items.AsSpan(), ScriptTemplates.P2pkh(program), flags, SigVersion.WitnessV0, checker, new TapscriptContext())
                    : ScriptError.WitnessProgramMismatch;
            case (0, _):
                return ScriptError.WitnessProgramWrongLength;
            case (1, 32) when !p2sh:
                return flags.HasFlag(ScriptFlags.Taproot) ? VerifyTaproot(witness, program, flags, checker) : ScriptError.Ok;
            case (1, 2) when !p2sh && program is [0x4e, 0x73]:
                return ScriptError.Ok; // P2A: anybody may spend it
            default:
                return flags.HasFlag(ScriptFlags.DiscourageUpgradableWitnessProgram) ? ScriptError.DiscourageUpgradableWitnessProgram : ScriptError.Ok;
        }
    }

    private static ScriptError VerifyTaproot(Witness witness, ReadOnlySpan<byte> program, ScriptFlags flags, SignatureChecker checker)
    {
        var items = witness.Stack.AsSpan();
        if (items.IsEmpty) return ScriptError.WitnessProgramWitnessEmpty;
        var context = new TapscriptContext();
        if (items.Length >= 2 && items[^1].Span is [AnnexTag, ..])
        {
            context.Annex = items[^1];
            items = items[..^1];
        }

        if (items.Length == 1) return checker.CheckSchnorr(items[0], program, context);

        var control = items[^1].Span;
        var script = new Script(items[^2]);
        items = items[..^2];
        if (!ControlBlock.HasValidSize(control)) return ScriptError.TaprootWrongControlSize;
        var leaf = new TapLeaf(script, ControlBlock.LeafVersion(control));
        context.LeafHash = leaf.Hash;
        if (!ControlBlock.Proves(control, context.LeafHash.Value, program)) return ScriptError.WitnessProgramMismatch;
        if (leaf.Version != TapLeaf.Tapscript)
            return flags.HasFlag(ScriptFlags.DiscourageUpgradableTaprootVersion) ? ScriptError.DiscourageUpgradableTaprootVersion : ScriptError.Ok;
        context.ValidationWeight = witness.Size + 50;
        return RunWitnessScript(items, script, flags, SigVersion.Tapscript, checker, context);
    }

    private static ScriptError RunWitnessScript(
        ReadOnlySpan<Bytes> items, Script script, ScriptFlags flags, SigVersion version, SignatureChecker checker, in TapscriptContext context)
    {
        if (version == SigVersion.Tapscript)
        {
            // One OP_SUCCESS anywhere, executed or not, makes the script valid; but what stands before it must parse.
            var reader = new ScriptReader(script.Span);
            while (reader.TryRead(out var code, out _))
            {
                if (IsOpSuccess(code)) return flags.HasFlag(ScriptFlags.DiscourageOpSuccess) ? ScriptError.DiscourageOpSuccess : ScriptError.Ok;
            }

            if (!reader.AtEnd) return ScriptError.BadOpCode;
            if (items.Length > MaxStack) return ScriptError.StackSize;
        }

        foreach (var item in items)
            if (item.Length > MaxPush) return ScriptError.PushSize;

        var stack = new ScriptStack(items.ToArray());
        if (new ScriptEvaluator(stack, script, flags, version, checker, context).Run() is var error and not ScriptError.Ok) return error;

        // Consensus for witness scripts, where it is only policy for others.
        if (stack.Count != 1) return ScriptError.CleanStack;
        return ScriptStack.ToBool(stack.Peek()) ? ScriptError.Ok : ScriptError.EvalFalse;
    }

    private static bool IsPushOnly(Script script)
    {
        var reader = new ScriptReader(script.Span);
        while (reader.TryRead(out var code, out _))
            if (code > OpCode.OP_16) return false;
        return reader.AtEnd;
    }

    private static bool IsOpSuccess(OpCode code) =>
        (byte)code is 80 or 98 or (>= 126 and <= 129) or (>= 131 and <= 134) or 137 or 138 or 141 or 142 or (>= 149 and <= 153) or (>= 187 and <= 254);
}
