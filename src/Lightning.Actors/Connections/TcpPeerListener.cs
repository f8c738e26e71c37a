using System.Net;
using System.Net.Sockets;

namespace Lightning.Actors.Connections;

/// <summary>A socket that listens.</summary>
internal sealed class TcpPeerListener : IPeerListener
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;

    /// <summary>Accepts callers until it is disposed.</summary>
    /// <param name="listener">Bound and listening; owned from here on.</param>
    /// <param name="accepted">Given each caller's socket, and owns it.</param>
    /// <param name="time">The clock.</param>
    public TcpPeerListener(Socket listener, Action<Socket> accepted, TimeProvider time)
    {
        _listener = listener;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _ = AcceptAsync(listener, accepted, time, _stopping.Token);
    }

    /// <inheritdoc/>
    public IPEndPoint EndPoint { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        _stopping.Cancel();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private static async Task AcceptAsync(Socket listener, Action<Socket> accepted, TimeProvider time, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                accepted(await listener.AcceptAsync(cancellation).ConfigureAwait(false));
            }
            catch (SocketException)
            {
                // A caller that was gone before it was answered, or too many open files: the next one may be luckier.
                // Without a pause this would spin for as long as there are no files; a listener that ends meanwhile sees it right after.
                await Task.Delay(AfterFailure, time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
