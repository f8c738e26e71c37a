using Lightning.TestKit.Chain;

namespace Lightning.TestKit;

/// <content>Where the money of closed channels went.</content>
public sealed partial class ScenarioNetwork
{
    private readonly HashSet<string> _cheaters = new(StringComparer.Ordinal);
    private bool _hasFailed;

    /// <summary>Names a node that the test lets publish what it must not: what its channels bring it, it need not be able to account for.</summary>
    /// <param name="node">Its name.</param>
    public void Cheats(string node) => _cheaters.Add(this[node].Name);

    /// <summary>
    /// Of each channel that was closed on chain, each of its nodes accounts for every millisatoshi: what it had in it at first, and received, less what it sent and what fees and other losses took, is
    /// what the chain paid to its wallet. It holds at any moment, and is looked at when the network is disposed of as well. Left out are nodes that <see cref="Cheats"/> names, that do not run or are
    /// in trouble, and that were started on an old database, or on none; and channels that were closed by a transaction which the node cannot make itself.
    /// </summary>
    /// <exception cref="ScenarioException">One does not.</exception>
    public void LedgersAddUp()
    {
        ChainPayments? payments = null;
        foreach (var node in Nodes)
        {
            if (_cheaters.Contains(node.Name) || !node.KnowsTheChain) continue;
            foreach (var (funding, ledger) in node.Ledgers())
            {
                if (!ledger.AddsUp) throw Failure($"{node.Name} cannot account for {ledger.Unexplained} of a channel.\n{funding}\n{ledger}");
                payments ??= new ChainPayments(Chain.Simulated);
                var paid = payments.Of(funding, node.Owns, script => Nodes.Any(one => one.Owns(script)));
                if (ledger.OnChain != paid) throw Failure($"{node.Name} believes that a channel brought it {ledger.OnChain}, and the chain paid it {paid}.\n{funding}\n{ledger}");
            }
        }
    }
}
