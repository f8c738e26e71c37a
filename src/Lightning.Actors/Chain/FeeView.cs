using Lightning.Actors.Hosting;
using Lightning.Chain;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>Feerates as this process knows them, read from any thread and written by one.</summary>
internal sealed class FeeView
{
    private readonly TimeProvider _time;
    private volatile FeeEstimator _estimator;
    private volatile FeeEstimates _estimates;

    public FeeView(FeeLimits limits, TimeProvider time)
    {
        _time = time;
        _estimator = new FeeEstimator(limits);
        _estimates = _estimator.Estimate(time.GetUtcNow());
    }

    /// <summary>The present estimates; before the first answer of the chain, the fallback.</summary>
    public FeeEstimates Estimates => _estimates;

    /// <summary>For a transaction in no hurry.</summary>
    public FeeratePerKw MutualClose => Estimates.MutualClose;

    /// <summary>Asks the chain for all that estimates are made of.</summary>
    public static async Task<FeeAnswer> AskAsync(IChainBackend chain, CancellationToken cancellation)
    {
        var floor = await chain.GetMempoolFloorAsync(cancellation).ConfigureAwait(false);
        var byTarget = new Dictionary<uint, FeeratePerKw?>();
        foreach (var target in FeeEstimator.Targets) byTarget[target] = await chain.EstimateFeerateAsync(target, cancellation).ConfigureAwait(false);
        return new FeeAnswer(byTarget, floor);
    }

    /// <summary>Takes what the chain answered.</summary>
    public void Take(FeeAnswer answer)
    {
        _estimator = _estimator.Take(answer.ByTarget, answer.Floor, _time.GetUtcNow());
        Age();
    }

    /// <summary>Time has passed: what is too old by now is not believed any more. Called by whoever calls <see cref="Take"/>.</summary>
    public void Age() => _estimates = _estimator.Estimate(_time.GetUtcNow());

    /// <summary>The feerate for confirmation within so many blocks, asked of the chain now and held within the limits; of the present estimates where it has none.</summary>
    public async Task<FeeratePerKw> EstimateAsync(IChainBackend chain, uint blocks, CancellationToken cancellation) =>
        await chain.EstimateFeerateAsync(blocks, cancellation).ConfigureAwait(false) is { } estimate ? _estimator.Limit(estimate) : Estimates.For(blocks);

    /// <summary>What the chain said of feerates.</summary>
    /// <param name="ByTarget">Its estimates by the number of blocks.</param>
    /// <param name="Floor">What its mempool asks for.</param>
    internal sealed record FeeAnswer(IReadOnlyDictionary<uint, FeeratePerKw?> ByTarget, MempoolFloor Floor);
}
