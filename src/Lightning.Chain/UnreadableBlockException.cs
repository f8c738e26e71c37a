namespace Lightning.Chain;

/// <summary>The backend has a block that this node cannot read: nothing can be followed beyond it.</summary>
/// <param name="height">The block's height.</param>
/// <param name="hash">The block.</param>
/// <param name="cause">What is wrong with it.</param>
public sealed class UnreadableBlockException(uint height, BlockHash hash, Exception? cause = null) : Exception($"Block {height} {hash} cannot be read: {cause?.Message}", cause)
{
    /// <summary>The block's height.</summary>
    public uint Height { get; } = height;

    /// <summary>The block.</summary>
    public BlockHash Hash { get; } = hash;
}
