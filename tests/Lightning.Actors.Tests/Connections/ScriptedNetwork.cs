using System.Net;
using Akka.Actor;
using Lightning.Actors.Connections;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Tests.Connections;

/// <summary>Connections that a test makes: it says who answers, and hears what a link is told.</summary>
internal sealed class ScriptedNetwork : IPeerNetwork
{
    /// <summary>What calling anybody comes to; by default it goes on until it is given up.</summary>
    public Func<CancellationToken, Task<IPeerLink>> Answer { get; set; } = NeverAsync;

    /// <summary>Told when a peer calls, once somebody listens.</summary>
    public Action<IPeerCall>? Called { get; private set; }

    /// <summary>Ends when it is given up.</summary>
    public static async Task<IPeerLink> NeverAsync(CancellationToken cancellation)
    {
        // No time is waited for: it ends by its cancellation alone.
        await Task.Delay(Timeout.Infinite, cancellation);
        throw new InvalidOperationException("For ever is over.");
    }

    public Task<IPeerLink> DialAsync(NodeId peer, string host, int port, Init init, CancellationToken cancellation) => Answer(cancellation);

    public IPeerListener Listen(IPEndPoint endPoint, Action<IPeerCall> called)
    {
        Called = called;
        return new Listener(endPoint);
    }

    private sealed record Listener(IPEndPoint EndPoint) : IPeerListener
    {
        public void Dispose()
        {
            // Nothing listens.
        }
    }

    /// <summary>A call whose answer never ends; tells <paramref name="wire"/> <see cref="Answered"/> or <see cref="TurnedAway"/>.</summary>
    public sealed class Call(IActorRef wire) : IPeerCall
    {
        public string RemoteEndPoint => "192.0.2.1:9735";

        public Task<IPeerLink> AnswerAsync(Init init, CancellationToken cancellation)
        {
            wire.Tell(new Answered());
            return NeverAsync(cancellation);
        }

        public void Dispose() => wire.Tell(new TurnedAway());
    }

    /// <summary>A link that tells <paramref name="wire"/> what it is told: messages that are sent, <see cref="Returned"/>, <see cref="Completed"/>, <see cref="Disposed"/>.</summary>
    public sealed class Link(NodeId remote, Init init, IActorRef wire) : IPeerLink
    {
        private Action<LightningMessage>? _heard;
        private Action<string>? _ended;

        public NodeId Remote => remote;

        public string RemoteEndPoint => "192.0.2.1:9735";

        public Init RemoteInit => init;

        public long BytesSent => 0;

        public long BytesReceived => 0;

        public bool IsFull { get; set; }

        public void Start(int readAhead, Action<LightningMessage> heard, Action<string> ended) => (_heard, _ended) = (heard, ended);

        public void Hear(LightningMessage message) => _heard!(message);

        public void End(string reason) => _ended!(reason);

        public void Handled(int count) => wire.Tell(new Returned(count));

        public bool TrySend(LightningMessage message)
        {
            if (!IsFull) wire.Tell(message);
            return !IsFull;
        }

        public void Complete() => wire.Tell(new Completed());

        public ValueTask DisposeAsync()
        {
            wire.Tell(new Disposed());
            return ValueTask.CompletedTask;
        }
    }

    public sealed record Answered;

    public sealed record TurnedAway;

    public sealed record Returned(int Count);

    public sealed record Completed;

    public sealed record Disposed;
}
