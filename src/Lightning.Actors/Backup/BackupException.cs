namespace Lightning.Actors.Backup;

/// <summary>A channel backup cannot be read. The message is for operators.</summary>
internal sealed class BackupException(BackupProblem problem, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Why.</summary>
    public BackupProblem Problem { get; } = problem;
}
