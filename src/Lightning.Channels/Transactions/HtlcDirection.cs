namespace Lightning.Channels.Transactions;

/// <summary>Which way an HTLC pays, from the view of the owner of the commitment transaction (BOLT 3).</summary>
public enum HtlcDirection
{
    /// <summary>The owner offered it: it comes back to the owner after its expiry (HTLC-timeout).</summary>
    Offered = 0,

    /// <summary>The owner received it: it is the owner's with the preimage (HTLC-success).</summary>
    Received = 1,
}
