namespace Lightning.Channels.Parameters;

/// <summary>What may be paid in fees for what a claim takes, in percent of its value.</summary>
public sealed record ClaimBudget
{
    /// <summary>For what the peer can take too.</summary>
    public int ContestedPercent { get; init; } = 50;

    /// <summary>The same within <see cref="NearMargin"/> blocks of the deadline.</summary>
    public int NearPercent { get; init; } = 80;

    /// <summary>The same within <see cref="LastMargin"/> blocks of the deadline.</summary>
    public int LastPercent { get; init; } = 95;

    /// <summary>For what only this node can take.</summary>
    public int UncontestedPercent { get; init; } = 20;

    /// <summary>For a commitment, of the HTLCs that have a deadline there.</summary>
    public int CommitmentHtlcPercent { get; init; } = 50;

    /// <summary>For a commitment, of this node's balance.</summary>
    public int CommitmentBalancePercent { get; init; } = 5;

    /// <summary>The most that a commitment's child pays, whatever is at stake.</summary>
    public Satoshi AnchorFeeCap { get; init; } = new(100_000);

    /// <summary>From so many blocks before a deadline on, <see cref="NearPercent"/> counts.</summary>
    public uint NearMargin { get; init; } = 18;

    /// <summary>From so many blocks before a deadline on, <see cref="LastPercent"/> counts.</summary>
    public uint LastMargin { get; init; } = 6;
}
