using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Events;
using Lightning.Channels.States;

namespace Lightning.TestKit.Guards;

/// <content>What a channel takes on chain, and the wallet's coins for it.</content>
internal sealed partial class DurabilityGuard
{
    // A claim that was published and forgotten might be published once more with other coins, at a lower fee: it is an event first. One that the same write gives up again may leave.
    private readonly HashSet<TxId> _claims = [];

    private void FollowClaims(object happened)
    {
        if (happened is DurableEvent.ClaimPublished published) _claims.Add(published.Attempt.Transaction.TxId);
        if (happened is DurableEvent.ClaimsMade made) _claims.UnionWith(made.Transactions.Items.Select(static transaction => transaction.TxId));
    }

    private string? ProblemOfClaim(ChannelAction.Publish publish) => _claims.Contains(publish.Transaction.TxId) ? null : "publishes a claim";

    // The number of an attempt that was published is asked for no second time: the wallet would answer with the coins of the first.
    private static string? Problem(ChannelState? durable, ChannelAction.FundClaim fund) =>
        durable is Closing closing && !closing.Attempts.Items.Any(attempt => attempt.Number == fund.Number) ? null : "asks for coins for a claim";

    // Coins of an attempt that may still be published stay with it.
    private static string? Problem(ChannelState? durable, ChannelAction.ReleaseClaimCoins release) => durable is Closing closing && closing.Attempts.Items.Any(attempt => attempt.Number == release.Number || (release.AndLater && attempt.Number > release.Number))
        ? "releases the coins of a claim"
        : null;
}
