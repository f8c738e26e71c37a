using Microsoft.Extensions.Logging;
using NetMQ;
using NetMQ.Sockets;

namespace Lightning.Chain.BitcoinCore;

/// <summary>
/// Tells that there may be a new block: by bitcoind's ZMQ publisher where one is configured, else by the clock alone.
/// A hint may be lost or come twice, so nothing is read from it.
/// </summary>
internal sealed partial class BlockHint : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _pollInterval;
    private readonly NetMQPoller? _poller;
    private readonly SubscriberSocket? _socket;
    private volatile TaskCompletionSource _signal = NewSignal();

    public BlockHint(string? zmqUrl, TimeSpan pollInterval, TimeProvider time, ILogger logger)
    {
        _time = time;
        _pollInterval = pollInterval;
        if (zmqUrl is null) return;

        // NetMQ reconnects by itself, for ever.
        _socket = new SubscriberSocket();
        _socket.Options.ReconnectInterval = TimeSpan.FromMilliseconds(100);
        _socket.Options.ReconnectIntervalMax = TimeSpan.FromSeconds(5);
        _socket.Options.TcpKeepalive = true;
        _socket.Connect(zmqUrl);
        _socket.Subscribe("hashblock");
        _socket.Subscribe("rawblock");
        _socket.ReceiveReady += OnMessage;
        _poller = [_socket];
        _poller.RunAsync("bitcoind-zmq");
        LogSubscribed(logger, zmqUrl);
    }

    /// <summary>Taken before the chain is read, so that a block between the reading and the waiting is not missed.</summary>
    public Task Next => _signal.Task;

    /// <summary>Waits for the hint taken earlier, at most one poll interval.</summary>
    public async Task WaitAsync(Task hint, CancellationToken cancellationToken)
    {
        var poll = Task.Delay(_pollInterval, _time, cancellationToken);
        await Task.WhenAny(hint, poll).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _poller?.Dispose();
        _socket?.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void OnMessage(object? sender, NetMQSocketEventArgs e)
    {
        var message = new NetMQMessage();
        if (e.Socket.TryReceiveMultipartMessage(ref message)) Interlocked.Exchange(ref _signal, NewSignal()).TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening for blocks at {Url}")]
    private static partial void LogSubscribed(ILogger logger, string url);
}
