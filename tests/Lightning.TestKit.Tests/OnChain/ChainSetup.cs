namespace Lightning.TestKit.Tests.OnChain;

/// <summary>Where a story on chain happens: alice has opened a channel to bob.</summary>
internal sealed record ChainSetup
{
    /// <summary>Decides keys, identifiers and the order of what is ready at the same moment.</summary>
    public int Seed { get; init; }

    /// <summary>What alice gives bob at first, of 2,000,000 sat.</summary>
    public long PushSat { get; init; } = 900_000;

    /// <summary>What is put into bob's wallet for the fees of closing; alice keeps a reserve for that anyway.</summary>
    public long BobsCoins { get; init; } = 200_000;

    /// <summary>The setup as code.</summary>
    public string Code => FormattableString.Invariant($"new ChainSetup {{ Seed = {Seed}, PushSat = {PushSat}, BobsCoins = {BobsCoins} }}");
}
