using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commands;
using Lightning.Channels.Fees;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.Claims;

/// <content>How a batch becomes a transaction that pays its fee.</content>
internal sealed partial class ClaimPlanner
{
    // Weights of what a wallet adds, at most: a coin's input and change.
    private const long CoinWeight = 272, ChangeWeight = 172;

    // Publishes a batch, or asks the wallet for what it needs. Does nothing where it is not worth its fee, or where what is published (last) will do.
    private void Make(ClaimBatch batch, ClaimAttempt? last)
    {
        if (batch.IsFixed)
        {
            PublishFixed(batch);
            return;
        }

        if (last is null)
        {
            var worth = Worth(batch.Claims);
            if (worth.IsEmpty) return;
            batch = new ClaimBatch(worth);
        }

        if (batch.NeedsCoins) Ask(batch, last);
        else Publish(batch, last);
    }

    /// <summary>Whether a batch is worth a fee at all now: the least that is ever relayed, within its budget.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="destination">Where its value goes.</param>
    /// <param name="environment">Height and rules.</param>
    public static bool CanPay(ClaimBatch batch, Script destination, ChannelEnvironment environment)
    {
        if (batch.IsFixed) return true;
        var most = batch.Budget(environment.Config.ClaimBudget, environment.BlockHeight);
        return batch.NeedsCoins
            ? RelayFee(FeeratePerKw.Floor, WeightToFund(batch) + ChangeWeight + CoinWeight) <= most
            : RelayFee(FeeratePerKw.Floor, batch.Weight(destination)) <= Satoshi.Min(most, batch.Spent - DustThreshold.Of(destination));
    }

    private void PublishFixed(ClaimBatch batch)
    {
        var transaction = Sign(batch, batch.Unsigned(destination: null));
        var fee = batch.Spent - transaction.OutputValue;
        Take(batch, transaction, fee, FeeSchedule.Most(fee, transaction.Weight), [], NextNumber());
    }

    private void Publish(ClaimBatch batch, ClaimAttempt? last)
    {
        if (Destination() is not { } script) return;

        var weight = batch.Weight(script);
        var affordable = batch.Spent - DustThreshold.Of(script);
        var budget = Satoshi.Min(batch.Budget(_environment.Config.ClaimBudget, _environment.BlockHeight), affordable);
        if (Next(batch, last, budget, weight) is not { } feerate) return;
        var least = MinFee(last, weight);
        var wanted = Satoshi.Max(RelayFee(feerate, weight), least);
        // Rounding up to whole virtual bytes may pass the budget by a few satoshi. What it may not pass is what leaves more than dust: no node would relay that, at no height.
        var fee = Satoshi.Min(wanted, affordable);
        if (fee < least || wanted > budget + RelayFee(feerate, 4)) return;
        var transaction = Sign(batch, batch.Unsigned(new TxOut(batch.Spent - fee, script)));
        Take(batch, transaction, fee, FeeSchedule.Most(fee, weight), [], NextNumber());
    }

    // The wallet's, asked for once in an incarnation. Deadlines do not wait for it longer than for a block.
    private Script? Destination()
    {
        if (_situation.SweepScript is { } script) return script;
        if (_inFlight.ScriptAskedAt is null) Take(new ClaimStep.AskScript(_environment.BlockHeight));
        return _inFlight.ScriptAskedAt < _environment.BlockHeight ? _situation.FallbackScript : null;
    }

    private void Ask(ClaimBatch batch, ClaimAttempt? last)
    {
        var reuse = Reusable(batch);
        var weight = WeightToFund(batch);
        var allowance = ChangeWeight + (CoinWeight * Math.Max(1, reuse.Count));
        var (parentWeight, parentFee) = batch.Parent is { } parent ? (4L * parent.Transaction.VirtualSize, parent.Fee) : (0, Satoshi.Zero);
        var budget = batch.Budget(_environment.Config.ClaimBudget, _environment.BlockHeight);
        if (Next(batch, last, budget + parentFee, weight + allowance + parentWeight) is not { } feerate) return;
        // The commitment pays enough by itself.
        if (parentWeight > 0 && last is null && RelayFee(feerate, parentWeight) <= parentFee) return;
        var minimum = Satoshi.Max(RelayFee(_environment.Fees.Minimum, weight + allowance), MinFee(last, weight + allowance + CoinWeight));
        if (minimum > budget) return;
        var unsigned = batch.Unsigned(destination: null);
        var request = new CoinRequest(
            unsigned, [.. batch.Claims.Select(static claim => claim.Input.Spent)], weight, parentWeight, parentFee, feerate, budget, minimum, reuse);
        foreach (var coin in reuse) _coins.Add(coin.OutPoint);
        foreach (var claim in batch.Claims) _asked.Add(claim.OutPoint);
        Take(new ClaimStep.Fund(new ClaimRequest(NextNumber(), batch, request, _environment.BlockHeight)));
    }

    private void OnFunded(ChannelCommand.ClaimFunded answer)
    {
        // The wallet repeats itself: the coins are the attempt's.
        if (_attempts.Exists(attempt => attempt.Number == answer.Number)) return;
        var request = _inFlight.Requests.FirstOrDefault(request => request.Number == answer.Number && !request.IsRefused);
        if (request is null || !Fits(request, answer) || request.Batch.Claims.Any(claim => !_claims.ContainsKey(claim.OutPoint)))
        {
            Take(new ClaimStep.Release(answer.Number, IsUseless: true));
            return;
        }

        // The parent as it is known now.
        var batch = new ClaimBatch([.. request.Batch.Claims.Select(claim => _claims[claim.OutPoint])]);
        var transaction = Sign(batch, answer.Transaction);
        // Its coins weigh so much that, within the budget, it pays no more than what it is to replace: the mempool would refuse it (BIP 125).
        if (Sharing(batch).Any(attempt => Holds(attempt) && OutcomeOf(attempt) is null or PublishOutcome.Taken && !Replaces(transaction, answer.Fee, attempt)))
        {
            Take(new ClaimStep.Release(answer.Number, IsUseless: true));
            return;
        }

        var (fee, weight) = batch.Parent is { } parent ? (answer.Fee + parent.Fee, (long)transaction.Weight + parent.Transaction.Weight) : (answer.Fee, transaction.Weight);
        Take(batch, transaction, answer.Fee, FeeSchedule.Most(fee, weight), answer.Coins, answer.Number);
        DropObsolete();
    }

    private bool Replaces(Transaction transaction, Satoshi fee, ClaimAttempt attempt) =>
        fee >= FeeOf(attempt) + RelayFee(_environment.Fees.Incremental, transaction.Weight)
        && (Int128)fee.Value * attempt.Transaction.VirtualSize > (Int128)FeeOf(attempt).Value * transaction.VirtualSize;

    // The wallet is trusted with its coins, not with what the channel signs.
    private static bool Fits(ClaimRequest request, ChannelCommand.ClaimFunded answer)
    {
        Transaction asked = request.Coins.Unsigned, given = answer.Transaction;
        if (asked.Version != given.Version || asked.LockTime != given.LockTime) return false;
        if (given.Inputs.Length != asked.Inputs.Length + answer.Coins.Count || given.Outputs.Length < asked.Outputs.Length || given.Outputs.IsEmpty) return false;
        for (var i = 0; i < asked.Inputs.Length; i++)
        {
            if (given.Inputs[i].PreviousOutput != asked.Inputs[i].PreviousOutput || given.Inputs[i].Sequence != asked.Inputs[i].Sequence) return false;
        }

        for (var i = 0; i < asked.Outputs.Length; i++)
        {
            if (given.Outputs[i] != asked.Outputs[i]) return false;
        }

        var coins = answer.Coins.Items.Select(static coin => coin.OutPoint).ToHashSet();
        if (given.Inputs.Skip(asked.Inputs.Length).Any(input => !coins.Contains(input.PreviousOutput))) return false;
        var spent = request.Batch.Spent;
        foreach (var coin in answer.Coins) spent += coin.Output.Value;
        return spent - given.OutputValue == answer.Fee && answer.Fee <= request.Coins.MaxFee && answer.Fee >= Satoshi.Zero;
    }

    private Transaction Sign(ClaimBatch batch, Transaction unsigned)
    {
        var signed = unsigned;
        for (var i = 0; i < batch.Claims.Length; i++) signed = signed.WithWitness(i, batch.Claims[i].Input.Sign(_signer, unsigned, i));
        return signed;
    }

    private void Take(ClaimBatch batch, Transaction transaction, Satoshi fee, FeeratePerKw feerate, EquatableArray<ClaimCoin> coins, ulong number)
    {
        var attempt = new ClaimAttempt(
            number, transaction, batch.Claims[0].TransactionPurpose, batch.Parent?.Transaction.TxId, fee, feerate, coins, _environment.BlockHeight, batch.Deadline);
        _attempts.Add(attempt);
        Cover(attempt);
        Take(new ClaimStep.Publish(attempt, batch.Parent?.Transaction));
    }

    private FeeratePerKw? Next(ClaimBatch batch, ClaimAttempt? last, Satoshi budget, long weight) =>
        FeeSchedule.Next(batch.Deadline, last is null ? null : last with { Feerate = FeerateOf(last) }, last is null ? null : OutcomeOf(last), Floor(batch, last), budget, weight, _environment);

    // What costs more than it brings is left where it is; where all of it is so in a hurry, without one.
    private ImmutableArray<Claim> Worth(ImmutableArray<Claim> claims)
    {
        if (claims[0].Purpose == ClaimPurpose.Anchor) return claims;
        var left = FeeSchedule.BlocksLeft(new ClaimBatch(claims).Deadline, _environment);
        foreach (var feerate in (ReadOnlySpan<FeeratePerKw>)[_environment.Fees.For(left), _environment.Fees.Minimum])
        {
            var worth = claims.RemoveAll(claim => claim.Value <= feerate.Fee(claim.Input.Weight + (4L * (claim.Input.FixedOutput?.Size ?? 0))));
            if (!worth.IsEmpty) return worth;
        }

        return [];
    }

    // The highest feerate that was paid for any of the outputs: fees do not start anew, whatever became of who paid it.
    private FeeratePerKw Floor(ClaimBatch batch, ClaimAttempt? last)
    {
        var floor = default(FeeratePerKw);

        // A commitment that still waits when its deadline is near is not mined for what it pays, whatever the estimates say.
        if (last is null && batch.Parent is { } parent && ClaimBatches.IsNear(batch.Claims[0], _environment))
        {
            var paid = FeeSchedule.Most(parent.Fee, 4L * parent.Transaction.VirtualSize);
            floor = new FeeratePerKw(uint.CreateSaturating((ulong)paid.Value + Math.Max(paid.Value / 4, 1)));
        }

        foreach (var attempt in Sharing(batch))
        {
            if (attempt != last && FeerateOf(attempt) > floor) floor = FeerateOf(attempt);
        }

        return floor;
    }

    // BIP 125: what is replaced (rule 3), and the replacement's own relay (rule 4). What has lost an input, or was refused, is in no mempool.
    private Satoshi MinFee(ClaimAttempt? last, long weight) => last is not null && OutcomeOf(last) is null or PublishOutcome.Taken
        ? FeeOf(last) + RelayFee(_environment.Fees.Incremental, weight)
        : Satoshi.Zero;

    // The coins of what it replaces, but for those that other claims have by now: what one of them takes, another must not wait for.
    private EquatableArray<ClaimCoin> Reusable(ClaimBatch batch)
    {
        var sharing = Sharing(batch).ToHashSet();
        var others = _attempts.Where(attempt => !sharing.Contains(attempt)).SelectMany(static attempt => attempt.Coins.Items).Select(static coin => coin.OutPoint).ToHashSet();
        others.UnionWith(_coins);
        return sharing.Where(attempt => !HasLostCoins(attempt)).OrderByDescending(static attempt => attempt.Number).SelectMany(static attempt => attempt.Coins.Items)
            .Where(coin => !others.Contains(coin.OutPoint)).DistinctBy(static coin => coin.OutPoint).ToImmutableArray();
    }

    // What takes any of the outputs. Of children of this node's commitment and the peer's one alone can be mined: one coin is enough for both.
    private IEnumerable<ClaimAttempt> Sharing(ClaimBatch batch) =>
        _attempts.Where(attempt => (attempt.Parent is not null && batch.Parent is not null) || Inputs(attempt).Any(input => batch.Claims.Any(claim => claim.OutPoint == input)));

    // An earlier version did not keep fees: what the inputs hold tells.
    private Satoshi FeeOf(ClaimAttempt attempt)
    {
        if (attempt.Fee > Satoshi.Zero) return attempt.Fee;
        var spent = Satoshi.Zero;
        foreach (var input in Inputs(attempt))
        {
            if (!_claims.TryGetValue(input, out var claim)) return Satoshi.Zero;
            spent += claim.Input.Spent.Value;
        }

        foreach (var coin in attempt.Coins) spent += coin.Output.Value;
        return spent - attempt.Transaction.OutputValue;
    }

    private FeeratePerKw FeerateOf(ClaimAttempt attempt) => attempt.Fee > Satoshi.Zero ? attempt.Feerate : FeeSchedule.Most(FeeOf(attempt), attempt.Transaction.Weight);

    // Whole virtual bytes are paid for, the one that is rounded up in the end included.
    private static long WeightToFund(ClaimBatch batch) => (batch.Weight(destination: null) + 7) / 4 * 4;

    // As Bitcoin Core counts: whole virtual bytes, rounded up.
    private static Satoshi RelayFee(FeeratePerKw feerate, long weight) => new(((feerate.Value * ((weight + 3) / 4 * 4)) + 999) / 1000);
}
