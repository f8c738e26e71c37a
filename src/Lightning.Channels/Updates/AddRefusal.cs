namespace Lightning.Channels.Updates;

/// <summary>Why a channel does not offer an HTLC.</summary>
public enum AddRefusal
{
    /// <summary>The channel is not open (yet, or any more).</summary>
    NotOpen = 0,

    /// <summary>There is no connection to the peer, or it was lost before the HTLC was signed.</summary>
    Offline = 1,

    /// <summary>The channel is closing.</summary>
    Closing = 2,

    /// <summary>The height after which the add was to be refused has passed.</summary>
    TooLate = 3,

    /// <summary>It expires too soon, or has expired.</summary>
    ExpiryTooSoon = 4,

    /// <summary>It expires too far in the future.</summary>
    ExpiryTooFar = 5,

    /// <summary>Below the peer's htlc_minimum_msat, or zero.</summary>
    AmountTooSmall = 6,

    /// <summary>More than this node can send: balance less reserve, fees and the buffer for a fee rise.</summary>
    InsufficientBalance = 7,

    /// <summary>The opener could not pay the commitment fee with one more HTLC.</summary>
    OpenerCannotPayFee = 8,

    /// <summary>max_accepted_htlcs would be exceeded.</summary>
    TooManyHtlcs = 9,

    /// <summary>max_htlc_value_in_flight_msat would be exceeded.</summary>
    TooMuchInFlight = 10,

    /// <summary>Too much would be lost to dust if the channel closed.</summary>
    DustExposure = 11,

    /// <summary>The onion is not 1,366 bytes, or an amount or expiry is out of range.</summary>
    Malformed = 12,
}
