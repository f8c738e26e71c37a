namespace Lightning.Channels.Commands;

/// <summary>Why a command has no effect.</summary>
public enum CommandRefusal
{
    /// <summary>It does not fit the channel's state.</summary>
    WrongState = 0,

    /// <summary>There is no connection to the peer.</summary>
    Offline = 1,

    /// <summary>A parameter is out of range or not allowed.</summary>
    Invalid = 2,

    /// <summary>Only the opener may do it.</summary>
    NotTheOpener = 3,

    /// <summary>The balance, of the channel or of the wallet, does not suffice.</summary>
    InsufficientBalance = 4,

    /// <summary>The peer did not take part: refused, failed or disconnected before it was done.</summary>
    PeerFailed = 5,
}
