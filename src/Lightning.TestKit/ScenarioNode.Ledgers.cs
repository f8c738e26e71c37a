using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.Signing;
using Lightning.Channels.States;
using Lightning.TestKit.Guards;
using Lightning.TestKit.Journals;

namespace Lightning.TestKit;

/// <content>What its journal says of the money of its channels.</content>
public sealed partial class ScenarioNode
{
    private bool _hasForgotten;

    /// <summary>Whether its journal has all that it ever wrote, and it has seen the best block.</summary>
    internal bool KnowsTheChain => IsUndisturbed && HasChain && !_hasForgotten && Runtime.HeightIfKnown() == _network.Chain.Height;

    internal bool Owns(Script script) => _wallet.Owns(script);

    /// <summary>The ledgers of channels that the chain has closed, or is closing.</summary>
    internal IEnumerable<(OutPoint Funding, ChannelLedger Ledger)> Ledgers()
    {
        foreach (var entity in _disk.Entities().Where(static id => EntityKind.Of(id) == EntityKind.Channel).Order(StringComparer.Ordinal))
        {
            var events = _disk.Read(entity, 1, long.MaxValue, long.MaxValue).Select(DurabilityGuard.Read).OfType<DurableEvent>().ToList();
            var state = events.Aggregate(ChannelState.Empty, static (state, happened) => state.Apply(happened));
            if (state is not (Closing or Closed { Reason: not CloseReason.FundingFailed }) || state is not FundedState { Commitments: var commitments } || !IsKnown(state)) continue;
            using var signer = new LocalChannelSigner(_keys.Seed, commitments.Parameters.KeyIndex);
            yield return (commitments.Latest.Funding.OutPoint, ChannelLedger.Of(events, signer));
        }
    }

    // What was in a transaction that this node cannot make itself nobody can tell it.
    private static bool IsKnown(ChannelState state) =>
        (state is Closed closed ? closed.Before : state) is not (Closing { Spend.Kind: SpendKind.Unknown } or Closing { Spend.Kind: SpendKind.RevokedCommitment, RevokedSpec: null });
}
