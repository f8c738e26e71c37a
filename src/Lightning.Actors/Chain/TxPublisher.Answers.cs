using System.Collections.Immutable;
using Akka.Actor;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Commands;

namespace Lightning.Actors.Chain;

/// <content>What channels hear of the mempool: how it takes what they publish, and who else spends what they want.</content>
internal sealed partial class TxPublisher
{
    private readonly Queue<OutPoint> _toLook = new();
    private readonly HashSet<OutPoint> _looked = [];
    private bool _isLooking;

    private void Tell(Entry entry, PublishOutcome outcome)
    {
        if (entry.Told == outcome) return;
        entry.Told = outcome;
        Context.Parent.Tell(new WatchAnswer(entry.Publish.Channel, new ChannelCommand.PublishAnswered(entry.Publish.Transaction.TxId, outcome)));
    }

    private static PublishOutcome OutcomeOf(BroadcastResult result) => result.Outcome switch
    {
        BroadcastOutcome.Accepted or BroadcastOutcome.AlreadyKnown => PublishOutcome.Taken,
        BroadcastOutcome.FeeTooLow => PublishOutcome.TooCheap,
        BroadcastOutcome.Conflict => PublishOutcome.Conflict,
        BroadcastOutcome.MissingInputs => PublishOutcome.MissingInputs,
        BroadcastOutcome.NotFinal => PublishOutcome.NotFinal,
        _ => PublishOutcome.Refused,
    };

    // One question at a time, each once while it waits: a slow backend gets no heap of them.
    private void LookFor(OutPoint output)
    {
        if (!_looked.Add(output)) return;
        _toLook.Enqueue(output);
        LookNext();
    }

    private void LookNext()
    {
        if (_isLooking || !_toLook.TryDequeue(out var output)) return;
        _isLooking = true;
        _looked.Remove(output);
        _chain.FindMempoolSpenderAsync(output, _stopping.Token).PipeTo(Self, success: spender => new Looked(output, spender), failure: e => new LookFailed(output, e));
    }

    private void OnLooked(Looked looked)
    {
        if (looked.Spender is { } spender && !IsOurs(looked.Output, spender.TxId)) Context.Parent.Tell(new SpenderSeen(spender));
    }

    private bool IsOurs(OutPoint output, TxId spender) => _byInput.TryGetValue(output, out var entries)
        && entries.Exists(entry => entry.Publish.Transaction.TxId == spender || entry.Publish.Parent?.TxId == spender);

    /// <summary>Asks which transactions of the mempool spend these outputs; answered by <see cref="SpenderSeen"/> for each that is not published from here.</summary>
    internal sealed record Look(ImmutableArray<OutPoint> Outputs);

    /// <summary>A transaction of somebody else's is in the mempool.</summary>
    internal sealed record SpenderSeen(Transaction Spender);

    private sealed record Looked(OutPoint Output, Transaction? Spender);

    private sealed record LookFailed(OutPoint Output, Exception Cause);
}
