using System.Collections.Immutable;
using Lightning.Bitcoin.Transactions;

namespace Lightning.Channels.Claims;

/// <summary>What is to be done for claims, in the order given.</summary>
internal abstract record ClaimStep
{
    private ClaimStep()
    {
    }

    /// <summary>An attempt is made durable, and published.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Parent">The commitment that it pays for, published with it in one package; null for none.</param>
    public sealed record Publish(ClaimAttempt Attempt, Transaction? Parent) : ClaimStep;

    /// <summary>Attempts are given up, durably: published no more, their coins released.</summary>
    /// <param name="Attempts">The attempts.</param>
    public sealed record Drop(ImmutableArray<ClaimAttempt> Attempts) : ClaimStep;

    /// <summary>The wallet is asked for coins.</summary>
    /// <param name="Request">What for.</param>
    public sealed record Fund(ClaimRequest Request) : ClaimStep;

    /// <summary>A request is not wanted any more, or its answer is of no use.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="IsUseless">Whether it was answered so that the next answer would be of no use either: not asked again before the next block.</param>
    public sealed record Release(ulong Number, bool IsUseless = false) : ClaimStep;

    /// <summary>The wallet is asked where this node's money goes.</summary>
    /// <param name="BlockHeight">Height at which it is asked.</param>
    public sealed record AskScript(uint BlockHeight) : ClaimStep;
}
