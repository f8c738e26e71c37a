using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;
using Lightning.Actors.Hosting;
using Lightning.Channels.Parameters;

namespace Lightning.Actors.Chain;

/// <summary>Keeps this process's view of the chain: the tip, as the monitor publishes it, and feerates. One per process.</summary>
internal sealed class ChainFollower : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    private readonly NodeRuntime _node;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public ChainFollower(NodeRuntime node) => _node = node;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>For one process.</summary>
    public static Props Props(NodeRuntime node) => Akka.Actor.Props.Create(() => new ChainFollower(node));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        DistributedPubSub.Get(Context.System).Mediator.Tell(new Subscribe(ChainMonitor.TipTopic, Self));
        Timers.StartPeriodicTimer(AskDue.Instance, AskDue.Instance, TimeSpan.Zero, AskAgain);
        Timers.StartPeriodicTimer(FeesDue.Instance, FeesDue.Instance, TimeSpan.Zero, Refresh);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NewTip tip:
                if (tip.Tip == _node.Tip.Tip) break;
                _node.Tip.Set(tip);
                Context.System.EventStream.Publish(tip);
                break;
            case AskDue:
                // A published tip is a hint that may have been lost.
                _node.Actors.ChainMonitor.Tell(GetTip.Instance);
                break;
            case FeesDue:
                EstimateAsync().PipeTo(Self, failure: e => new Status.Failure(e));
                break;
            case FeeEstimates estimates:
                _node.FeeView.Estimates = estimates;
                break;
            case Status.Failure failure:
                _log.Warning("No feerates from the chain; the last ones stay in force: {0}", failure.Cause.Message);
                break;
            case SubscribeAck:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private async Task<FeeEstimates> EstimateAsync()
    {
        var before = _node.FeeView.Estimates;
        var urgent = await _node.Chain.EstimateFeerateAsync(2, CancellationToken.None).ConfigureAwait(false);
        var commitment = await _node.Chain.EstimateFeerateAsync(6, CancellationToken.None).ConfigureAwait(false);
        var slow = await _node.Chain.EstimateFeerateAsync(24, CancellationToken.None).ConfigureAwait(false);
        var minimum = await _node.Chain.EstimateFeerateAsync(1008, CancellationToken.None).ConfigureAwait(false);
        return new FeeEstimates(minimum ?? before.Minimum, commitment ?? before.Commitment, slow ?? before.MutualClose, urgent ?? before.Urgent);
    }

    private sealed record AskDue
    {
        public static readonly AskDue Instance = new();
    }

    private sealed record FeesDue
    {
        public static readonly FeesDue Instance = new();
    }
}
