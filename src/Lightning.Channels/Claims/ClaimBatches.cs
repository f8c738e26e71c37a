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

    /// <summary>Puts claims together that are in no transaction yet. Where the wallet has few coins, the first batches get them: what is in a hurry, what holds most, what nobody disputes.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="rivals">Outputs that somebody else tries to take: each goes alone.</param>
    /// <param name="alone">Other claims that go alone.</param>
    /// <param name="environment">Height and configuration.</param>
    public static IEnumerable<ClaimBatch> Of(IEnumerable<Claim> claims, IReadOnlySet<OutPoint> rivals, IReadOnlySet<OutPoint> alone, ChannelEnvironment environment) => claims
        .GroupBy(claim => KeyOf(claim, rivals.Contains(claim.OutPoint) || alone.Contains(claim.OutPoint), environment))
        .SelectMany(static group => group.OrderBy(static claim => claim.OutPoint).Chunk(MostInputs))
        .Select(static chunk => new ClaimBatch([.. chunk]))
        .OrderBy(batch => rivals.Contains(batch.Claims[0].OutPoint))
        .ThenBy(batch => Urgency(batch.Claims[0], environment))
        .ThenByDescending(static batch => batch.Value)
        .ThenBy(static batch => batch.Claims[0].OutPoint);

    /// <summary>Whether the deadline is near (BOLT 5, security_delay).</summary>
    public static bool IsNear(Claim claim, ChannelEnvironment environment) =>
        claim.Deadline is { } deadline && (long)deadline - environment.BlockHeight <= environment.Config.SplitMargin;

    /// <summary>
    /// Whether the peer can take it too and its deadline is near: it goes alone. What takes its fee from the wallet needs a coin for each transaction: it stays together until somebody disturbs it.
    /// </summary>
    public static bool GoesAlone(Claim claim, ChannelEnvironment environment) => claim is { IsContested: true, Input.FixedOutput: null } && IsNear(claim, environment);

    private static (ClaimPurpose Purpose, uint? LockTime, bool IsContested, int Urgency, OutPoint? Alone) KeyOf(Claim claim, bool alone, ChannelEnvironment environment)
    {
        return (
            claim.Purpose,
            claim.Input.FixedLockTime,
            claim.IsContested,
            Urgency(claim, environment),
            alone || GoesAlone(claim, environment) || claim.Purpose == ClaimPurpose.Anchor || claim.Input.IsFixed ? claim.OutPoint : null);
    }

    private static int Urgency(Claim claim, ChannelEnvironment environment) =>
        claim.Deadline is not { } deadline ? 2 : IsNear(claim, environment) ? 0 : (long)deadline - environment.BlockHeight <= FarBlocks ? 1 : 2;
}
