namespace Lightning.Actors.Chain;

/// <summary>What a watch is about; one of a kind for each channel.</summary>
/// <param name="Kind">What is told.</param>
/// <param name="OutPoint">The output.</param>
/// <param name="Depth">In blocks; 0 where none is asked for.</param>
internal readonly record struct WatchSubject(WatchKind Kind, OutPoint OutPoint, uint Depth);

/// <summary>Kinds of watches.</summary>
internal enum WatchKind
{
    /// <summary>The depth of a funding transaction.</summary>
    Funding,

    /// <summary>A spend of a funding output.</summary>
    FundingSpent,

    /// <summary>A spend of another output.</summary>
    OutputSpent,

    /// <summary>How a funding output stands.</summary>
    FundingCheck,
}
