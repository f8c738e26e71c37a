using System.Security.Cryptography;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Scripts.Interpreter;

/// <summary>Stack, arithmetic and hash operations.</summary>
internal sealed partial class ScriptEvaluator
{
    private ScriptError ExecuteStack(OpCode code)
    {
        if (code == OpCode.OP_FROMALTSTACK)
        {
            if (_altStack.Count < 1) return ScriptError.InvalidAltStackOperation;
            stack.Push(_altStack.Pop());
            return ScriptError.Ok;
        }

        if (stack.Count < NeededBy(code)) return ScriptError.InvalidStackOperation;
        switch (code)
        {
            case OpCode.OP_TOALTSTACK:
                _altStack.Push(stack.Pop());
                break;
            case OpCode.OP_2DROP:
                stack.Drop(2);
                break;
            case OpCode.OP_2DUP:
                stack.Copy(2);
                break;
            case OpCode.OP_3DUP:
                stack.Copy(3);
                break;
            case OpCode.OP_2OVER:
                stack.Copy(2, skip: 2);
                break;
            case OpCode.OP_2ROT:
                stack.MoveToTop(5, 2);
                break;
            case OpCode.OP_2SWAP:
                stack.MoveToTop(3, 2);
                break;
            case OpCode.OP_IFDUP:
                if (ScriptStack.ToBool(stack.Peek())) stack.Push(stack.Peek());
                break;
            case OpCode.OP_DEPTH:
                stack.Push((long)stack.Count);
                break;
            case OpCode.OP_DROP:
                stack.Drop(1);
                break;
            case OpCode.OP_DUP:
                stack.Copy(1);
                break;
            case OpCode.OP_NIP:
                stack.Take(1);
                break;
            case OpCode.OP_OVER:
                stack.Copy(1, skip: 1);
                break;
            case OpCode.OP_PICK or OpCode.OP_ROLL:
                return PickOrRoll(code);
            case OpCode.OP_ROT:
                stack.MoveToTop(2, 1);
                break;
            case OpCode.OP_SWAP:
                stack.MoveToTop(1, 1);
                break;
            case OpCode.OP_TUCK:
                stack.Insert(2, stack.Peek());
                break;
            case OpCode.OP_SIZE:
                stack.Push((long)stack.Peek().Length);
                break;
            default:
                return ScriptError.BadOpCode;
        }

        return ScriptError.Ok;
    }

    private static int NeededBy(OpCode code) => code switch
    {
        OpCode.OP_DEPTH => 0,
        OpCode.OP_2DROP or OpCode.OP_2DUP or OpCode.OP_NIP or OpCode.OP_OVER or OpCode.OP_PICK or OpCode.OP_ROLL or OpCode.OP_SWAP or OpCode.OP_TUCK => 2,
        OpCode.OP_3DUP or OpCode.OP_ROT => 3,
        OpCode.OP_2OVER or OpCode.OP_2SWAP => 4,
        OpCode.OP_2ROT => 6,
        _ => 1,
    };

    private ScriptError PickOrRoll(OpCode code)
    {
        if (!TryNumber(0, out var depth)) return ScriptError.ScriptNum;
        stack.Drop(1);
        if (depth < 0 || depth >= stack.Count) return ScriptError.InvalidStackOperation;
        stack.Push(code == OpCode.OP_PICK ? stack.Peek((int)depth) : stack.Take((int)depth));
        return ScriptError.Ok;
    }

    private ScriptError ExecuteEqual(OpCode code)
    {
        if (stack.Count < 2) return ScriptError.InvalidStackOperation;
        var equal = stack.Pop() == stack.Pop();
        if (code == OpCode.OP_EQUALVERIFY) return equal ? ScriptError.Ok : ScriptError.EqualVerify;
        stack.Push(equal);
        return ScriptError.Ok;
    }

    private ScriptError ExecuteArithmetic(OpCode code)
    {
        if (code <= OpCode.OP_0NOTEQUAL) return ExecuteUnary(code);
        if (code == OpCode.OP_WITHIN) return ExecuteWithin();
        if (stack.Count < 2) return ScriptError.InvalidStackOperation;
        if (!TryNumber(1, out var a) || !TryNumber(0, out var b)) return ScriptError.ScriptNum;
        stack.Drop(2);
        switch (code)
        {
            case OpCode.OP_ADD:
                stack.Push(a + b);
                break;
            case OpCode.OP_SUB:
                stack.Push(a - b);
                break;
            case OpCode.OP_BOOLAND:
                stack.Push(a != 0 && b != 0);
                break;
            case OpCode.OP_BOOLOR:
                stack.Push(a != 0 || b != 0);
                break;
            case OpCode.OP_NUMEQUAL:
                stack.Push(a == b);
                break;
            case OpCode.OP_NUMEQUALVERIFY:
                return a == b ? ScriptError.Ok : ScriptError.NumEqualVerify;
            case OpCode.OP_NUMNOTEQUAL:
                stack.Push(a != b);
                break;
            case OpCode.OP_LESSTHAN:
                stack.Push(a < b);
                break;
            case OpCode.OP_GREATERTHAN:
                stack.Push(a > b);
                break;
            case OpCode.OP_LESSTHANOREQUAL:
                stack.Push(a <= b);
                break;
            case OpCode.OP_GREATERTHANOREQUAL:
                stack.Push(a >= b);
                break;
            case OpCode.OP_MIN:
                stack.Push(Math.Min(a, b));
                break;
            case OpCode.OP_MAX:
                stack.Push(Math.Max(a, b));
                break;
            default:
                return ScriptError.BadOpCode;
        }

        return ScriptError.Ok;
    }

    private ScriptError ExecuteUnary(OpCode code)
    {
        if (stack.Count < 1) return ScriptError.InvalidStackOperation;
        if (!TryNumber(0, out var a)) return ScriptError.ScriptNum;
        stack.Drop(1);
        switch (code)
        {
            case OpCode.OP_1ADD:
                stack.Push(a + 1);
                break;
            case OpCode.OP_1SUB:
                stack.Push(a - 1);
                break;
            case OpCode.OP_NEGATE:
                stack.Push(-a);
                break;
            case OpCode.OP_ABS:
                stack.Push(Math.Abs(a));
                break;
            case OpCode.OP_NOT:
                stack.Push(a == 0);
                break;
            case OpCode.OP_0NOTEQUAL:
                stack.Push(a != 0);
                break;
            default:
                return ScriptError.BadOpCode;
        }

        return ScriptError.Ok;
    }

    private ScriptError ExecuteWithin()
    {
        if (stack.Count < 3) return ScriptError.InvalidStackOperation;
        if (!TryNumber(2, out var value) || !TryNumber(1, out var least) || !TryNumber(0, out var limit)) return ScriptError.ScriptNum;
        stack.Drop(3);
        stack.Push(least <= value && value < limit);
        return ScriptError.Ok;
    }

    private ScriptError ExecuteHash(OpCode code)
    {
        if (stack.Count < 1) return ScriptError.InvalidStackOperation;
        var data = stack.Pop().Span;
        stack.Push(Bytes.Wrap(code switch
        {
            OpCode.OP_RIPEMD160 => Hashes.Ripemd160(data),
#pragma warning disable CA5350 // Not our choice: Bitcoin has an operation that computes SHA-1.
            OpCode.OP_SHA1 => SHA1.HashData(data),
#pragma warning restore CA5350
            OpCode.OP_SHA256 => Hashes.Sha256(data).ToArray(),
            OpCode.OP_HASH160 => Hashes.Hash160(data),
            _ => Hashes.Hash256(data).ToArray(),
        }));
        return ScriptError.Ok;
    }

    /// <summary>The number <paramref name="depth"/> below the top.</summary>
    private bool TryNumber(int depth, out long value) => ScriptNumber.TryDecode(stack.Peek(depth).Span, NumberSize, _minimal, out value);
}
