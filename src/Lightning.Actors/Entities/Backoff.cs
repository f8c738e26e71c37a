using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Pattern;

namespace Lightning.Actors.Entities;

/// <summary>Supervision of entities: whatever stops one, it starts again, later and later as long as the trouble lasts.</summary>
internal static class Backoff
{
    // A supervisor's props are made from an expression with many arguments (see ActorProps): made once, and then with another entity in them.
    private static readonly ConcurrentDictionary<double, Props> Templates = new();
    private static readonly Props Nobody = Props.Create(typeof(Placeholder));

    /// <summary>A supervisor in the entity's place that forwards to it, and starts it again when it stops for any reason but <see cref="EntityStop"/>.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="jitter">The part of the pause that chance adds.</param>
    public static Props Supervise(Props entity, double jitter)
    {
        var template = Templates.GetOrAdd(jitter, Make);
        var arguments = (object[])template.Arguments.Clone();
        arguments[Array.IndexOf(arguments, Nobody)] = entity;
        return Props.Create(template.Type, arguments);
    }

    private static Props Make(double jitter) => BackoffSupervisor.Props(
        Akka.Pattern.Backoff.OnStop(Nobody, "entity", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), randomFactor: jitter, maxNrOfRetries: -1)
            .WithAutoReset(TimeSpan.FromSeconds(30))
            .WithFinalStopMessage(static message => message is EntityStop)
            // An exception leaves an incarnation in a state that nobody has thought about: stop it, and start from what is durable.
            .WithSupervisorStrategy(new OneForOneStrategy(static _ => Directive.Stop)));

    private sealed class Placeholder : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
