using System.Collections.Immutable;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>All that a plan depends on, beside height, fees and configuration.</summary>
internal sealed record ClaimSituation
{
    /// <summary>What is to be taken.</summary>
    public ImmutableArray<Claim> Claims { get; init; } = [];

    /// <summary>What takes outputs of interest in blocks.</summary>
    public IReadOnlyDictionary<OutPoint, TxId> Spends { get; init; } = ImmutableDictionary<OutPoint, TxId>.Empty;

    /// <summary>The transaction in a block that spends the funding output, and whether that is final; null while there is none.</summary>
    public (TxId TxId, bool IsFinal)? FundingSpend { get; init; }

    /// <summary>What was tried and is not dropped, in the order of their numbers.</summary>
    public EquatableArray<ClaimAttempt> Attempts { get; init; } = [];

    /// <summary>The least number that no durable attempt has.</summary>
    public ulong NextAttempt { get; init; } = 1;

    /// <summary>Where this node's money goes; null while the wallet was not asked.</summary>
    public Script? SweepScript { get; init; }

    /// <summary>Where it goes while the wallet does not answer; null where there is no such script.</summary>
    public Script? FallbackScript { get; init; }

    /// <summary>What this incarnation knows.</summary>
    public ClaimsInFlight InFlight { get; init; } = ClaimsInFlight.None;
}
