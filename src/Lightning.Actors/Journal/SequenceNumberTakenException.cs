namespace Lightning.Actors.Journal;

/// <summary>
/// The fence: another incarnation of the entity wrote this sequence number first. Nothing of the refused write is in the journal,
/// and the incarnation that sees this must show nothing more to anybody.
/// </summary>
public sealed class SequenceNumberTakenException : Exception
{
    /// <summary>Without a cause.</summary>
    public SequenceNumberTakenException(string message)
        : base(message)
    {
    }

    /// <summary>With the database's own error.</summary>
    public SequenceNumberTakenException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
