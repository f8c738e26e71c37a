namespace Lightning.Protocol.Onion;

/// <summary>Why a hop refused an HTLC (BOLT 4, "Failure Messages"). The top bits are flags, so a code that nobody knows still says something.</summary>
public enum FailureCode : ushort
{
    /// <summary>No failure.</summary>
    None = 0,

    /// <summary>Flag: the onion could not be read; the failure was not encrypted by the node that found it.</summary>
    BadOnion = 0x8000,

    /// <summary>Flag: trying again does not help.</summary>
    Perm = 0x4000,

    /// <summary>Flag: it is the whole node that failed, otherwise one channel.</summary>
    Node = 0x2000,

    /// <summary>Flag: the parameters of the channel were violated; a <c>channel_update</c> may be enclosed.</summary>
    Update = 0x1000,

    /// <summary>temporary_node_failure.</summary>
    TemporaryNodeFailure = Node | 2,

    /// <summary>permanent_node_failure.</summary>
    PermanentNodeFailure = Perm | Node | 2,

    /// <summary>required_node_feature_missing.</summary>
    RequiredNodeFeatureMissing = Perm | Node | 3,

    /// <summary>invalid_onion_version.</summary>
    InvalidOnionVersion = BadOnion | Perm | 4,

    /// <summary>invalid_onion_hmac.</summary>
    InvalidOnionHmac = BadOnion | Perm | 5,

    /// <summary>invalid_onion_key.</summary>
    InvalidOnionKey = BadOnion | Perm | 6,

    /// <summary>temporary_channel_failure.</summary>
    TemporaryChannelFailure = Update | 7,

    /// <summary>permanent_channel_failure.</summary>
    PermanentChannelFailure = Perm | 8,

    /// <summary>required_channel_feature_missing.</summary>
    RequiredChannelFeatureMissing = Perm | 9,

    /// <summary>unknown_next_peer.</summary>
    UnknownNextPeer = Perm | 10,

    /// <summary>amount_below_minimum.</summary>
    AmountBelowMinimum = Update | 11,

    /// <summary>fee_insufficient.</summary>
    FeeInsufficient = Update | 12,

    /// <summary>incorrect_cltv_expiry.</summary>
    IncorrectCltvExpiry = Update | 13,

    /// <summary>expiry_too_soon.</summary>
    ExpiryTooSoon = Update | 14,

    /// <summary>incorrect_or_unknown_payment_details.</summary>
    IncorrectOrUnknownPaymentDetails = Perm | 15,

    /// <summary>final_incorrect_cltv_expiry.</summary>
    FinalIncorrectCltvExpiry = 18,

    /// <summary>final_incorrect_htlc_amount.</summary>
    FinalIncorrectHtlcAmount = 19,

    /// <summary>channel_disabled.</summary>
    ChannelDisabled = Update | 20,

    /// <summary>expiry_too_far.</summary>
    ExpiryTooFar = 21,

    /// <summary>invalid_onion_payload.</summary>
    InvalidOnionPayload = Perm | 22,

    /// <summary>mpp_timeout.</summary>
    MppTimeout = 23,

    /// <summary>invalid_onion_blinding.</summary>
    InvalidOnionBlinding = BadOnion | Perm | 24,
}
