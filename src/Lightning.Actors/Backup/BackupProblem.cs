namespace Lightning.Actors.Backup;

/// <summary>Why a channel backup cannot be read.</summary>
internal enum BackupProblem
{
    /// <summary>It is something else.</summary>
    NoBackup,

    /// <summary>Its end is missing.</summary>
    Truncated,

    /// <summary>It, or something in it, is larger than any backup.</summary>
    TooLarge,

    /// <summary>A later version of the node made it.</summary>
    NewerVersion,

    /// <summary>A node with another seed sealed it.</summary>
    OtherSeed,

    /// <summary>It is not as it was sealed.</summary>
    Damaged,

    /// <summary>It is of another Bitcoin network.</summary>
    OtherNetwork,
}
