namespace Lightning.Channels.Transactions;

/// <summary>Whose commitment transaction it is: who can broadcast it, and who loses everything if it was revoked.</summary>
public enum CommitmentOwner
{
    /// <summary>Ours: signed by the peer, broadcast by us.</summary>
    Local = 0,

    /// <summary>The peer's: signed by us, broadcast by the peer.</summary>
    Remote = 1,
}
