using Lightning.Bitcoin.Transactions;

namespace Lightning.Actors.Chain;

/// <summary>A transaction in a block.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Height">The block's height.</param>
/// <param name="Block">The block's hash.</param>
/// <param name="Index">The transaction's index in the block; 0 is the coinbase.</param>
internal sealed record Sighting(Transaction Transaction, uint Height, BlockHash Block, uint Index)
{
    /// <summary>A transaction of more bytes is told without the witnesses that nobody asked about: with them it might not fit into a message between processes.</summary>
    private const int LargeSize = 256 * 1024;

    /// <summary>The transaction with the witnesses of those inputs only that <paramref name="isWanted"/> names, where it is very large. Its id is the same.</summary>
    public Transaction Slim(Func<OutPoint, bool> isWanted)
    {
        var slim = Transaction;
        if (slim.TotalSize <= LargeSize) return slim;
        var inputs = slim.Inputs.ToBuilder();
        for (var i = 0; i < inputs.Count; i++)
            if (!isWanted(inputs[i].PreviousOutput)) inputs[i] = inputs[i] with { Witness = Witness.Empty };
        return new Transaction(slim.Version, inputs.MoveToImmutable(), slim.Outputs, slim.LockTime);
    }
}
