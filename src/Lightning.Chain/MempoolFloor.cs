namespace Lightning.Chain;

/// <summary>What a mempool asks for at this moment.</summary>
/// <param name="Minimum">The least feerate that it takes, sat/kw: that of relay, or more while it is full.</param>
/// <param name="Incremental">What a replacement pays for its own relay on top of all that it replaces (BIP 125, rule 4), sat/kw.</param>
public readonly record struct MempoolFloor(FeeratePerKw Minimum, FeeratePerKw Incremental);
