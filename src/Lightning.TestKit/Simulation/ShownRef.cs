using Akka.Actor;

namespace Lightning.TestKit.Simulation;

/// <summary>The way to an actor, on which each message is shown when it is sent: when it arrives, the write that it should have waited for may be done.</summary>
internal sealed class ShownRef(IActorRef target, IActorRefProvider provider, Action<object> seen) : MinimalActorRef
{
    /// <inheritdoc/>
    public override ActorPath Path => target.Path;

    /// <inheritdoc/>
    public override IActorRefProvider Provider => provider;

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
        seen(message);
        target.Tell(message, sender);
    }
}
