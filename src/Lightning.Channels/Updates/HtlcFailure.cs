using Lightning.Protocol.Messages;

namespace Lightning.Channels.Updates;

/// <summary>How an HTLC that this node offered came to fail. Reported only once the removal is irrevocable.</summary>
public abstract record HtlcFailure
{
    private HtlcFailure()
    {
    }

    /// <summary>The peer failed it with update_fail_htlc.</summary>
    /// <param name="Reason">The encrypted reason, to be unwrapped by the sender or wrapped again for the previous node (BOLT 4).</param>
    /// <param name="AttributionData">Hold times with proofs; null where there are none.</param>
    public sealed record Remote(Bytes Reason, AttributionData? AttributionData) : HtlcFailure;

    /// <summary>The peer could not read the onion: update_fail_malformed_htlc.</summary>
    /// <param name="OnionHash">sha256_of_onion.</param>
    /// <param name="FailureCode">failure_code.</param>
    public sealed record Malformed(Bytes32 OnionHash, ushort FailureCode) : HtlcFailure;

    /// <summary>It timed out on chain, or the confirmed commitment has no output for it.</summary>
    public sealed record OnChain : HtlcFailure;
}
