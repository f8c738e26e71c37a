using System.Runtime.InteropServices;
using Akka.Actor;
using Lightning.Actors.Entities;
using Akka.Event;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>
/// Publishes channels' transactions, each again with every block until it or a rival is in a block. No answer of the backend is final: it may have
/// forgotten, been started again or raised its least feerate, and a parent may come later. Beside the monitor, which tells it of each block, and which
/// passes on to channels what it answers: <see cref="WatchAnswer"/> where a transaction is taken otherwise than before, <see cref="SpenderSeen"/>.
/// </summary>
/// <remarks>One transaction at a time and in the order given, so that a parent goes before its child.</remarks>
internal sealed partial class TxPublisher : UntypedActor, IWithTimers
{
    /// <summary>After so many blocks a reorganisation is not reckoned with any more.</summary>
    private const uint Buried = 144;

    /// <summary>An output with so many confirmations shows that its transaction need not be published.</summary>
    private const uint Deep = 6;

    /// <summary>What was not taken is tried again after this time, if no block comes before.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly IChainBackend _chain;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<(LocalChannelKey Channel, TxId TxId), Entry> _entries = [];
    private readonly Dictionary<OutPoint, List<Entry>> _byInput = [];
    private readonly Queue<Entry> _due = new();
    private bool _isBroadcasting;

    public TxPublisher(IChainBackend chain) => _chain = chain;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For the monitor, its parent.</summary>
    public static Props Props(IChainBackend chain) => ActorProps.Of<TxPublisher>(chain);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PublishTransaction publish:
                Add(publish);
                break;
            case StopPublishing stop:
                Remove((stop.Channel, stop.TxId));
                break;
            case Unwatch over:
                foreach (var key in _entries.Keys.Where(key => key.Channel == over.Channel).ToArray()) Remove(key);
                break;
            case ChainEvent.BlockConnected connected:
                Connect(connected.Block);
                break;
            case ChainEvent.BlockDisconnected gone:
                foreach (var entry in _entries.Values)
                {
                    if (entry.SettledAt >= gone.Tip.Height) entry.SettledAt = null;
                    if (entry.ParentAt >= gone.Tip.Height) entry.ParentAt = null;
                }

                break;
            case Look look:
                foreach (var output in look.Outputs) LookFor(output);
                break;
            case Looked looked:
                _isLooking = false;
                OnLooked(looked);
                LookNext();
                break;
            case LookFailed failed:
                _isLooking = false;
                _log.Warning("The mempool does not say what spends {0}: {1}", failed.Output, failed.Cause.Message);
                LookNext();
                break;
            case NewTip:
                foreach (var entry in _entries.Values) Enqueue(entry);
                break;
            case Answered answered:
                _isBroadcasting = false;
                OnAnswer(answered);
                BroadcastNext();
                break;
            case Unanswered unanswered:
                _isBroadcasting = false;
                _log.Warning("{0}: no answer from the chain, it is published again: {1}", unanswered.Entry, unanswered.Cause.Message);
                Retry(unanswered.Entry);
                BroadcastNext();
                break;
            case RetryDue:
                foreach (var entry in _entries.Values)
                    if (entry.MustRetry) Enqueue(entry);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Add(PublishTransaction publish)
    {
        var key = (publish.Channel, publish.Transaction.TxId);
        if (_entries.TryGetValue(key, out var known))
        {
            // A channel that asks again may not know what it was told: it is told again.
            known.Publish = publish;
            known.Told = null;
            Enqueue(known);
            return;
        }

        var entry = new Entry(publish);
        _entries.Add(key, entry);
        foreach (var input in InputsOf(publish)) (CollectionsMarshal.GetValueRefOrAddDefault(_byInput, input, out _) ??= []).Add(entry);
        Enqueue(entry);
    }

    private void Remove((LocalChannelKey Channel, TxId TxId) key)
    {
        if (!_entries.Remove(key, out var entry)) return;
        entry.IsRemoved = true;
        foreach (var input in InputsOf(entry.Publish))
        {
            if (!_byInput.TryGetValue(input, out var list)) continue;
            list.Remove(entry);
            if (list.Count == 0) _byInput.Remove(input);
        }
    }

    private static IEnumerable<OutPoint> InputsOf(PublishTransaction publish)
    {
        var own = publish.Transaction.Inputs.Select(static input => input.PreviousOutput);
        return publish.Parent is { } parent ? own.Concat(parent.Inputs.Select(static input => input.PreviousOutput)) : own;
    }

    private void Connect(ChainBlock block)
    {
        if (_entries.Count == 0) return;
        foreach (var transaction in block.Transactions)
        {
            foreach (var input in transaction.Inputs)
            {
                if (!_byInput.TryGetValue(input.PreviousOutput, out var entries)) continue;
                foreach (var entry in entries) Settle(entry, transaction, block.Height);
            }
        }

        foreach (var (key, entry) in _entries.ToArray())
            if (entry.SettledAt is { } height && height + Buried <= block.Height) Remove(key);
    }

    private void Settle(Entry entry, Transaction transaction, uint height)
    {
        // The parent of a package is in a block: the child goes on by itself.
        if (transaction.TxId == entry.Publish.Parent?.TxId)
        {
            entry.ParentAt = height;
            return;
        }

        if (entry.SettledAt == height) return;
        entry.SettledAt = height;
        if (transaction.TxId == entry.Publish.Transaction.TxId) _log.Info("{0} is in block {1}", entry, height);
        else _log.Info("{0} is superseded: {1} in block {2} spends what it spends", entry, transaction.TxId, height);
    }

    private void Enqueue(Entry entry)
    {
        if (entry.IsDue || entry.SettledAt is not null) return;
        entry.IsDue = true;
        _due.Enqueue(entry);
        BroadcastNext();
    }

    private void BroadcastNext()
    {
        while (!_isBroadcasting && _due.TryDequeue(out var entry))
        {
            entry.IsDue = false;
            if (entry.IsRemoved || entry.SettledAt is not null) continue;
            _isBroadcasting = true;
            BroadcastAsync(_chain, entry.Publish.Transaction, entry.ParentAt is null ? entry.Publish.Parent : null, _stopping.Token)
                .PipeTo(Self, success: answer => new Answered(entry, answer.Result, answer.IsDeep), failure: e => new Unanswered(entry, e));
        }
    }

    private static async Task<(BroadcastResult Result, bool IsDeep)> BroadcastAsync(IChainBackend chain, Transaction transaction, Transaction? parent, CancellationToken cancellation)
    {
        var result = parent is null
            ? await chain.BroadcastAsync(transaction, cancellation).ConfigureAwait(false)
            : await BroadcastPackageAsync(chain, parent, transaction, cancellation).ConfigureAwait(false);
        if (result.Outcome != BroadcastOutcome.AlreadyKnown) return (result, false);

        // Confirmed before anybody told the monitor of it, perhaps.
        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            var unspent = await chain.GetUnspentAsync(new OutPoint(transaction.TxId, (uint)i), cancellation).ConfigureAwait(false);
            if (unspent is not null) return (result, unspent.Confirmations >= Deep);
        }

        return (result, false);
    }

    // A parent that is in a block already spends what is not there any more: nobody may have told of that block.
    private static async Task<BroadcastResult> BroadcastPackageAsync(IChainBackend chain, Transaction parent, Transaction child, CancellationToken cancellation)
    {
        var result = await chain.BroadcastPackageAsync(parent, child, cancellation).ConfigureAwait(false);
        if (result.Outcome is not (BroadcastOutcome.MissingInputs or BroadcastOutcome.AlreadyKnown)) return result;
        var alone = await chain.BroadcastAsync(child, cancellation).ConfigureAwait(false);
        return alone.Outcome == BroadcastOutcome.MissingInputs ? result with { Outcome = BroadcastOutcome.MissingInputs } : alone;
    }

    private void OnAnswer(Answered answered)
    {
        var (entry, result) = (answered.Entry, answered.Result);
        if (entry.IsRemoved) return;
        if (answered.IsDeep)
        {
            Remove((entry.Publish.Channel, entry.Publish.Transaction.TxId));
            return;
        }

        if (entry.Last != result)
        {
            if (result.IsKnown) _log.Info("{0} is published", entry);
            else _log.Info("{0} is not taken now ({1}: {2}); it is published again", entry, result.Outcome, result.Reason);
        }

        entry.Last = result;
        Tell(entry, OutcomeOf(result));
        if (result.Outcome is BroadcastOutcome.Conflict or BroadcastOutcome.MissingInputs)
            foreach (var input in InputsOf(entry.Publish)) LookFor(input);
        if (result.IsKnown) entry.MustRetry = false;
        else Retry(entry);
    }

    private void Retry(Entry entry)
    {
        entry.MustRetry = true;
        if (!Timers.IsTimerActive(RetryDue.Instance)) Timers.StartSingleTimer(RetryDue.Instance, RetryDue.Instance, RetryAfter);
    }

    private sealed class Entry(PublishTransaction publish)
    {
        public PublishTransaction Publish { get; set; } = publish;

        public BroadcastResult? Last { get; set; }

        /// <summary>What the channel was told last; null where it must be told with the next answer.</summary>
        public PublishOutcome? Told { get; set; }

        /// <summary>Height of the block with the transaction or a rival.</summary>
        public uint? SettledAt { get; set; }

        /// <summary>Height of the block with the parent of a package.</summary>
        public uint? ParentAt { get; set; }

        public bool IsDue { get; set; }

        public bool MustRetry { get; set; }

        public bool IsRemoved { get; set; }

        public override string ToString() => $"Channel {Publish.Channel}: {Publish.Purpose} {Publish.Transaction.TxId}";
    }

    private sealed record Answered(Entry Entry, BroadcastResult Result, bool IsDeep);

    private sealed record Unanswered(Entry Entry, Exception Cause);

    private sealed record RetryDue
    {
        public static readonly RetryDue Instance = new();
    }
}
