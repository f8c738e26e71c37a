using System.Threading.Channels;
using Akka.Actor;
using Lightning.Protocol.Messages;

namespace Lightning.Actors.Connections;

/// <content>The two tasks that read and write the socket. They touch nothing of the actor: they tell it what they hear and how they end.</content>
internal sealed partial class ConnectionActor
{
    private static async Task ReadAsync(PeerLink link, IActorRef self, SemaphoreSlim credits, CancellationToken cancellation)
    {
        try
        {
            while (await link.ReadAsync(cancellation).ConfigureAwait(false) is { } message)
            {
                if (!credits.Wait(0, CancellationToken.None)) await credits.WaitAsync(cancellation).ConfigureAwait(false);
                self.Tell(new Heard(message), ActorRefs.NoSender);
            }

            self.Tell(new Ended("the peer closed it"), ActorRefs.NoSender);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The actor has stopped.
        }
#pragma warning disable CA1031 // Whatever a peer's bytes do to the reader ends this connection, and nothing else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            self.Tell(new Ended(Describe(e)), ActorRefs.NoSender);
        }
    }

    private static async Task WriteAsync(PeerLink link, IActorRef self, ChannelReader<LightningMessage> outgoing, CancellationToken cancellation)
    {
        const int FlushAt = 64 * 1024;
        try
        {
            while (await outgoing.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                while (link.Unflushed < FlushAt && outgoing.TryRead(out var message)) link.Write(message);
                await link.FlushAsync(cancellation).ConfigureAwait(false);
            }

            self.Tell(new Ended("closed"), ActorRefs.NoSender);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The actor has stopped.
        }
#pragma warning disable CA1031 // A socket that breaks while it is written to ends this connection, and nothing else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            self.Tell(new Ended(Describe(e)), ActorRefs.NoSender);
        }
    }
}
