using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Tests.Transactions;

namespace Lightning.Channels.Tests.States;

/// <summary>What the chain would say of a transaction.</summary>
internal static class Chain
{
    /// <summary>The scripts of all spent outputs, found among the parents, allow it.</summary>
    public static void Verify(Transaction transaction, params Transaction[] parents) =>
        Spending.AssertValid(transaction, [.. transaction.Inputs.Select(input => parents.Single(parent => parent.TxId == input.PreviousOutput.TxId).Outputs[(int)input.PreviousOutput.Index])]);
}
