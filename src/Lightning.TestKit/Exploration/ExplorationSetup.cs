namespace Lightning.TestKit.Exploration;

/// <summary>The network that a story happens in: a line of two or three nodes, alice, bob and carol, with one or two channels between neighbours.</summary>
public sealed record ExplorationSetup
{
    /// <summary>Decides keys, identifiers and the order of what is ready at the same moment.</summary>
    public int Seed { get; init; }

    /// <summary>Two or three.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Capacity of each channel.</summary>
    public Satoshi Capacity { get; init; } = new(1_000_000);

    /// <summary>What the opener of each channel gives its peer.</summary>
    public MilliSatoshi Push { get; init; } = new(400_000_000);

    /// <summary>Channels between neighbours, one or two.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>HTLCs that each side of a channel takes at once.</summary>
    public ushort MaxAcceptedHtlcs { get; init; } = 30;

    internal string Code => FormattableString.Invariant(
        $"new ExplorationSetup {{ Seed = {Seed}, Nodes = {Nodes}, Capacity = {Capacity.Value}.Sat(), Push = {Push.Value}.Msat(), Channels = {Channels}, MaxAcceptedHtlcs = {MaxAcceptedHtlcs} }}");
}
