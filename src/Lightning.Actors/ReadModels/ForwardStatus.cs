namespace Lightning.Actors.ReadModels;

/// <summary>What became of an HTLC that was to be passed on. The numbers stand in a table.</summary>
internal enum ForwardStatus
{
    /// <summary>Offered to the next node, not decided.</summary>
    Offered = 0,

    /// <summary>Paid: the incoming channel has the preimage.</summary>
    Settled = 1,

    /// <summary>Failed by a node behind, or on chain.</summary>
    Failed = 2,

    /// <summary>The outgoing channel did not take it, or none was asked: never offered.</summary>
    Refused = 3,
}
