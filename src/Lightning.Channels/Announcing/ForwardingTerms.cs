namespace Lightning.Channels.Announcing;

/// <summary>What an operator wants of forwards over a channel; null leaves it to what stands behind these terms: those set before, or the node's own.</summary>
public sealed record ForwardingTerms
{
    /// <summary>Nothing is wanted.</summary>
    public static ForwardingTerms None { get; } = new();

    /// <summary>Fee for any HTLC; millisatoshi.</summary>
    public MilliSatoshi? FeeBase { get; init; }

    /// <summary>Fee in millionths of the forwarded amount.</summary>
    public uint? FeeProportionalMillionths { get; init; }

    /// <summary>Blocks taken off an HTLC's expiry.</summary>
    public ushort? CltvExpiryDelta { get; init; }

    /// <summary>The smallest HTLC; millisatoshi. Never less than the peer accepts.</summary>
    public MilliSatoshi? HtlcMinimum { get; init; }

    /// <summary>The largest HTLC; millisatoshi. Never more than can ever go over the channel.</summary>
    public MilliSatoshi? HtlcMaximum { get; init; }

    /// <summary>These terms with others over them.</summary>
    /// <param name="change">What it leaves open stays.</param>
    public ForwardingTerms With(ForwardingTerms change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new ForwardingTerms
        {
            FeeBase = change.FeeBase ?? FeeBase,
            FeeProportionalMillionths = change.FeeProportionalMillionths ?? FeeProportionalMillionths,
            CltvExpiryDelta = change.CltvExpiryDelta ?? CltvExpiryDelta,
            HtlcMinimum = change.HtlcMinimum ?? HtlcMinimum,
            HtlcMaximum = change.HtlcMaximum ?? HtlcMaximum,
        };
    }
}
