using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts.Interpreter;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Tests.Transactions;

/// <summary>Runs transactions through the script interpreter, under the rules of relay.</summary>
internal static class Spending
{
    /// <summary>Every input of the transaction may spend what it spends, and no more comes out than goes in.</summary>
    public static void AssertValid(Transaction transaction, params ImmutableArray<TxOut> spent)
    {
        var outputs = new SpentOutputs(spent);
        for (var input = 0; input < transaction.Inputs.Length; input++)
        {
            Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(transaction, input, outputs, ScriptFlags.Standard));
        }

        Assert.True(transaction.Outputs.Sum(output => output.Value.Value) <= outputs.Value.Value, "creates money");
    }

    /// <summary>At least one input may not.</summary>
    public static void AssertInvalid(Transaction transaction, params ImmutableArray<TxOut> spent)
    {
        var outputs = new SpentOutputs(spent);
        Assert.Contains(Enumerable.Range(0, transaction.Inputs.Length), input => ScriptInterpreter.Verify(transaction, input, outputs, ScriptFlags.Standard) != ScriptError.Ok);
    }
}
