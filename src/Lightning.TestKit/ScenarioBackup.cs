using Lightning.TestKit.Journals;

namespace Lightning.TestKit;

/// <summary>The channel backup in a node's data folder, and what can go wrong with it. It outlives the node's processes and its database.</summary>
public sealed class ScenarioBackup
{
    private WriteFault _next;

    internal ScenarioBackup()
    {
    }

    /// <summary>The file; null where there is none.</summary>
    public Bytes? Content { get; set; }

    /// <summary>Whether it can be neither written nor read.</summary>
    internal bool IsFull { get; private set; }

    /// <summary>From now on it can be neither written nor read, until <see cref="Heal"/>.</summary>
    public void FillDisk() => IsFull = true;

    /// <summary>All is well again.</summary>
    public void Heal() => IsFull = false;

    /// <summary>The process dies with the next write, when the new file is on disk and has not taken the old one's place.</summary>
    public void CrashBeforeRename() => _next = WriteFault.CrashBefore;

    /// <summary>The process dies with the next write, when the new file has taken the old one's place.</summary>
    public void CrashAfterRename() => _next = WriteFault.CrashAfter;

    internal WriteFault Take()
    {
        var fault = _next;
        _next = WriteFault.None;
        return fault;
    }
}
