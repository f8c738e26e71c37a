namespace Lightning.Channels.States;

/// <summary>How far a channel has come on its connection.</summary>
public enum LinkStatus
{
    /// <summary>There is no connection.</summary>
    Offline = 0,

    /// <summary>channel_reestablish was sent, the peer's has not come.</summary>
    Reestablishing = 1,

    /// <summary>Messages flow.</summary>
    Online = 2,
}
