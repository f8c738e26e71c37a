using Akka.Actor;
using Akka.Event;

namespace Lightning.TestKit.Simulation;

/// <summary>Is told of the errors of one process: an actor that throws starts again, and nobody outside would notice.</summary>
internal sealed class ErrorWatcher(Action<Error> failed) : UntypedActor
{
    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is Error error) failed(error);
    }
}
