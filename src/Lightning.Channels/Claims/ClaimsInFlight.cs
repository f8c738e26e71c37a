using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Commands;

namespace Lightning.Channels.Claims;

/// <summary>What is known of claims while this incarnation lives. A new one learns it again: outcomes are told again, requests asked again.</summary>
internal sealed record ClaimsInFlight
{
    /// <summary>Nothing is known.</summary>
    public static ClaimsInFlight None { get; } = new();

    /// <summary>How the network takes what is published, this node's commitment too, as last told.</summary>
    public ImmutableDictionary<TxId, PublishOutcome> Outcomes { get; init; } = ImmutableDictionary<TxId, PublishOutcome>.Empty;

    /// <summary>What this incarnation has published, also what newer transactions took the place of: none of it is a rival.</summary>
    public ImmutableHashSet<TxId> Made { get; init; } = [];

    /// <summary>Outputs that a transaction of somebody else spends in the mempool, as last seen.</summary>
    public ImmutableHashSet<OutPoint> Rivals { get; init; } = [];

    /// <summary>The peer's commitment, not revoked, that waits in the mempool; null where none was seen, or this node's was taken since.</summary>
    public Transaction? PeersCommitment { get; init; }

    /// <summary>What the wallet is asked for, in the order of their numbers.</summary>
    public ImmutableArray<ClaimRequest> Requests { get; init; } = [];

    /// <summary>The highest number that was ever asked with: none is used for two requests.</summary>
    public ulong LastNumber { get; init; }

    /// <summary>Height at which the wallet was asked for a script; null where it was not.</summary>
    public uint? ScriptAskedAt { get; init; }

    /// <summary>After a step was taken.</summary>
    public ClaimsInFlight After(ClaimStep step) => step switch
    {
        ClaimStep.Publish publish => this with
        {
            Requests = Requests.RemoveAll(request => request.Number == publish.Attempt.Number),
            LastNumber = Math.Max(LastNumber, publish.Attempt.Number),
            Made = Made.Add(publish.Attempt.Transaction.TxId),
        },
        ClaimStep.Drop drop => this with { Outcomes = Outcomes.RemoveRange(drop.Attempts.Select(static attempt => attempt.Transaction.TxId)) },
        ClaimStep.Fund fund => this with { Requests = Requests.Add(fund.Request), LastNumber = Math.Max(LastNumber, fund.Request.Number) },
        ClaimStep.Release { IsUseless: true } release => Refused(release.Number),
        ClaimStep.Release release => this with { Requests = Requests.RemoveAll(request => request.Number == release.Number) },
        ClaimStep.AskScript ask => this with { ScriptAskedAt = ask.BlockHeight },
        _ => this,
    };

    /// <summary>After the wallet had no coins for a request.</summary>
    public ClaimsInFlight Refused(ulong number) => this with
    {
        Requests = [.. Requests.Select(request => request.Number == number ? request with { IsRefused = true } : request)],
    };

    /// <summary>After the network answered.</summary>
    public ClaimsInFlight Answered(TxId transaction, PublishOutcome outcome) => this with { Outcomes = Outcomes.SetItem(transaction, outcome) };

    /// <summary>After a transaction of somebody else was seen in the mempool.</summary>
    public ClaimsInFlight Saw(Transaction rival) => this with { Rivals = Rivals.Union(rival.Inputs.Select(static input => input.PreviousOutput)) };
}
