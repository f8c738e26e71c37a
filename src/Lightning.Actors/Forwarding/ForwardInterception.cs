using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Actor;
using Lightning.Actors.Api;

namespace Lightning.Actors.Forwarding;

/// <summary>
/// Where the channels of this process hand over what they would forward, as long as somebody listens. Nothing of it is durable: a held HTLC has no outgoing channel yet, and a channel that starts again hands it
/// over again, or forwards it where nobody listens any more. When the listener goes, all that is held goes on.
/// </summary>
/// <param name="continuations">Whether what waits for a forward goes on in a thread of its own, or where it is told.</param>
internal sealed class ForwardInterception(TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(ShortChannelId Channel, ulong HtlcId), Held> _held = [];
    private ChannelWriter<InterceptedForward>? _listener;

    /// <summary>Whether somebody listens: forwards then take a longer way.</summary>
    public bool IsActive => Volatile.Read(ref _listener) is not null;

    /// <summary>Hands a forward over.</summary>
    /// <param name="forward">The forward.</param>
    /// <param name="channel">Told of the decision by <see cref="ForwardResolved"/>, at once or much later.</param>
    /// <returns>False where nobody listens: it goes on at once.</returns>
    public bool TryHold(InterceptedForward forward, IActorRef channel)
    {
        lock (_lock)
        {
            if (_listener is null) return false;
            _held[(forward.IncomingChannel, forward.HtlcId)] = new Held(forward, channel);
            return _listener.TryWrite(forward);
        }
    }

    /// <summary>The channel has decided by itself.</summary>
    /// <param name="channel">The incoming channel, as it was told.</param>
    /// <param name="htlcId">The HTLC.</param>
    public void Forget(ShortChannelId channel, ulong htlcId)
    {
        lock (_lock) _held.Remove((channel, htlcId));
    }

    /// <summary>Somebody has decided.</summary>
    /// <exception cref="LightningException">It is not held (any more), or the preimage does not fit.</exception>
    public void Resolve(ForwardResolution resolution)
    {
        Held? held;
        lock (_lock)
        {
            var key = (resolution.IncomingChannel, resolution.HtlcId);
            if (!_held.TryGetValue(key, out held)) throw new LightningException(LightningErrorKind.NotFound, "fwd not found");
            if (resolution is ForwardResolution.Settle settle && settle.Preimage.Hash != held.Forward.PaymentHash) throw LightningException.InvalidArgument("the preimage does not fit the payment hash");
            _held.Remove(key);
        }

        held.Channel.Tell(new ForwardResolved(resolution), ActorRefs.NoSender);
    }

    /// <summary>Listens until it is cancelled: one listener at a time.</summary>
    /// <exception cref="LightningException">Somebody listens already.</exception>
    public async IAsyncEnumerable<InterceptedForward> ListenAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // Bounded by the HTLCs that all channels together can hold.
        var forwards = Channel.CreateUnbounded<InterceptedForward>(new UnboundedChannelOptions
        {
            SingleReader = true,
            AllowSynchronousContinuations = !continuations.HasFlag(TaskCreationOptions.RunContinuationsAsynchronously),
        });
        Begin(forwards.Writer);
        try
        {
            await foreach (var forward in forwards.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return forward;
        }
        finally
        {
            End();
        }
    }

    private void Begin(ChannelWriter<InterceptedForward> listener)
    {
        lock (_lock) _listener = _listener is null ? listener : throw LightningException.FailedPrecondition("interceptor already exists");
    }

    private void End()
    {
        Held[] left;
        lock (_lock)
        {
            _listener = null;
            left = [.. _held.Values];
            _held.Clear();
        }

        foreach (var one in left) one.Channel.Tell(new ForwardResolved(new ForwardResolution.Resume(one.Forward.IncomingChannel, one.Forward.HtlcId)), ActorRefs.NoSender);
    }

    private sealed record Held(InterceptedForward Forward, IActorRef Channel);
}
