using Akka.Actor;
using Akka.Event;
using Lightning.Actors.Hosting;
using Lightning.Bitcoin.Transactions;
using Lightning.Chain;
using Lightning.Channels.Actions;

namespace Lightning.Actors.Chain;

/// <summary>
/// Publishes the transactions of one channel, each again with every block until the channel ends or they are known to be spent over:
/// no answer of the backend is final (it may have forgotten, been restarted, or raised its minimum feerate).
/// </summary>
internal sealed class TxPublisher : UntypedActor
{
    private readonly NodeRuntime _node;
    private readonly string _channel;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<TxId, Publish> _transactions = [];

    public TxPublisher(NodeRuntime node, string channel)
    {
        _node = node;
        _channel = channel;
    }

    /// <summary>For one channel.</summary>
    public static Props Props(NodeRuntime node, string channel) => Akka.Actor.Props.Create(() => new TxPublisher(node, channel));

    /// <inheritdoc/>
    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(NewTip));

    /// <inheritdoc/>
    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Publish publish:
                _transactions[publish.Transaction.TxId] = publish;
                Broadcast(publish);
                break;
            case Confirmed confirmed:
                _transactions.Remove(confirmed.TxId);
                break;
            case NewTip:
                foreach (var publish in _transactions.Values) Broadcast(publish);
                break;
            case Answered { Result.IsKnown: true } known:
                _log.Debug("Channel {0}: {1} {2} is in the mempool or in the chain", _channel, known.Publish.Purpose, known.Publish.Transaction.TxId);
                break;
            case Answered answered:
                _log.Info(
                    "Channel {0}: {1} {2} is not taken now ({3} {4}); it is published again with the next block",
                    _channel,
                    answered.Publish.Purpose,
                    answered.Publish.Transaction.TxId,
                    answered.Result.Outcome,
                    answered.Result.Reason);
                break;
            case Status.Failure failure:
                _log.Warning("Channel {0}: the chain cannot be reached, a transaction is published again with the next block: {1}", _channel, failure.Cause.Message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Broadcast(Publish publish) =>
        _node.Chain.BroadcastAsync(publish.Transaction, CancellationToken.None).PipeTo(Self, success: result => new Answered(publish, result), failure: e => new Status.Failure(e));

    /// <summary>Publishes a transaction, and again with every block.</summary>
    internal sealed record Publish(Transaction Transaction, TransactionPurpose Purpose);

    /// <summary>A transaction is deep enough in the chain to be left alone.</summary>
    internal sealed record Confirmed(TxId TxId);

    private sealed record Answered(Publish Publish, BroadcastResult Result);
}
