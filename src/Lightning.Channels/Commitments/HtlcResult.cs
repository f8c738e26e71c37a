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
    /// <param name="IsLate">Whether it had failed to its origin before, which may have nothing to take the preimage for any more.</param>
    public sealed record Fulfilled(PaymentPreimage Preimage, AttributionData? AttributionData, bool IsLate = false) : HtlcResult;

    /// <summary>Failed, irrevocably.</summary>
    /// <param name="Failure">How.</param>
    public sealed record Failed(HtlcFailure Failure) : HtlcResult;

    /// <summary>Never offered.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(AddRefusal Reason) : HtlcResult;

    /// <summary>The origin has the result: only that the add was made is remembered, so that a late copy is not made again.</summary>
    /// <param name="MayBePaid">Whether it was a failure that a preimage would still take the place of.</param>
    public sealed record Acknowledged(bool MayBePaid = false) : HtlcResult;
}
