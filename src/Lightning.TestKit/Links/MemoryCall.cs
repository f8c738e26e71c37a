using System.Globalization;
using Lightning.Actors.Connections;
using Lightning.Protocol.Messages;
using Lightning.Protocol.Wire;

namespace Lightning.TestKit.Links;

/// <summary>A call that is not answered yet.</summary>
internal sealed class MemoryCall(ScenarioLink link, Party caller, MemoryNetwork.Listener listener) : IPeerCall
{
    private readonly TaskCompletionSource<IPeerLink> _opened = new();

    /// <inheritdoc/>
    public string RemoteEndPoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{40_000 + link.Connections}");

    /// <summary>Completes for the caller.</summary>
    public async Task<IPeerLink> Opened(CancellationTokenRegistration registration)
    {
        await using (registration.ConfigureAwait(false)) return await _opened.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IPeerLink> AnswerAsync(Init init, CancellationToken cancellation)
    {
        if (_opened.Task.IsCompleted || link.IsDown) return Task.FromException<IPeerLink>(new IOException("the peer closed the connection during the handshake"));
        var (theirs, ours) = link.Open(caller, new Party(listener.Name, listener.Id, listener.Process, listener.First(init)), RemoteEndPoint, listener.EndPoint.ToString());
        caller.Process.Enqueue("/call", () =>
        {
            if (Refusal(theirs) is { } refused) _opened.TrySetException(refused);
            else _opened.TrySetResult(theirs);
        });
        return Refusal(ours) is { } refusal ? Task.FromException<IPeerLink>(refusal) : Task.FromResult<IPeerLink>(ours);
    }

    /// <summary>The caller does not wait any longer.</summary>
    public void GiveUp() => _opened.TrySetCanceled();

    // A node does not go on with a peer whose first message is not init.
    private static Exception? Refusal(MemoryLinkEnd end)
    {
        try
        {
            end.ReadInit();
            return null;
        }
        catch (Exception e) when (e is MessageDecodeException or InvalidDataException)
        {
            _ = end.DisposeAsync();
            return e;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => caller.Process.Enqueue("/call", () => _opened.TrySetException(new IOException("the peer closed the connection during the handshake")));
}
