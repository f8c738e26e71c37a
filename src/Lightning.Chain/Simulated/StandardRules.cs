using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>What Bitcoin Core relays beyond consensus, as far as Lightning and its wallet can meet it. Reasons are Bitcoin Core's words.</summary>
internal static class StandardRules
{
    /// <summary>The transaction version that BIP 431 gives its own rules (TRUC).</summary>
    public const uint TrucVersion = 3;

    private const int MaxWeight = 400_000;
    private const int MinBaseSize = 65;
    private const int MaxScriptSig = 1650;
    private const int MaxWitnessScript = 3600, MaxWitnessItems = 100, MaxWitnessItem = 80;

    /// <summary>Size in bytes of the input that will spend an output, in Bitcoin Core's reckoning of dust.</summary>
    private const int SpendSize = 148, WitnessSpendSize = 67;

    /// <summary>The feerate at which dust is reckoned: 3 sat per byte.</summary>
    private const int DustSatPerByte = 3;

    /// <summary>Checks a transaction by itself.</summary>
    /// <returns>Null where it is standard.</returns>
    public static string? Check(Transaction transaction)
    {
        if (transaction.Version is < 1 or > TrucVersion) return "version";
        if (transaction.Weight > MaxWeight) return "tx-size";
        if (transaction.BaseSize < MinBaseSize) return "tx-size-small";
        foreach (var input in transaction.Inputs)
        {
            if (input.ScriptSig.Length > MaxScriptSig) return "scriptsig-size";
            if (!IsPushOnly(input.ScriptSig)) return "scriptsig-not-pushonly";
        }

        foreach (var output in transaction.Outputs)
            if (!IsStandardOutput(output.ScriptPubKey)) return "scriptpubkey";
        return CountDust(transaction) > 1 ? "dust" : null;
    }

    /// <summary>Checks the witnesses against the limits that consensus does not have.</summary>
    /// <returns>Null where they are standard.</returns>
    public static string? CheckWitnesses(Transaction transaction, SpentOutputs spent)
    {
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var stack = transaction.Inputs[i].Witness.Stack;
            if (stack.IsEmpty) continue;
            var type = spent.Outputs[i].ScriptPubKey.TypeOf();
            var items = stack.AsSpan();
            switch (type)
            {
                case ScriptType.P2a:
                    return "bad-witness-nonstandard";
                case ScriptType.P2wsh:
                    if (items[^1].Length > MaxWitnessScript || items.Length - 1 > MaxWitnessItems || HasLongItem(items[..^1])) return "bad-witness-nonstandard";
                    break;
                case ScriptType.P2tr:
                    if (items.Length >= 2 && items[^1].Span is [0x50, ..]) return "bad-witness-nonstandard"; // an annex
                    if (items.Length >= 2 && HasLongItem(items[..^2])) return "bad-witness-nonstandard";
                    break;
                default:
                    break;
            }
        }

        return null;
    }

    /// <summary>The least that an output may hold without being dust.</summary>
    public static Satoshi DustLimit(TxOut output)
    {
        var type = output.ScriptPubKey.TypeOf();
        if (type == ScriptType.OpReturn) return Satoshi.Zero;
        var spend = output.ScriptPubKey.IsWitnessProgram(out _, out _) ? WitnessSpendSize : SpendSize;
        return new Satoshi((output.Size + spend) * DustSatPerByte);
    }

    /// <summary>Whether an output holds less than is worth spending.</summary>
    public static bool IsDust(TxOut output) => output.Value < DustLimit(output);

    /// <summary>How many outputs are dust.</summary>
    public static int CountDust(Transaction transaction)
    {
        var count = 0;
        foreach (var output in transaction.Outputs)
            if (IsDust(output)) count++;
        return count;
    }

    private static bool IsPushOnly(Script script)
    {
        var reader = new ScriptReader(script.Span);
        while (reader.TryRead(out var code, out _))
            if (code > OpCode.OP_16) return false;
        return reader.AtEnd;
    }

    private static bool IsStandardOutput(Script script) => script.TypeOf() switch
    {
        ScriptType.Other => script.Span is [33, 2 or 3, .., (byte)OpCode.OP_CHECKSIG] && script.Length == 35, // pay to pubkey
        ScriptType.OpReturn => IsPushOnly(new Script(new Bytes(script.Span[1..]))),
        _ => true,
    };

    private static bool HasLongItem(ReadOnlySpan<Bytes> items)
    {
        foreach (var item in items)
            if (item.Length > MaxWitnessItem) return true;
        return false;
    }
}
