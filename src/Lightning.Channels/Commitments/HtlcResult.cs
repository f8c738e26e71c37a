using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Commitments;

/// <summary>What came of an add.</summary>
public abstract record HtlcResult
{
    private HtlcResult()
    {
    }

    /// <summary>Paid.</summary>
    /// <param name="Preimage">The preimage.</param>
    /// <param name="AttributionData">Hold times with proofs; null where there are none.</param>
    public sealed record Fulfilled(PaymentPreimage Preimage, AttributionData? AttributionData) : HtlcResult;

    /// <summary>Failed, irrevocably.</summary>
    /// <param name="Failure">How.</param>
    public sealed record Failed(HtlcFailure Failure) : HtlcResult;

    /// <summary>Never offered.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(AddRefusal Reason) : HtlcResult;

    /// <summary>The origin has the result: only that the add was made is remembered, so that a late copy is not made again.</summary>
    public sealed record Acknowledged : HtlcResult;
}
