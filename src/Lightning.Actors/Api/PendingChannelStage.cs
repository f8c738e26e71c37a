namespace Lightning.Actors.Api;

/// <summary>Where a channel stands that is not open.</summary>
public enum PendingChannelStage
{
    /// <summary>Being opened: funding transaction or <c>channel_ready</c> outstanding.</summary>
    Opening,

    /// <summary>Shutdown agreed or closing transaction published, not confirmed.</summary>
    WaitingForClose,

    /// <summary>A commitment transaction is confirmed and outputs are still to be swept.</summary>
    ForceClosing,
}
