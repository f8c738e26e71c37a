using Lightning.Channels.Claims;

namespace Lightning.Channels.OnChain;

/// <summary>One output of the commitment that closes a channel, or of a transaction that took an HTLC of it, and how far this node is with it.</summary>
/// <param name="Output">The output, what it is and what spends it.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="Htlc">The HTLC whose money it is: the commitment's output, itself in the first stage; null where it is no HTLC's.</param>
/// <param name="HtlcStage">Of an HTLC's money: 1 while it is an output of the commitment, 2 behind an HTLC transaction of this node; null for the others.</param>
/// <param name="MaturesAt">Height of the first block that may hold what takes it; null where that is not known yet, or nothing of this node's takes it.</param>
/// <param name="Deadline">Height of the block that must hold it at the latest: after it another may take the output. Null for none.</param>
/// <param name="Attempt">What was published last to take it; null for nothing.</param>
/// <param name="Attempts">How often something was published to take it, as far as it was not given up.</param>
/// <param name="IsOurs">Whether it is spent by a transaction of this node.</param>
/// <param name="ShowsPreimage">Whether what spends it shows the HTLC's preimage.</param>
public sealed record OutputReport(ChainOutput Output, OutputStage Stage, ChainOutput? Htlc, int? HtlcStage, uint? MaturesAt, uint? Deadline, ClaimAttempt? Attempt, int Attempts, bool IsOurs, bool ShowsPreimage)
{
    /// <summary>Amount of the output in satoshi.</summary>
    public Satoshi Amount => Output.Output.Value;

    /// <summary>Of an HTLC's money: whether the peer offered it; null where that is not known, or it is no HTLC's.</summary>
    public bool? IsIncoming => Htlc?.Kind switch
    {
        ChainOutputKind.OfferedHtlc => false,
        ChainOutputKind.ReceivedHtlc => true,
        _ => null,
    };

    /// <summary>Blocks until it may be taken: 0 or less where it may be now; null where that is not known.</summary>
    /// <param name="height">Height of the best block.</param>
    public int? BlocksToMaturity(uint height) => MaturesAt is { } at ? (int)(at - (long)height) : null;

    /// <summary>Blocks that are left before its deadline, the last one included; null without one.</summary>
    /// <param name="height">Height of the best block.</param>
    public int? BlocksLeft(uint height) => Deadline is { } at ? (int)(at - (long)height) : null;
}
