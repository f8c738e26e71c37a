using Lightning.Bitcoin.Crypto;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Updates;

/// <summary>One change that a node proposes to both commitments: the content of an update_ message without the channel's id (BOLT 2 "Normal Operation").</summary>
public abstract record CommitmentUpdate
{
    private CommitmentUpdate()
    {
    }

    /// <summary>update_add_htlc.</summary>
    /// <param name="Id">The offering node's counter.</param>
    /// <param name="Amount">amount_msat.</param>
    /// <param name="PaymentHash">payment_hash.</param>
    /// <param name="CltvExpiry">Height at which it expires.</param>
    /// <param name="Onion">onion_routing_packet, 1,366 bytes.</param>
    /// <param name="PathKey">path_key of a blinded route; null outside of one.</param>
    public sealed record AddHtlc(ulong Id, MilliSatoshi Amount, PaymentHash PaymentHash, uint CltvExpiry, Bytes Onion, PubKey? PathKey) : CommitmentUpdate;

    /// <summary>A change that ends an HTLC of the other node.</summary>
    /// <param name="Id">The HTLC.</param>
    public abstract record Settlement(ulong Id) : CommitmentUpdate;

    /// <summary>update_fulfill_htlc.</summary>
    /// <param name="Id">The HTLC.</param>
    /// <param name="Preimage">payment_preimage.</param>
    /// <param name="AttributionData">Hold times with proofs; null where there are none.</param>
    public sealed record FulfillHtlc(ulong Id, PaymentPreimage Preimage, AttributionData? AttributionData) : Settlement(Id);

    /// <summary>update_fail_htlc.</summary>
    /// <param name="Id">The HTLC.</param>
    /// <param name="Reason">The encrypted reason.</param>
    /// <param name="AttributionData">Hold times with proofs; null where there are none.</param>
    public sealed record FailHtlc(ulong Id, Bytes Reason, AttributionData? AttributionData) : Settlement(Id)
    {
        /// <summary>Why this node does not pass it on; null where that is not the reason, and in what a peer sent.</summary>
        public ForwardRefusal? Refusal { get; init; }
    }

    /// <summary>update_fail_malformed_htlc.</summary>
    /// <param name="Id">The HTLC.</param>
    /// <param name="OnionHash">sha256_of_onion.</param>
    /// <param name="FailureCode">failure_code, with BADONION set.</param>
    public sealed record FailMalformedHtlc(ulong Id, Bytes32 OnionHash, ushort FailureCode) : Settlement(Id);

    /// <summary>update_fee.</summary>
    /// <param name="Feerate">feerate_per_kw.</param>
    public sealed record Fee(FeeratePerKw Feerate) : CommitmentUpdate;
}
