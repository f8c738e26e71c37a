using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>Feerate estimates as this process knows them, read from any thread.</summary>
internal sealed class FeeView
{
    private volatile FeeEstimates _estimates = new(FeeratePerKw.Floor, new(2_500), new(1_000), new(5_000));

    /// <summary>The present estimates; before the first answer of the chain, values that work on a quiet network.</summary>
    public FeeEstimates Estimates
    {
        get => _estimates;
        set => _estimates = value;
    }

    /// <summary>For a transaction in no hurry.</summary>
    public FeeratePerKw MutualClose => _estimates.MutualClose;
}
