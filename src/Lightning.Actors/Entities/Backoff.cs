using Akka.Actor;
using Akka.Pattern;

namespace Lightning.Actors.Entities;

/// <summary>Supervision of entities: whatever stops one, it starts again, later and later as long as the trouble lasts.</summary>
internal static class Backoff
{
    /// <summary>A supervisor in the entity's place that forwards to it, and starts it again when it stops for any reason but <see cref="EntityStop"/>.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="jitter">The part of the pause that chance adds.</param>
    public static Props Supervise(Props entity, double jitter) => BackoffSupervisor.Props(
        Akka.Pattern.Backoff.OnStop(entity, "entity", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), randomFactor: jitter, maxNrOfRetries: -1)
            .WithAutoReset(TimeSpan.FromSeconds(30))
            .WithFinalStopMessage(static message => message is EntityStop)
            // An exception leaves an incarnation in a state that nobody has thought about: stop it, and start from what is durable.
            .WithSupervisorStrategy(new OneForOneStrategy(static _ => Directive.Stop)));
}
