using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Fees;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.OnChain;

/// <summary>Makes the ledger of one channel. Each item comes from its own source, none is the rest of a sum: what does not fit shows.</summary>
internal sealed class Bookkeeping
{
    private readonly ChannelBook _book;
    private readonly bool _isOver;
    private long _onChain;
    private long _delayed;
    private long _commitmentFee;
    private long _anchors;
    private long _claimFees;
    private long _coinFees;
    private long _trimmed;
    private long _rounding;
    private long _uneconomic;
    private long _open;
    private long _peerTook;
    private long _peerLeft;
    private long _penalties;
    private long _sent;

    private Bookkeeping(ChannelBook book, bool isOver) => (_book, _isOver) = (book, isOver);

    /// <summary>Makes it.</summary>
    public static ChannelLedger Of(ChannelBook book, ChannelState state, FundedState? last, IChannelSigner signer)
    {
        var ledger = new Bookkeeping(book, state is Closed);
        var closed = state as Closed;
        last = closed?.Before ?? last ?? state as FundedState;
        if (last is null || closed?.Reason == CloseReason.FundingFailed) return new ChannelLedger();
        if (closed?.ClosingTransaction is { } mutual) ledger.OfMutual(last, mutual);
        else if (last is States.Closing { Spend: { } spend } closing)
        {
            if (spend.Kind == SpendKind.Mutual) ledger.OfMutual(last, spend.Transaction);
            else ledger.OfCommitment(ledger.WithLegacy(closing, signer), signer);
        }
        else if (closed is null) ledger._open = (book.Opening + book.Received - book.Sent).Value;
        else if (book.ShortChannelId is null) return new ChannelLedger();

        var result = ledger.Result();
        return book.IsRestored ? result with { Opening = result.Opening - result.Unexplained } : result;
    }

    private ChannelLedger Result() => new()
    {
        Opening = _book.Opening,
        Received = _book.Received,
        Sent = _book.Sent + new MilliSatoshi(_sent),
        SentLate = _book.SentLate + new MilliSatoshi(_sent),
        PenaltiesGained = new(Math.Max(0, _penalties)),
        PenaltiesLost = new(Math.Max(0, -_penalties)),
        PeerLeft = new(_peerLeft),
        PeerTook = new(_peerTook),
        CommitmentFee = new(_commitmentFee),
        Anchors = new(_anchors),
        ClaimFees = new(_claimFees),
        CoinFees = new(_coinFees),
        Trimmed = new(_trimmed),
        Rounding = new(_rounding),
        Uneconomic = new(_uneconomic),
        Open = new(_open),
        OnChain = new(_onChain),
        Delayed = new(_delayed),
    };

    // Both sides are done with HTLCs: two balances, and whoever pays the fee pays all of it.
    private void OfMutual(FundedState last, Transaction transaction)
    {
        var funding = last.Commitments.Latest.Funding;
        var balance = last.Commitments.Latest.LocalSpec.ToLocal.Value;
        var paid = false;
        var fee = funding.Capacity.Value;
        foreach (var output in transaction.Outputs)
        {
            fee -= output.Value.Value;
            if (!_book.IsOurs(output.ScriptPubKey)) continue;
            _onChain += output.Value.Value;
            paid = true;
        }

        _rounding += balance % 1000;
        var missing = (balance / 1000) - _onChain;
        // Without an output for it the balance was dust, before the fee or after it. No more than the transaction's fee can have been this node's: anything beyond is not explained.
        if (paid) _commitmentFee += Math.Clamp(missing, 0, fee) * 1000;
        else _trimmed += Math.Clamp(missing, 0, fee) * 1000;
    }

    private void OfCommitment(States.Closing closing, IChannelSigner signer)
    {
        var commitment = ChainView.Commitment(closing, signer);
        var outputs = ChainView.Of(closing, commitment, signer);
        TakeTransactions(closing, outputs);
        if (commitment is null)
        {
            // What it held is not known: all that can be told is what this node's output paid.
            foreach (var output in outputs.Where(static output => output.Kind is ChainOutputKind.OurBalance or ChainOutputKind.OurDelayed)) TakeBalance(output);
            return;
        }

        var spec = commitment.Terms.Owner == CommitmentOwner.Local ? commitment.Spec : commitment.Spec.Mirrored();
        TakeCosts(commitment, spec.ToLocal.Value);
        foreach (var output in outputs)
        {
            if (output.Kind is ChainOutputKind.OurBalance or ChainOutputKind.OurDelayed) TakeBalance(output);
            if (output.Kind == ChainOutputKind.OurAnchor && IsOurs(output.Spend)) _anchors -= output.Output.Value.Value * 1000;
        }

        if (closing.Spend!.Kind == SpendKind.RevokedCommitment) TakePenalties(outputs, spec.ToLocal.Value);
        else TakeHtlcs(closing, outputs, spec);
    }

    // What the commitment takes from this node's balance before it is an output (BOLT 3).
    private void TakeCosts(CommitmentTransaction commitment, long balance)
    {
        var isOurs = commitment.Terms.Owner == CommitmentOwner.Local;
        var hasOutput = commitment.Outputs.Any(output => output.Kind == (isOurs ? CommitmentOutputKind.ToLocal : CommitmentOutputKind.ToRemote));
        _rounding += balance % 1000;
        var left = balance / 1000;
        if (commitment.Terms.OwnerIsOpener == isOurs)
        {
            // An opener who cannot pay it all pays what it has.
            var fee = Math.Min(left, CommitmentFees.BaseFee(commitment.Terms, commitment.Spec).Value);
            var anchors = Math.Min(left - fee, commitment.Terms.Format.AnchorsCost.Value);
            (_commitmentFee, _anchors, left) = (_commitmentFee + (fee * 1000), _anchors + (anchors * 1000), left - fee - anchors);
        }

        if (!hasOutput) _trimmed += left * 1000;
    }

    // A balance that somebody else took cannot be: it shows as not explained.
    private void TakeBalance(ChainOutput output)
    {
        if (output.Spend is not null) return;
        if (_isOver) _uneconomic += output.Output.Value.Value * 1000;
        else _open += output.Output.Value.Value * 1000;
    }

    private void TakeHtlcs(States.Closing closing, ImmutableArray<ChainOutput> outputs, CommitmentSpec spec)
    {
        foreach (var htlc in spec.Htlcs)
        {
            var isOffered = htlc.Direction == HtlcDirection.Offered;
            var output = outputs.FirstOrDefault(one => one.HtlcId == htlc.Id && one.Kind == (isOffered ? ChainOutputKind.OfferedHtlc : ChainOutputKind.ReceivedHtlc));
            var isPaid = _book.IsPaid(isOffered, htlc.Id);
            if (isOffered) TakeOffered(htlc, output, isPaid);
            else TakeReceived(htlc, output, isPaid);
        }

        // Without a place in the commitment on chain, and never signed away: the preimage moved nothing.
        foreach (var (id, amount) in _book.PaidUnsigned(offered: true))
        {
            if (spec.Find(HtlcDirection.Offered, id) is null) _peerLeft += amount.Value;
        }

        foreach (var (id, amount) in _book.PaidUnsigned(offered: false))
        {
            if (spec.Find(HtlcDirection.Received, id) is null) _peerTook += amount.Value;
        }
    }

    // The commitment has taken its amount from this node's balance.
    private void TakeOffered(CommittedHtlc htlc, ChainOutput? output, bool isPaid)
    {
        var amount = htlc.Amount.Value;
        switch (output)
        {
            case { Spend: { } spend } when IsOurs(spend):
                if (isPaid) _peerLeft += output.Output.Value.Value * 1000;
                else _rounding += amount - (output.Output.Value.Value * 1000);
                break;
            case { Spend: { } spend } when !isPaid:
                // The peer's word came after all that waited for it had an answer.
                if (ShowsPreimage(spend, output)) _sent += amount;
                else _peerTook += amount;
                break;
            case { Spend: null } when !isPaid:
                if (_isOver) _uneconomic += amount;
                else _open += amount;
                break;
            case null when !isPaid:
                _trimmed += amount;
                break;
        }
    }

    private void TakeReceived(CommittedHtlc htlc, ChainOutput? output, bool isPaid)
    {
        var amount = htlc.Amount.Value;
        switch (output)
        {
            case { Spend: { } spend } when IsOurs(spend):
                if (isPaid) _rounding += amount - (output.Output.Value.Value * 1000);
                else _peerLeft += output.Output.Value.Value * 1000;
                break;
            case { Spend: not null } when isPaid:
                _peerTook += amount;
                break;
            case { Spend: null } when isPaid:
                if (_isOver) _uneconomic += amount;
                else _open += amount;
                break;
            case null when isPaid:
                _trimmed += amount;
                break;
        }
    }

    // All of it is this node's. What goes beyond the channel's last word is gain, what falls short of it loss.
    private void TakePenalties(ImmutableArray<ChainOutput> outputs, long balance)
    {
        var taken = 0L;
        foreach (var output in outputs)
        {
            if (output.Kind is not (ChainOutputKind.RevokedBalance or ChainOutputKind.RevokedHtlc or ChainOutputKind.RevokedSecondStage)) continue;
            if (IsOurs(output.Spend)) taken += output.Output.Value.Value * 1000;
            else if (output.Spend is null && !_isOver)
            {
                taken += output.Output.Value.Value * 1000;
                _open += output.Output.Value.Value * 1000;
            }
        }

        _penalties = taken - ((_book.Opening + _book.Received - _book.Sent).Value - balance);
    }

    // What this node's transactions paid to its wallet, and what they cost.
    private void TakeTransactions(States.Closing closing, ImmutableArray<ChainOutput> outputs)
    {
        var byOutPoint = outputs.ToDictionary(static output => output.OutPoint);
        foreach (var mined in closing.Spends)
        {
            var transaction = mined.Transaction;
            if (_book.CoinsOf(transaction.TxId) is not { } coins)
            {
                foreach (var output in transaction.Outputs)
                {
                    if (_book.IsOurs(output.ScriptPubKey)) _onChain += output.Value.Value;
                }

                continue;
            }

            var added = coins.Items.Sum(static coin => coin.Output.Value.Value);
            long claimed = 0, delayed = 0, paid = 0, later = 0;
            foreach (var input in transaction.Inputs)
            {
                if (!byOutPoint.TryGetValue(input.PreviousOutput, out var output)) continue;
                claimed += output.Output.Value.Value;
                if (output.Kind == ChainOutputKind.OurDelayed) delayed += output.Output.Value.Value;
            }

            for (var index = 0; index < transaction.Outputs.Length; index++)
            {
                var value = transaction.Outputs[index].Value.Value;
                if (byOutPoint.ContainsKey(new OutPoint(transaction.TxId, (uint)index))) later += value;
                else paid += value;
            }

            var fee = claimed + added - paid - later;
            var ofCoins = Math.Clamp(added - paid, 0, Math.Max(0, fee));
            _coinFees += ofCoins * 1000;
            _claimFees += (fee - ofCoins) * 1000;
            _onChain += paid - added;
            if (delayed > 0 && paid > added) _delayed += (long)((Int128)(paid - added) * delayed / claimed);
        }
    }

    private bool IsOurs(MinedSpend? spend) => spend is not null && _book.CoinsOf(spend.Transaction.TxId) is not null;

    private static bool ShowsPreimage(MinedSpend spend, ChainOutput output)
    {
        foreach (var input in spend.Transaction.Inputs)
        {
            if (input.PreviousOutput == output.OutPoint) return Results.FindPreimage(input, output.Hash!.Value) is not null;
        }

        return false;
    }

    // Earlier versions kept which outputs were spent for good, not by what: where this node had a transaction for it, it is taken to be that, unless the peer has shown that it was paid.
    private States.Closing WithLegacy(States.Closing closing, IChannelSigner signer)
    {
        if (closing.LegacyResolved.IsEmpty) return closing;
        var paid = closing.Outputs(signer).Where(output => output is { Kind: ChainOutputKind.OfferedHtlc, HtlcId: { } id } && _book.IsPaid(offered: true, id)).Select(static output => output.OutPoint).ToHashSet();
        var spends = closing.Spends.Items;
        foreach (var attempt in closing.Attempts)
        {
            var inputs = attempt.Transaction.Inputs;
            if (spends.Any(one => one.Transaction.TxId == attempt.Transaction.TxId)) continue;
            if (inputs.All(input => closing.LegacyResolved.Items.Contains(input.PreviousOutput) && !paid.Contains(input.PreviousOutput))) spends = spends.Add(new MinedSpend(attempt.Transaction, 0));
        }

        return closing with { Spends = spends };
    }
}
