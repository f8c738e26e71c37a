namespace Lightning.Protocol.Onion;

/// <summary>The HTLC is a payment, or a part of one, to us. Amount and expiry of the HTLC are at least those that the sender meant for us.</summary>
/// <param name="ReturnPath">For a refusal.</param>
/// <param name="Amount">What the sender meant for us in this part.</param>
/// <param name="CltvExpiry">The expiry that the sender meant, a block height.</param>
/// <param name="Total">What all parts pay together.</param>
/// <param name="PaymentSecret">Shows that the sender has the invoice; null in spontaneous and in blinded payments.</param>
/// <param name="PathId">What we put into the blinded path that was used; null outside of blinded paths, or where we put nothing.</param>
/// <param name="Metadata">The invoice's metadata.</param>
/// <param name="KeysendPreimage">The preimage of a spontaneous payment. It proves nothing before it is hashed.</param>
/// <param name="IsBlinded">Whether it came by a blinded path of ours.</param>
public sealed record FinalOnion(
    OnionReturnPath ReturnPath,
    MilliSatoshi Amount,
    uint CltvExpiry,
    MilliSatoshi Total,
    PaymentSecret? PaymentSecret,
    Bytes? PathId,
    Bytes? Metadata,
    PaymentPreimage? KeysendPreimage,
    bool IsBlinded) : IncomingOnion;
