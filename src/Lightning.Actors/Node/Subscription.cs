using System.Threading.Channels;
using Akka.Actor;
using Lightning.Actors.Entities;

namespace Lightning.Actors.Node;

/// <summary>
/// Listens to one entity for as long as somebody enumerates. The question is repeated until it is answered, and the wish to hear more from time to time:
/// the entity may start anew in another process and then knows no listeners.
/// </summary>
internal sealed class Subscription : UntypedActor, IWithTimers
{
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(3);

    private readonly IActorRef _region;
    private readonly object _first;
    private readonly object _more;
    private readonly object _end;
    private readonly ChannelWriter<object> _answers;
    private bool _isAnswered;

    /// <summary>See <see cref="For"/>.</summary>
    public Subscription(IActorRef region, object first, object more, object end, ChannelWriter<object> answers) =>
        (_region, _first, _more, _end, _answers) = (region, first, more, end, answers);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Asks <paramref name="first"/> until there is an answer, then <paramref name="more"/> from time to time, and <paramref name="end"/> at last.</summary>
    public static Props For(IActorRef region, object first, object more, object end, ChannelWriter<object> answers) =>
        ActorProps.Of<Subscription>(region, first, more, end, answers);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _region.Tell(_first);
        Timers.StartPeriodicTimer(RepeatDue.Instance, RepeatDue.Instance, RepeatAfter);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is RepeatDue)
        {
            _region.Tell(_isAnswered ? _more : _first);
            return;
        }

        _isAnswered = true;
        _answers.TryWrite(message);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _region.Tell(_end);
        _answers.TryComplete();
    }

    private sealed record RepeatDue
    {
        public static readonly RepeatDue Instance = new();
    }
}
