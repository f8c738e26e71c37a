using Lightning.Chain;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>Feerate estimates as this process knows them, read from any thread.</summary>
internal sealed class FeeView
{
    private volatile FeeEstimates _estimates = new(FeeratePerKw.Floor, new(2_500), new(1_000), new(5_000));

    /// <summary>The present estimates; before the first answer of the chain, and where it has none, values that work on a quiet network.</summary>
    public FeeEstimates Estimates
    {
        get => _estimates;
        set => _estimates = value;
    }

    /// <summary>For a transaction in no hurry.</summary>
    public FeeratePerKw MutualClose => _estimates.MutualClose;

    /// <summary>Asks the chain.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="before">What stays in force where the chain cannot tell.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Estimates of at least 253 sat/kw each; the more urgent never below the less urgent, whatever the backend says.</returns>
    public static async Task<FeeEstimates> EstimateAsync(IChainBackend chain, FeeEstimates before, CancellationToken cancellation)
    {
        var minimum = AtLeast(FeeratePerKw.Floor, await chain.EstimateFeerateAsync(1008, cancellation).ConfigureAwait(false) ?? before.Minimum);
        var slow = AtLeast(minimum, await chain.EstimateFeerateAsync(24, cancellation).ConfigureAwait(false) ?? before.MutualClose);
        var commitment = AtLeast(slow, await chain.EstimateFeerateAsync(6, cancellation).ConfigureAwait(false) ?? before.Commitment);
        var urgent = AtLeast(commitment, await chain.EstimateFeerateAsync(2, cancellation).ConfigureAwait(false) ?? before.Urgent);
        return new FeeEstimates(minimum, commitment, slow, urgent);
    }

    private static FeeratePerKw AtLeast(FeeratePerKw floor, FeeratePerKw estimate) => estimate < floor ? floor : estimate;
}
