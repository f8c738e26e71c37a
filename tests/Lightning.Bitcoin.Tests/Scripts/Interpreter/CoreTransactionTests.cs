using System.Collections.Immutable;
using System.Text.Json;
using Lightning.Bitcoin.Scripts.Interpreter;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Scripts.Interpreter;

public sealed class CoreTransactionTests
{
    private static readonly ScriptFlags[] AllFlags = Enum.GetValues<ScriptFlags>().Where(f => f is not (ScriptFlags.None or ScriptFlags.Consensus or ScriptFlags.Standard)).ToArray();

    [SkippableFact(DisplayName = "Each transaction of Bitcoin Core's tx_valid.json is valid, and stays so under fewer rules")]
    public void Valid_transactions()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (spent, transaction, flagText, test) in Read("core/tx_valid.json"))
        {
            count++;
            var excluded = Flags(flagText);
            if (TransactionRules.Check(transaction) != TransactionError.None) failures.Add($"no transaction: {test}");
            if (!IsValid(transaction, spent, Trim(~excluded))) failures.Add($"refused: {test}");
            foreach (var flag in AllFlags)
                if (!IsValid(transaction, spent, Trim(~(excluded | flag)))) failures.Add($"refused without {flag}: {test}");
            foreach (var flag in AllFlags)
            {
                var fewer = Fill(excluded & ~flag);
                if (fewer != excluded && IsValid(transaction, spent, ~fewer)) failures.Add($"valid with {flag}: {test}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join('\n', failures.Take(20))}");
        Assert.Equal(121, count);
    }

    [SkippableFact(DisplayName = "Each transaction of Bitcoin Core's tx_invalid.json is refused, by the rule that it names")]
    public void Invalid_transactions()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (spent, transaction, flagText, test) in Read("core/tx_invalid.json"))
        {
            count++;
            var error = TransactionRules.Check(transaction);
            if (flagText == "BADTX" != (error != TransactionError.None)) failures.Add($"{error}: {test}");
            if (flagText == "BADTX") continue;
            var flags = Flags(flagText);
            if (IsValid(transaction, spent, flags)) failures.Add($"valid: {test}");
            foreach (var flag in AllFlags)
            {
                var fewer = Trim(flags & ~flag);
                if (fewer != flags && !IsValid(transaction, spent, fewer)) failures.Add($"refused without {flag}: {test}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join('\n', failures.Take(20))}");
        Assert.True(count > 80, $"{count} tests");
    }

    private static bool IsValid(Transaction transaction, SpentOutputs spent, ScriptFlags flags)
    {
        for (var i = 0; i < transaction.Inputs.Length; i++)
            if (ScriptInterpreter.Verify(transaction, i, spent, flags) != ScriptError.Ok) return false;
        return true;
    }

    private static ScriptFlags Flags(string text) => text is "NONE" or "BADTX" ? ScriptFlags.None : Asm.Flags(text);

    /// <summary>Removes flags that make no sense without others.</summary>
    private static ScriptFlags Trim(ScriptFlags flags)
    {
        if (!flags.HasFlag(ScriptFlags.P2sh)) flags &= ~ScriptFlags.Witness;
        return flags.HasFlag(ScriptFlags.Witness) ? flags : flags & ~ScriptFlags.CleanStack;
    }

    /// <summary>The same for flags that are left out.</summary>
    private static ScriptFlags Fill(ScriptFlags excluded) => ~Trim(~excluded);

    private static IEnumerable<(SpentOutputs Spent, Transaction Transaction, string Flags, string Test)> Read(string file)
    {
        foreach (var test in Vectors.Json(file).EnumerateArray())
        {
            if (test.GetArrayLength() != 3) continue;
            var transaction = Transaction.FromHex(test[1].GetString()!);
            var outputs = test[0].EnumerateArray().ToDictionary(
                input => new OutPoint(TxId.Parse(input[0].GetString()!), (uint)input[1].GetInt64()),
                input => new TxOut(new Satoshi(input.GetArrayLength() > 3 ? input[3].GetInt64() : 0), Asm.Parse(input[2].GetString()!)));
            var spent = transaction.Inputs.Select(input => outputs.GetValueOrDefault(input.PreviousOutput) ?? new TxOut(Satoshi.Zero, default)).ToImmutableArray();
            yield return (new SpentOutputs(spent), transaction, test[2].GetString()!, test.ToString());
        }
    }
}
