using Lightning.Actors.Api;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.OnChain;
using Lightning.TestKit.Chain;

namespace Lightning.TestKit.Tests.OnChain;

/// <content>What a story is held to in the end.</content>
internal sealed partial class ChainStory
{
    // More than taking all outputs costs at the feerates of a story.
    private static readonly Satoshi MostFees = new(60_000);

    // Below this it may cost more to take an HTLC than it holds.
    private static readonly MilliSatoshi Small = new(10_000_000);

    // The same of a cheater's, at the least feerate that a mempool takes: nobody waits for those.
    private static readonly Satoshi Least = new(600);

    // An anchor (BOLT 3): nobody's loss.
    private static readonly Satoshi Anchor = new(330);

    // A cheat that another transaction was quicker than has hurt nobody, and whoever tried is owed what it had.
    private bool IsCheated => _cheater is not null && _channel.Spender()?.TxId == _kept!.Value.Commitment.TxId;

    // A cheater's own node cannot account for what it published.
    private IEnumerable<ScenarioNode> Judged => _net.Nodes.Where(node => node.Name != _cheater || !IsCheated);

    // To the millisatoshi what follows from the payments, less what the ledger says of fees, and of what was too little.
    private async Task Judge()
    {
        var slack = _payments.Values.Where(static payment => payment.Amount < Small).Aggregate(MilliSatoshi.Zero, static (sum, payment) => sum + payment.Amount);
        foreach (var node in Judged)
        {
            var closed = Assert.Single(await node.Do(static api => api.ListClosedChannelsAsync()));
            var ledger = closed.Ledger!;
            var due = _start[node.Name];
            foreach (var (id, payment) in _payments)
            {
                var outcome = node.Name == payment.From ? await IsPaid(id, payment) : await IsSettled(payment);
                if (!outcome) continue;
                if (node.Name == payment.From) due -= payment.Amount;
                else due += payment.Amount;
            }

            if (node.Name != _cheater && node.Errors.FirstOrDefault(static error => error.Contains("is lost", StringComparison.Ordinal) || error.Contains("got away", StringComparison.Ordinal) || error.Contains("never signed", StringComparison.Ordinal)) is { } error)
                throw _net.Failure($"{node.Name} says: {error}");
            if (ledger.Open != MilliSatoshi.Zero) throw _net.Failure($"{node.Name} has left {ledger.Open} on the chain.\n{ledger}");
            if (!ledger.AddsUp) throw _net.Failure($"{node.Name} cannot account for {ledger.Unexplained}.\n{ledger}");
            if (IsCheated)
            {
                // All of it is its own now, whatever was paid or not. Its invoices may have been settled for HTLCs that are nowhere any more.
                JudgeCheat(node, ledger);
                continue;
            }

            var has = ledger.Opening + ledger.Received - ledger.Sent;
            // Once the channel is over, what had no output in it may still be settled, and is nobody's.
            if (has > due || has < due - slack) throw _net.Failure($"{node.Name} was owed {due}, and its ledger says {has}.\n{ledger}");
            var lost = ledger.PeerTook + ledger.PenaltiesLost + ledger.Uneconomic + ledger.SentLate + ledger.Trimmed;
            if (lost > slack + new MilliSatoshi(1_000_000)) throw _net.Failure($"{node.Name} lost {lost}.\n{ledger}");
        }

        if (IsCheated) return;
        foreach (var (id, payment) in _payments)
        {
            var (paid, settled) = (await IsPaid(id, payment), await IsSettled(payment));
            if (paid != settled && payment.Amount >= Small) throw _net.Failure($"Payment {id} {(paid ? "succeeded" : "failed")} for {payment.From}, and is {(settled ? "" : "not ")}settled for {payment.To}.");
        }
    }

    // Every output of the old commitment is the victim's, less the fees of its own transactions, and nothing of the channel the cheater's.
    private void JudgeCheat(ScenarioNode victim, ChannelLedger ledger)
    {
        var commitment = _kept!.Value.Commitment;
        var transactions = new Dictionary<TxId, Transaction>();
        var (taken, spent, paid) = (0L, 0L, 0L);
        for (var i = 0; i < commitment.Outputs.Length; i++)
        {
            var (output, value) = (new OutPoint(commitment.TxId, (uint)i), commitment.Outputs[i].Value);
            var spender = _net.Chain.FindConfirmedSpender(output);
            if (spender is not null && victim.HasPublished(spender.TxId))
            {
                transactions[spender.TxId] = spender;
                taken += value.Value;
            }
            else if (value != Anchor && (spender is not null || value > Least)) throw _net.Failure($"Output {i} of the old commitment, {value}, {(spender is null ? "nobody has taken" : "somebody else has taken")}.\n{ledger}");
        }

        foreach (var transaction in transactions.Values)
        {
            spent += transaction.Inputs.Sum(input => ValueOf(input.PreviousOutput).Value);
            paid += transaction.Outputs.Sum(static output => output.Value.Value);
            if (transaction.Outputs.FirstOrDefault(output => !victim.Owns(output.ScriptPubKey)) is { } foreign) throw _net.Failure($"{victim.Name} has paid {foreign.Value} of the channel to somebody else.\n{ledger}");
        }

        var fees = spent - paid;
        if (fees > MostFees.Value) throw _net.Failure($"{victim.Name} has paid {fees} sat for taking what is its own.\n{ledger}");
        if (ledger.OnChain.Value != taken - fees) throw _net.Failure($"{victim.Name} has taken {taken} sat for {fees} sat, and its ledger says {ledger.OnChain}.\n{ledger}");
        if (ledger.ClaimFees + ledger.CoinFees != new Satoshi(fees).ToMilliSatoshi()) throw _net.Failure($"{victim.Name} has paid fees of {fees} sat, and its ledger says {ledger.ClaimFees} and {ledger.CoinFees}.\n{ledger}");
        var kept = new ChainPayments(_net.Chain.Simulated).Of(_channel.Funding, _net[_cheater!].Owns, script => _net.Nodes.Any(node => node.Owns(script)));
        if (kept > Satoshi.Zero) throw _net.Failure($"{_cheater} has cheated, and has {kept} of the channel.\n{ledger}");
    }

    private Satoshi ValueOf(OutPoint output) => _net.Chain.Simulated.FindTransaction(output.TxId)!.Outputs[(int)output.Index].Value;

    private async Task<bool> IsPaid(int id, Payment payment)
    {
        var list = await _net[payment.From].Do(static api => api.ListPaymentsAsync(new ListPaymentsQuery { IncludeIncomplete = true }));
        if (list.Payments.FirstOrDefault(one => one.PaymentHash == payment.Preimage.Hash) is not { } info) return false;
        if (!info.IsFinal) throw _net.Failure($"Payment {id} does not end for {payment.From}.");
        return info.Status == PaymentStatus.Succeeded;
    }

    private async Task<bool> IsSettled(Payment payment)
    {
        try
        {
            return (await _net[payment.To].Do(api => api.LookupInvoiceAsync(payment.Preimage.Hash))).State == InvoiceState.Settled;
        }
        catch (LightningException e) when (e.Kind == LightningErrorKind.NotFound)
        {
            return false;
        }
    }
}
