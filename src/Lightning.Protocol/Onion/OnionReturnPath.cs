using Lightning.Protocol.Messages;

namespace Lightning.Protocol.Onion;

/// <summary>What it takes to refuse an incoming HTLC later, or to send a failure from behind us further back. Kept with the HTLC until it is gone; holds a secret.</summary>
/// <param name="SharedSecret">The secret that the onion shared with us.</param>
/// <param name="Role">Where we stand in a blinded path.</param>
/// <param name="OnionHash">SHA-256 of the onion that came.</param>
public sealed record OnionReturnPath(Bytes32 SharedSecret, BlindedRole Role, Bytes32 OnionHash)
{
    /// <summary>Refuses the HTLC ourselves. Inside a blinded path all failures look alike, so that none tells where the path leads.</summary>
    /// <param name="failure">What went wrong.</param>
    public HtlcRefusal Refuse(FailureMessage failure) => Role switch
    {
        BlindedRole.Inside => new MalformedRefusal(FailureCode.InvalidOnionBlinding, OnionHash),
        BlindedRole.Introduction => Encrypt(FailureMessage.BadOnion(FailureCode.InvalidOnionBlinding, OnionHash)),
        _ => Encrypt(failure),
    };

    /// <summary>Refuses the HTLC because the next peer did, by <c>update_fail_htlc</c>.</summary>
    /// <param name="reason">What the next peer sent, of any length.</param>
    public HtlcRefusal Relay(ReadOnlySpan<byte> reason) => Role == BlindedRole.None
        ? new EncryptedRefusal(Bytes.Wrap(FailureOnion.Wrap(SharedSecret, reason)), IsOwn: false)
        : Refuse(new FailureMessage(FailureCode.InvalidOnionBlinding));

    /// <summary>Refuses the HTLC because the next peer could not read the onion that we gave it, and said so by <c>update_fail_malformed_htlc</c>.</summary>
    /// <param name="code">The peer's code; one without the BADONION flag is a violation of BOLT 2, for the channel to deal with before.</param>
    /// <param name="onionHash">The peer's hash.</param>
    /// <exception cref="ArgumentException">The code lacks the BADONION flag.</exception>
    public HtlcRefusal RelayMalformed(FailureCode code, in Bytes32 onionHash) => Refuse(FailureMessage.BadOnion(code, onionHash));

    /// <summary>How long we held an HTLC that we refuse, for its sender to see (option_attribution_data); null inside a blinded path, which must not show.</summary>
    /// <param name="refusal">Our own, or the next peer's that we pass on.</param>
    /// <param name="downstream">What the next peer sent.</param>
    /// <param name="relayed">The reason as the next peer sent it; empty for our own refusal.</param>
    /// <param name="holdTime">How long we held it.</param>
    public AttributionData? Attribute(EncryptedRefusal refusal, AttributionData? downstream, ReadOnlySpan<byte> relayed, TimeSpan holdTime) =>
        Role == BlindedRole.Inside ? null
        : new AttributionData(Bytes.Wrap(refusal.IsOwn
            ? Attribution.ForOwnFailure(SharedSecret, refusal.Reason.Span, holdTime)
            : Attribution.Update(downstream is { } data ? data.Value.Span : default, SharedSecret, relayed[..Math.Min(relayed.Length, FailureOnion.MaxLength)], holdTime)));

    /// <summary>How long we held an HTLC that is paid, for its sender to see; null inside a blinded path.</summary>
    /// <param name="downstream">What the next peer sent; null where we are the payee, or it sent nothing.</param>
    /// <param name="holdTime">How long we held it.</param>
    public AttributionData? Attribute(AttributionData? downstream, TimeSpan holdTime) =>
        Role == BlindedRole.Inside ? null : new AttributionData(Bytes.Wrap(Attribution.Update(downstream is { } data ? data.Value.Span : default, SharedSecret, default, holdTime)));

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"OnionReturnPath({Role}, {OnionHash})";

    private EncryptedRefusal Encrypt(FailureMessage failure) => new(Bytes.Wrap(FailureOnion.Create(SharedSecret, failure)), IsOwn: true);
}
