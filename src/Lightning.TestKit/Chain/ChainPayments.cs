using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain.Simulated;

namespace Lightning.TestKit.Chain;

/// <summary>What the transactions of the chain, as it stands, paid to whom out of a channel: all that spend its funding output, or what came of that before it reached a wallet.</summary>
internal sealed class ChainPayments
{
    private readonly List<Transaction> _transactions = [];
    private readonly Dictionary<OutPoint, TxOut> _outputs = [];

    public ChainPayments(SimulatedChain chain)
    {
        for (uint height = 1; height <= chain.Tip.Height; height++)
        {
            foreach (var transaction in chain.GetBlockAsync(height, CancellationToken.None).Result?.Transactions ?? [])
            {
                _transactions.Add(transaction);
                for (var i = 0; i < transaction.Outputs.Length; i++) _outputs[new OutPoint(transaction.TxId, (uint)i)] = transaction.Outputs[i];
            }
        }
    }

    /// <summary>What a wallet got, less its coins that paid fees.</summary>
    /// <param name="funding">The channel's funding output.</param>
    /// <param name="isOwn">Whether a script is the wallet's.</param>
    /// <param name="isWallets">Whether a script is that of any wallet: what lies there is in the channel no more.</param>
    public Satoshi Of(OutPoint funding, Func<Script, bool> isOwn, Func<Script, bool> isWallets)
    {
        var followed = new HashSet<OutPoint> { funding };
        var paid = 0L;
        foreach (var transaction in _transactions)
        {
            if (!transaction.Inputs.Any(input => followed.Contains(input.PreviousOutput))) continue;
            foreach (var input in transaction.Inputs)
            {
                if (_outputs[input.PreviousOutput] is var spent && isOwn(spent.ScriptPubKey)) paid -= spent.Value.Value;
            }

            for (var i = 0; i < transaction.Outputs.Length; i++)
            {
                var output = transaction.Outputs[i];
                if (isOwn(output.ScriptPubKey)) paid += output.Value.Value;
                if (!isWallets(output.ScriptPubKey)) followed.Add(new OutPoint(transaction.TxId, (uint)i));
            }
        }

        return new Satoshi(paid);
    }
}
