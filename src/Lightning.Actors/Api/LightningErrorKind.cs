namespace Lightning.Actors.Api;

/// <summary>What went wrong, for a program to act on.</summary>
public enum LightningErrorKind
{
    /// <summary>Anything else; the text says what.</summary>
    Internal,

    /// <summary>The request itself makes no sense; the text names the field.</summary>
    InvalidArgument,

    /// <summary>No such channel, invoice or payment.</summary>
    NotFound,

    /// <summary>Right, but not now: the state of what it is about does not allow it.</summary>
    FailedPrecondition,

    /// <summary>Not reachable for the moment: the chain backend, the database, a peer. Worth another try.</summary>
    Unavailable,

    /// <summary>This node does not do that (yet).</summary>
    Unimplemented,

    /// <summary>The wallet cannot pay for it.</summary>
    InsufficientFunds,

    /// <summary>The peer is not connected.</summary>
    PeerNotConnected,

    /// <summary>The peer is connected already.</summary>
    AlreadyConnected,

    /// <summary>The peer said no; the text carries its words.</summary>
    RejectedByPeer,

    /// <summary>There is an invoice with this payment hash.</summary>
    InvoiceAlreadyExists,

    /// <summary>The invoice is past its expiry.</summary>
    InvoiceExpired,

    /// <summary>This payment hash has been paid.</summary>
    AlreadyPaid,

    /// <summary>This payment hash is being paid right now.</summary>
    PaymentInTransition,
}
