using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>Runs one script over a stack: limits, pushes and the choice of operations.</summary>
internal sealed partial class ScriptEvaluator(
    ScriptStack stack, Script script, ScriptFlags flags, SigVersion version, SignatureChecker checker, TapscriptContext context)
{
    private const int MaxScriptSize = 10_000;
    private const int MaxPush = 520;
    private const int MaxOperations = 201;
    private const int MaxStack = 1000;
    private const int MaxKeys = 20;
    private const int NumberSize = 4, LockTimeSize = 5;
    private const uint SequenceDisable = 1u << 31;

    private readonly ScriptStack _altStack = new();
    private readonly bool _minimal = flags.HasFlag(ScriptFlags.MinimalData);
    private TapscriptContext _context = context;
    private Conditions _conditions = new();
    private int _operations;
    private int _codeStart;

    private bool IsTapscript => version == SigVersion.Tapscript;

    /// <summary>Runs to the end, or to the first error. What is left on the stack is the caller's to judge.</summary>
    public ScriptError Run()
    {
        // Tapscript has no limits of its own: the block's weight and the budget for signatures bound it.
        if (!IsTapscript && script.Length > MaxScriptSize) return ScriptError.ScriptSize;
        _context.CodeSeparator = SigHash.NoCodeSeparator;
        var reader = new ScriptReader(script.Span);
        for (uint position = 0; !reader.AtEnd; position++)
        {
            if (!reader.TryRead(out var code, out var data)) return ScriptError.BadOpCode;
            if (data.Length > MaxPush) return ScriptError.PushSize;
            if (!IsTapscript && code > OpCode.OP_16 && ++_operations > MaxOperations) return ScriptError.OpCount;
            if (IsDisabled(code)) return ScriptError.DisabledOpCode;
            if (code == OpCode.OP_CODESEPARATOR && version == SigVersion.Base && flags.HasFlag(ScriptFlags.ConstScriptCode)) return ScriptError.OpCodeSeparator;

            if (_conditions.AllTrue && code <= OpCode.OP_PUSHDATA4)
            {
                if (_minimal && !IsMinimalPush(code, data)) return ScriptError.MinimalData;
                stack.Push(new Bytes(data));
            }
            else if (code == OpCode.OP_CODESEPARATOR && _conditions.AllTrue)
            {
                _codeStart = reader.Position;
                _context.CodeSeparator = position;
            }
            else if (_conditions.AllTrue || code is >= OpCode.OP_IF and <= OpCode.OP_ENDIF)
            {
                if (Execute(code) is var error and not ScriptError.Ok) return error;
            }

            if (stack.Count + _altStack.Count > MaxStack) return ScriptError.StackSize;
        }

        return _conditions.IsEmpty ? ScriptError.Ok : ScriptError.UnbalancedConditional;
    }

    private ScriptError Execute(OpCode code)
    {
        if (code is OpCode.OP_1NEGATE or (>= OpCode.OP_1 and <= OpCode.OP_16))
        {
            stack.Push((long)code - (long)OpCode.OP_RESERVED);
            return ScriptError.Ok;
        }

        return code switch
        {
            <= OpCode.OP_RETURN => ExecuteControl(code),
            OpCode.OP_CHECKLOCKTIMEVERIFY => CheckLockTime(),
            OpCode.OP_CHECKSEQUENCEVERIFY => CheckSequence(),
            OpCode.OP_NOP1 or (>= OpCode.OP_NOP4 and <= OpCode.OP_NOP10) => flags.HasFlag(ScriptFlags.DiscourageUpgradableNops) ? ScriptError.DiscourageUpgradableNops : ScriptError.Ok,
            <= OpCode.OP_SIZE => ExecuteStack(code),
            OpCode.OP_EQUAL or OpCode.OP_EQUALVERIFY => ExecuteEqual(code),
            >= OpCode.OP_1ADD and <= OpCode.OP_WITHIN => ExecuteArithmetic(code),
            >= OpCode.OP_RIPEMD160 and <= OpCode.OP_HASH256 => ExecuteHash(code),
            OpCode.OP_CHECKSIG or OpCode.OP_CHECKSIGVERIFY => CheckSig(code),
            OpCode.OP_CHECKMULTISIG or OpCode.OP_CHECKMULTISIGVERIFY => CheckMultiSig(code),
            OpCode.OP_CHECKSIGADD => CheckSigAdd(),
            _ => ScriptError.BadOpCode,
        };
    }

    private ScriptError ExecuteControl(OpCode code)
    {
        switch (code)
        {
            case OpCode.OP_NOP:
                return ScriptError.Ok;
            case OpCode.OP_IF or OpCode.OP_NOTIF:
                return BeginIf(code);
            case OpCode.OP_ELSE:
                if (_conditions.IsEmpty) return ScriptError.UnbalancedConditional;
                _conditions.ToggleTop();
                return ScriptError.Ok;
            case OpCode.OP_ENDIF:
                if (_conditions.IsEmpty) return ScriptError.UnbalancedConditional;
                _conditions.Pop();
                return ScriptError.Ok;
            case OpCode.OP_VERIFY:
                if (stack.Count < 1) return ScriptError.InvalidStackOperation;
                return ScriptStack.ToBool(stack.Pop()) ? ScriptError.Ok : ScriptError.Verify;
            case OpCode.OP_RETURN:
                return ScriptError.OpReturn;
            default:
                return ScriptError.BadOpCode;
        }
    }

    private ScriptError BeginIf(OpCode code)
    {
        var value = false;
        if (_conditions.AllTrue)
        {
            if (stack.Count < 1) return ScriptError.InvalidStackOperation;
            var item = stack.Pop();
            var minimal = item.IsEmpty || item.Span is [1];
            if (IsTapscript && !minimal) return ScriptError.TapscriptMinimalIf;
            if (version == SigVersion.WitnessV0 && flags.HasFlag(ScriptFlags.MinimalIf) && !minimal) return ScriptError.MinimalIf;
            value = ScriptStack.ToBool(item) == (code == OpCode.OP_IF);
        }

        _conditions.Push(value);
        return ScriptError.Ok;
    }

    private ScriptError CheckLockTime()
    {
        if (!flags.HasFlag(ScriptFlags.CheckLockTimeVerify)) return ScriptError.Ok;
        if (stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!ScriptNumber.TryDecode(stack.Peek().Span, LockTimeSize, _minimal, out var lockTime)) return ScriptError.ScriptNum;
        if (lockTime < 0) return ScriptError.NegativeLockTime;
        return checker.CheckLockTime(lockTime) ? ScriptError.Ok : ScriptError.UnsatisfiedLockTime;
    }

    private ScriptError CheckSequence()
    {
        if (!flags.HasFlag(ScriptFlags.CheckSequenceVerify)) return ScriptError.Ok;
        if (stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!ScriptNumber.TryDecode(stack.Peek().Span, LockTimeSize, _minimal, out var sequence)) return ScriptError.ScriptNum;
        if (sequence < 0) return ScriptError.NegativeLockTime;
        return (sequence & SequenceDisable) != 0 || checker.CheckSequence(sequence) ? ScriptError.Ok : ScriptError.UnsatisfiedLockTime;
    }

    private static bool IsDisabled(OpCode code) =>
        code is OpCode.OP_CAT or OpCode.OP_SUBSTR or OpCode.OP_LEFT or OpCode.OP_RIGHT or OpCode.OP_INVERT or OpCode.OP_AND or OpCode.OP_OR or OpCode.OP_XOR
            or OpCode.OP_2MUL or OpCode.OP_2DIV or OpCode.OP_MUL or OpCode.OP_DIV or OpCode.OP_MOD or OpCode.OP_LSHIFT or OpCode.OP_RSHIFT;

    private static bool IsMinimalPush(OpCode code, ReadOnlySpan<byte> data) => data switch
    {
        [] => code == OpCode.OP_0,
        [>= 1 and <= 16] or [0x81] => false, // OP_1 to OP_16 and OP_1NEGATE are shorter
        { Length: < (int)OpCode.OP_PUSHDATA1 } => (int)code == data.Length,
        { Length: <= byte.MaxValue } => code == OpCode.OP_PUSHDATA1,
        { Length: <= ushort.MaxValue } => code == OpCode.OP_PUSHDATA2,
        _ => true,
    };
}
