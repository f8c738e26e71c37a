namespace Lightning.Actors.Chain;

/// <summary>How a search of the chain ended.</summary>
internal enum SearchEnd
{
    /// <summary>What was asked for is in a block.</summary>
    Found,

    /// <summary>The output is there and nothing spends it.</summary>
    Unspent,

    /// <summary>In none of the blocks that matter.</summary>
    NotFound,
}
