namespace Lightning.Protocol.Onion;

/// <summary>How an incoming HTLC is refused on the wire: <see cref="EncryptedRefusal"/> or <see cref="MalformedRefusal"/>.</summary>
public abstract record HtlcRefusal
{
    private protected HtlcRefusal()
    {
    }
}
