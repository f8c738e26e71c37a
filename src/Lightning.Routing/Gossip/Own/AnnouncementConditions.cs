namespace Lightning.Routing.Gossip.Own;

/// <summary>What decides whether a channel is announced (BOLT 7, <c>announcement_signatures</c>).</summary>
/// <param name="IsPublic">Whether open_channel had announce_channel set.</param>
/// <param name="IsReadySent">Whether we sent channel_ready.</param>
/// <param name="IsReadyReceived">Whether the peer did.</param>
/// <param name="IsShutdownSent">Whether we sent shutdown.</param>
/// <param name="Confirmations">Of the funding transaction.</param>
public readonly record struct AnnouncementConditions(bool IsPublic, bool IsReadySent, bool IsReadyReceived, bool IsShutdownSent, uint Confirmations)
{
    /// <summary>A reorganisation of so many blocks is not expected, and others do not believe in less (BOLT 7).</summary>
    public const uint Depth = 6;

    /// <summary>Whether our signatures must be sent.</summary>
    public bool AreMet => IsPublic && IsReadySent && IsReadyReceived && !IsShutdownSent && Confirmations >= Depth;
}
