namespace Lightning.Node.Commands;

/// <summary>What the process ends with.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The node said no, or a payment failed.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments or settings; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>The node, or what it needs, cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Interrupted.</summary>
    public const int Interrupted = 130;
}
