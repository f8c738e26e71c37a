using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Parameters;

namespace Lightning.Channels.Claims;

/// <summary>Which claims go together. One transaction for many is cheaper; one that the peer can undo takes all others with it.</summary>
internal static class ClaimBatches
{
    // A transaction that is replaced, and a block that takes one of many inputs, are cheaper below this.
    private const int MostInputs = 100;

    // Claims whose deadlines are far apart want different fees.
    private const uint FarBlocks = 144;

    /// <summary>Puts claims together that are in no transaction yet.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="rivals">Outputs that somebody else tries to take: each goes alone.</param>
    /// <param name="alone">Other claims that go alone.</param>
    /// <param name="environment">Height and configuration.</param>
    public static IEnumerable<ClaimBatch> Of(IEnumerable<Claim> claims, IReadOnlySet<OutPoint> rivals, IReadOnlySet<OutPoint> alone, ChannelEnvironment environment) => claims
        .GroupBy(claim => KeyOf(claim, rivals.Contains(claim.OutPoint) || alone.Contains(claim.OutPoint), environment))
        .Select(static group => group.OrderBy(static claim => claim.OutPoint).ToImmutableArray())
        .OrderBy(static group => group.Min(static claim => claim.Deadline ?? uint.MaxValue))
        .ThenBy(static group => group[0].OutPoint)
        .SelectMany(static group => group.Chunk(MostInputs))
        .Select(static chunk => new ClaimBatch([.. chunk]));

    /// <summary>Whether the deadline is so near that what the peer can take goes alone (BOLT 5, security_delay).</summary>
    public static bool IsNear(Claim claim, ChannelEnvironment environment) =>
        claim.Deadline is { } deadline && (long)deadline - environment.BlockHeight <= environment.Config.SplitMargin;

    private static (ClaimPurpose Purpose, uint? LockTime, bool IsContested, int Urgency, OutPoint? Alone) KeyOf(Claim claim, bool alone, ChannelEnvironment environment)
    {
        // What takes its fee from the wallet needs a coin for each transaction: it stays together until somebody disturbs it.
        var near = IsNear(claim, environment) && claim is { IsContested: true, Input.FixedOutput: null };
        var urgency = claim.Deadline is not { } deadline ? 2 : IsNear(claim, environment) ? 0 : (long)deadline - environment.BlockHeight <= FarBlocks ? 1 : 2;
        return (
            claim.Purpose,
            claim.Input.FixedLockTime,
            claim.IsContested,
            urgency,
            alone || near || claim.Purpose == ClaimPurpose.Anchor || claim.Input.IsFixed ? claim.OutPoint : null);
    }
}
