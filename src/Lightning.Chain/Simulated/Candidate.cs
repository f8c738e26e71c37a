using Lightning.Bitcoin.Transactions;

namespace Lightning.Chain.Simulated;

/// <summary>A transaction on its way into the mempool.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Fee">What the miner gets.</param>
/// <param name="Spent">What it spends.</param>
/// <param name="Conflicts">Transactions of the mempool that it would replace, without their descendants.</param>
/// <param name="Ancestors">Unconfirmed transactions that it spends from, at any distance.</param>
internal sealed record Candidate(Transaction Transaction, Satoshi Fee, SpentOutputs Spent, HashSet<TxId> Conflicts, HashSet<TxId> Ancestors)
{
    public Feerate Feerate => new(Fee, Transaction.VirtualSize);
}
