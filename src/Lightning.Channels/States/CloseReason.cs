namespace Lightning.Channels.States;

/// <summary>Why a channel ends.</summary>
public enum CloseReason
{
    /// <summary>Both sides agreed.</summary>
    Mutual = 0,

    /// <summary>This node's operator asked for it.</summary>
    Requested = 1,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolViolation = 2,

    /// <summary>The peer sent an error.</summary>
    PeerError = 3,

    /// <summary>An HTLC's deadline on chain is near.</summary>
    HtlcDeadline = 4,

    /// <summary>The peer published its commitment.</summary>
    PeerClosed = 5,

    /// <summary>The peer published a revoked commitment.</summary>
    PeerCheated = 6,

    /// <summary>This node's state is old.</summary>
    StateLost = 7,

    /// <summary>The funding transaction is not what was agreed, or never confirmed.</summary>
    FundingFailed = 8,

    /// <summary>A feerate would have turned too many HTLCs to dust: of earlier versions.</summary>
    DustExposure = 9,
}
