using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;

namespace Lightning.Channels.Claims;

/// <summary>
/// Decides, with every block and every answer, which claims belong in which transaction and what it pays. What is published stays together as long as all
/// its inputs are there; where one is gone, the rest is put together again at once and pays no less than before. Nothing but the situation is looked at:
/// the same situation gives the same plan.
/// </summary>
internal sealed partial class ClaimPlanner
{
    private readonly ClaimSituation _situation;
    private readonly ChannelEnvironment _environment;
    private readonly IChannelSigner _signer;
    private readonly ImmutableArray<ClaimStep>.Builder _steps = ImmutableArray.CreateBuilder<ClaimStep>();
    private readonly Dictionary<OutPoint, Claim> _claims;
    private readonly List<ClaimAttempt> _attempts;
    private readonly Dictionary<OutPoint, ClaimAttempt> _newest = [];
    private readonly HashSet<OutPoint> _asked = [];
    private readonly HashSet<OutPoint> _coins = [];
    private readonly HashSet<ClaimAttempt> _scattered = [];
    private ClaimsInFlight _inFlight;

    private ClaimPlanner(ClaimSituation situation, ChannelEnvironment environment, IChannelSigner signer)
    {
        (_situation, _environment, _signer, _inFlight) = (situation, environment, signer, situation.InFlight);
        _claims = situation.Claims.ToDictionary(static claim => claim.OutPoint);
        _attempts = [.. situation.Attempts.Items.OrderBy(static attempt => attempt.Number)];
        foreach (var attempt in _attempts) Cover(attempt);
    }

    /// <summary>What is to be done now.</summary>
    public static ImmutableArray<ClaimStep> Plan(ClaimSituation situation, ChannelEnvironment environment, IChannelSigner signer)
    {
        var planner = new ClaimPlanner(situation, environment, signer);
        planner.Plan();
        return planner._steps.DrainToImmutable();
    }

    /// <summary>What is to be done with the wallet's answer.</summary>
    public static ImmutableArray<ClaimStep> Funded(ClaimSituation situation, ChannelCommand.ClaimFunded answer, ChannelEnvironment environment, IChannelSigner signer)
    {
        var planner = new ClaimPlanner(situation, environment, signer);
        planner.OnFunded(answer);
        return planner._steps.DrainToImmutable();
    }

    private void Plan()
    {
        ReleaseRequests();
        DropScattered();
        var alone = new HashSet<OutPoint>();
        var free = new List<Claim>();
        var held = new SortedDictionary<ulong, ClaimAttempt>();
        foreach (var claim in _situation.Claims)
        {
            if (_asked.Contains(claim.OutPoint) || claim.MatureAt > _environment.BlockHeight + 1) continue;
            if (_newest.TryGetValue(claim.OutPoint, out var attempt) && Holds(attempt)) held[attempt.Number] = attempt;
            else free.Add(claim);
        }

        foreach (var attempt in held.Values)
        {
            // A replacement of it is on its way already.
            if (Inputs(attempt).Any(_asked.Contains)) continue;
            var batch = new ClaimBatch([.. Inputs(attempt).Select(input => _claims[input])]);
            if (batch.IsFixed) continue;
            if (Split(attempt, batch, alone)) free.AddRange(batch.Claims);
            else Make(batch, attempt);
        }

        foreach (var batch in ClaimBatches.Of(free, _inFlight.Rivals, alone, _environment)) Make(batch, last: null);
        DropObsolete();
    }

    // Of several coins one is gone: the wallet is to have the others for what takes its place.
    private void DropScattered()
    {
        _scattered.UnionWith(_attempts.Where(attempt => attempt.Coins.Count > 1 && HasLostCoins(attempt)));
        if (_scattered.Count > 0) Take(new ClaimStep.Drop([.. _scattered.OrderBy(static attempt => attempt.Number)]));
    }

    // A request that was answered by no, or not before the next block, is asked anew: heights, fees and what is left to take have changed.
    private void ReleaseRequests()
    {
        foreach (var request in _inFlight.Requests)
        {
            if (request.BlockHeight == _environment.BlockHeight && request.Batch.Claims.All(claim => _claims.ContainsKey(claim.OutPoint)))
            {
                foreach (var claim in request.Batch.Claims) _asked.Add(claim.OutPoint);
                foreach (var coin in request.Coins.Reuse) _coins.Add(coin.OutPoint);
            }
            else
            {
                Take(new ClaimStep.Release(request.Number));
            }
        }
    }

    // Whether an attempt still does what it was made for: all of its inputs are there, and nothing newer takes one of them.
    private bool Holds(ClaimAttempt attempt) => !HasLostCoins(attempt) && Inputs(attempt).All(input => _claims.ContainsKey(input) && _newest[input] == attempt);

    // Where none of the channel's outputs is gone, a coin is. A child may miss what its parent spends as well: that is no reason to take other coins, and where nobody has told of the parent,
    // they are taken once a block.
    private bool HasLostCoins(ClaimAttempt attempt)
    {
        if (_scattered.Contains(attempt)) return true;
        if (attempt.Coins.IsEmpty || OutcomeOf(attempt) != PublishOutcome.MissingInputs || !Inputs(attempt).All(_claims.ContainsKey)) return false;
        return attempt.Parent is not { } parent || (OutcomeOf(parent) != PublishOutcome.MissingInputs && attempt.BlockHeight < _environment.BlockHeight);
    }

    // What is not in the mempool for a rival goes apart: what the rival does not touch must not wait for it, nor what is near its deadline. Where each part needs a coin it stays together,
    // unless all of it is refused and nobody knows for what.
    private bool Split(ClaimAttempt attempt, ClaimBatch batch, HashSet<OutPoint> alone)
    {
        if (batch.Claims.Length == 1 || OutcomeOf(attempt) is not (PublishOutcome.Conflict or PublishOutcome.Refused)) return false;
        var apart = false;
        foreach (var claim in batch.Claims)
        {
            if (_inFlight.Rivals.Contains(claim.OutPoint)) apart = true;
            else if (ClaimBatches.GoesAlone(claim, _environment) || (claim.IsContested && OutcomeOf(attempt) == PublishOutcome.Refused && ClaimBatches.IsNear(claim, _environment))) apart |= alone.Add(claim.OutPoint);
        }

        return apart;
    }

    // Given up: what others took, or newer attempts take. What is mined stays as long as the channel does: a reorganisation, however deep, brings it back, with the wallet's coins. So does an attempt
    // with an input that nobody else tries: what it paid is not forgotten.
    private void DropObsolete()
    {
        var dropped = _attempts.Where(attempt => !_scattered.Contains(attempt) && IsObsolete(attempt)).ToImmutableArray();
        if (!dropped.IsEmpty) Take(new ClaimStep.Drop(dropped));
    }

    private bool IsObsolete(ClaimAttempt attempt)
    {
        if (Inputs(attempt).Any(input => _situation.Spends.TryGetValue(input, out var spender) && spender == attempt.Transaction.TxId)) return false;
        // The child of the commitment in the block: it may be mined yet.
        if (attempt.Parent is { } parent && _situation.FundingSpend is { } spend && spend.TxId == parent) return spend.IsFinal;
        return !Inputs(attempt).Any(input =>
            !_situation.Spends.ContainsKey(input) && _newest[input] == attempt && (_claims.ContainsKey(input) || _situation.FundingSpend is null));
    }

    private void Take(ClaimStep step)
    {
        _steps.Add(step);
        _inFlight = _inFlight.After(step);
    }

    private void Cover(ClaimAttempt attempt)
    {
        foreach (var input in Inputs(attempt)) _newest[input] = attempt;
    }

    // The channel's own inputs, without the wallet's.
    private static IEnumerable<OutPoint> Inputs(ClaimAttempt attempt) =>
        attempt.Transaction.Inputs.Select(static input => input.PreviousOutput).Where(input => !attempt.Coins.Items.Any(coin => coin.OutPoint == input));

    private PublishOutcome? OutcomeOf(ClaimAttempt attempt) => OutcomeOf(attempt.Transaction.TxId);

    private PublishOutcome? OutcomeOf(TxId transaction) => _inFlight.Outcomes.TryGetValue(transaction, out var outcome) ? outcome : null;

    private ulong NextNumber() => Math.Max(_situation.NextAttempt, _inFlight.LastNumber + 1);
}
