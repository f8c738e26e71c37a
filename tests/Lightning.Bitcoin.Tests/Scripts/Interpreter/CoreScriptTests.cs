using System.Text.Json;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Scripts.Interpreter;
using Lightning.Bitcoin.Scripts.Taproot;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Bitcoin.Tests.Scripts.Interpreter;

public sealed class CoreScriptTests
{
    // BIP 341: a point whose private key nobody knows.
    private const string NothingUpMySleeve = "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0";

    [SkippableFact(DisplayName = "Each script of Bitcoin Core's script_tests.json ends as it says, with the same error")]
    public void Script_tests()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var test in Vectors.Json("core/script_tests.json").EnumerateArray())
        {
            if (test.GetArrayLength() < 4) continue;
            count++;
            var result = Run(test, out var expected);
            if (result != expected) failures.Add($"{test} gave {result}");
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {count}:\n{string.Join('\n', failures.Take(20))}");
        Assert.Equal(1222, count);
    }

    private static ScriptError Run(JsonElement test, out ScriptError expected)
    {
        var fields = test.EnumerateArray().ToList();
        var witness = Witness.Empty;
        var amount = Satoshi.Zero;
        TaprootOutput? taproot = null;
        if (fields[0].ValueKind == JsonValueKind.Array)
        {
            var items = fields[0].EnumerateArray().ToList();
            amount = new Satoshi((long)(items[^1].GetDecimal() * 100_000_000m));
            witness = ReadWitness(items[..^1].ConvertAll(item => item.GetString()!), out taproot);
            fields.RemoveAt(0);
        }

        var scriptSig = Asm.Parse(fields[0].GetString()!);
        var outputKey = taproot is null ? "" : "0x" + taproot.OutputKey.Value;
        var scriptPubKey = Asm.Parse(fields[1].GetString()!.Replace("#TAPROOTOUTPUT#", outputKey, StringComparison.Ordinal));
        var flags = Asm.Flags(fields[2].GetString()!);
        expected = Asm.Error(fields[3].GetString()!);

        var credit = new Transaction(1, [new TxIn(new OutPoint(default, uint.MaxValue), Script.FromHex("0000"), uint.MaxValue, Witness.Empty)], [new TxOut(amount, scriptPubKey)], 0);
        var spend = new Transaction(1, [new TxIn(new OutPoint(credit.TxId, 0), scriptSig, uint.MaxValue, witness)], [new TxOut(amount, Script.Empty)], 0);
        return ScriptInterpreter.Verify(spend, 0, new SpentOutputs(credit.Outputs), flags);
    }

    private static Witness ReadWitness(List<string> items, out TaprootOutput? taproot)
    {
        taproot = null;
        var stack = new List<byte[]>();
        foreach (var item in items)
        {
            if (item.StartsWith("#SCRIPT#", StringComparison.Ordinal))
            {
                var leaf = new TapLeaf(Asm.Parse(item[8..]));
                taproot = new TaprootOutput(XOnlyPubKey.Parse(Bytes32.FromHex(NothingUpMySleeve)), TapTree.Of(leaf));
                stack.Add(leaf.Script.Bytes.ToArray());
            }
            else if (item == "#CONTROLBLOCK#")
            {
                stack.Add(taproot!.ControlBlock(taproot.Tree!.Leaves.First()).ToArray());
            }
            else
            {
                stack.Add(Convert.FromHexString(item));
            }
        }

        return Witness.Of(stack.ToArray());
    }
}
