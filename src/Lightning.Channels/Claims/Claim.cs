using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;

namespace Lightning.Channels.Claims;

/// <summary>One output that this node is to take.</summary>
/// <param name="Input">How.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Value">What is lost where it is not taken, in satoshi.</param>
/// <param name="MatureAt">Height of the first block that may hold it.</param>
/// <param name="Deadline">Height of the block that must hold it at the latest; null for none.</param>
/// <param name="IsContested">Whether the peer can take it too, now or once it has a preimage or the HTLC is expired.</param>
/// <param name="Parent">For an anchor: the commitment that it pays for.</param>
public sealed record Claim(ClaimInput Input, ClaimPurpose Purpose, Satoshi Value, uint MatureAt, uint? Deadline, bool IsContested, CommitmentParent? Parent = null)
{
    /// <summary>The output.</summary>
    public OutPoint OutPoint => Input.OutPoint;

    /// <summary>The same as the purpose of a published transaction.</summary>
    internal TransactionPurpose TransactionPurpose => Purpose switch
    {
        ClaimPurpose.Anchor => TransactionPurpose.Anchor,
        ClaimPurpose.HtlcSuccess => TransactionPurpose.HtlcSuccess,
        ClaimPurpose.HtlcTimeout => TransactionPurpose.HtlcTimeout,
        ClaimPurpose.Penalty => TransactionPurpose.Penalty,
        _ => TransactionPurpose.Sweep,
    };
}
